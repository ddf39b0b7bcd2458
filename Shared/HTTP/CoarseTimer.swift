package import NIOCore
import NIOPosix

/// Who is told when a wait has taken too long; confined to its loop.
package protocol CoarseAlarm: AnyObject {
    /// Whether the wait is over, so that nobody need be told.
    var isOver: Bool { get }

    /// The time is up.
    func ring()
}

/// Waits that are nearly always over before their time: one timer looks after all those of a loop.
///
/// To schedule and to cancel a task of NIO's is a search of its heap each. Here it is an append, and what is over is left out at
/// the next look. Confined to its loop, in whose thread's own variable it lives: no other thread is given it.
package final class CoarseTimer: @unchecked Sendable {
    /// How late an alarm may be.
    package static let grain = TimeAmount.milliseconds(20)

    private static let variable = ThreadSpecificVariable<CoarseTimer>()

    /// The timer of this thread's loop.
    package static func current(_ loop: any EventLoop) -> CoarseTimer {
        loop.preconditionInEventLoop()
        if let timer = variable.currentValue { return timer }
        let timer = CoarseTimer(loop)
        variable.currentValue = timer
        return timer
    }

    private let loop: any EventLoop
    private var waits: [(deadline: NIODeadline, alarm: any CoarseAlarm)] = []
    private var isScheduled = false

    private init(_ loop: any EventLoop) {
        self.loop = loop
    }

    /// Rings an alarm when a time has passed and its wait is not over, up to ``grain`` late.
    package func wait(_ time: Duration, then alarm: any CoarseAlarm) {
        waits.append((.now() + TimeAmount(time), alarm))
        schedule()
    }

    private func schedule() {
        guard !isScheduled, !waits.isEmpty else { return }
        isScheduled = true
        loop.assumeIsolated().scheduleTask(in: Self.grain) { self.look() }
    }

    private func look() {
        isScheduled = false
        let now = NIODeadline.now()
        let known = waits
        waits.removeAll(keepingCapacity: known.count <= 1024)
        // An alarm may set another one, so the list is not held while it rings.
        for wait in known where !wait.alarm.isOver {
            if wait.deadline <= now { wait.alarm.ring() } else { waits.append(wait) }
        }
        schedule()
    }
}
