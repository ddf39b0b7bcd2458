import NIOCore

/// One deadline of a connection; confined to the loop.
///
/// Moving the deadline is an assignment: the scheduled task looks at it when it runs and sleeps on if it has moved. Only a
/// deadline earlier than the running one schedules anew, so a busy connection schedules nothing at all.
final class LazyTimer {
    private let loop: any EventLoop
    private var deadline: NIODeadline?
    private var armed: (at: NIODeadline, task: Scheduled<Void>)?
    private var onPass: (() -> Void)?

    /// Makes a timer without a deadline; `onPass` must not keep the timer's owner alive.
    init(_ loop: any EventLoop, onPass: @escaping () -> Void) {
        self.loop = loop
        self.onPass = onPass
    }

    /// Moves the deadline; `nil` means none.
    func set(_ deadline: NIODeadline?) {
        self.deadline = deadline
        guard let deadline, onPass != nil else { return }
        if let armed {
            if armed.at <= deadline { return }
            armed.task.cancel()
        }
        arm(deadline)
    }

    /// Ends the timer for good.
    func stop() {
        onPass = nil
        deadline = nil
        armed?.task.cancel()
        armed = nil
    }

    private func arm(_ deadline: NIODeadline) {
        let task = loop.assumeIsolated().scheduleTask(deadline: deadline) { self.wake() }
        armed = (deadline, task)
    }

    private func wake() {
        armed = nil
        guard let deadline else { return }
        if deadline > .now() {
            arm(deadline)
        } else {
            self.deadline = nil
            onPass?()
        }
    }
}

extension TimeAmount {
    /// A duration as NIO counts it, at most a hundred years.
    init(_ duration: Duration) {
        let longest: Int128 = 3_153_600_000_000_000_000
        self = .nanoseconds(Int64(min(max(duration.attoseconds / 1_000_000_000, 0), longest)))
    }
}
