import NIOCore
import NIOPosix
import RouterCore
import Synchronization

/// A pause of one task that can be cut short.
///
/// On an event loop it is one of the loop's own timers; `Task.sleep` would wake two threads of another scheduler for each.
final class Nap: Sendable {
    private let sleeper = Mutex<CheckedContinuation<Void, Never>?>(nil)

    /// Waits for so long, or until ``end()``; for one task at a time, which must not be in a hurry to be cancelled.
    ///
    /// - Parameters:
    ///   - length: How long at most.
    ///   - isPointless: Asked once an ``end()`` can be heard: whatever came before it would be missed otherwise.
    func take(_ length: Duration, unless isPointless: () -> Bool) async {
        guard let loop = MultiThreadedEventLoopGroup.currentEventLoop else {
            try? await Task.sleep(for: length)
            return
        }
        let timer = loop.scheduleTask(in: .nanoseconds(Int64(length.wholeMicroseconds) * 1_000)) { self.end() }
        await withCheckedContinuation { continuation in
            sleeper.withLock { $0 = continuation }
            if isPointless() { end() }
        }
        timer.cancel()
    }

    /// Ends the pause, if there is one.
    func end() {
        let sleeper = sleeper.withLock { sleeper in
            defer { sleeper = nil }
            return sleeper
        }
        sleeper?.resume()
    }
}
