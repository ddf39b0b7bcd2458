import Synchronization

/// Ends a wait for the guard that takes too long; one task watches over all waits of a stream.
final class ScanWatch: Sendable {
    /// How long one piece of text may wait.
    static let patience = Duration.seconds(2)
    /// How often it is looked; a wait may last so much longer.
    private static let interval = Duration.milliseconds(500)

    /// Nanoseconds since `origin` at which the wait began; 0 while nobody waits.
    private let waiting = Atomic<Int64>(0)
    private let isOver = Atomic(false)
    private let origin = ContinuousClock.now

    /// - Parameter cancel: Ends the wait.
    init(cancel: @escaping @Sendable () -> Void) {
        Task { [weak self] in
            while (try? await Task.sleep(for: Self.interval)) != nil {
                guard let self, !self.isOver.load(ordering: .relaxed) else { return }
                if self.isLate {
                    cancel()
                    return
                }
            }
        }
    }

    deinit {
        isOver.store(true, ordering: .relaxed)
    }

    func began() {
        waiting.store(max(1, nanoseconds(.now - origin)), ordering: .relaxed)
    }

    func ended() {
        waiting.store(0, ordering: .relaxed)
    }

    func stop() {
        isOver.store(true, ordering: .relaxed)
    }

    private var isLate: Bool {
        let since = waiting.load(ordering: .relaxed)
        return since > 0 && nanoseconds(.now - origin) - since > nanoseconds(Self.patience)
    }

    private func nanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
