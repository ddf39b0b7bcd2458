package import NIOCore
import NIOPosix

/// Runs a task's jobs on one event loop.
///
/// A request's task prefers this executor, so that everything it awaits on the loop comes back without a thread hop.
package final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    package init(_ loop: any EventLoop) {
        self.loop = loop
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if loop.inEventLoop, let wake = Wake.current, wake.takes(job, self) { return }
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Resumes a task that waits on this thread's loop and runs it up to its next wait, within this call.
    ///
    /// For the end of an event's handling, where a handler's state is settled: what has just been read is still in the
    /// processor's cache then, and the loop is spared a queued closure. A wake within a wake is queued as usual, so the stack
    /// does not grow.
    static func runAtOnce(_ continuation: UnsafeContinuation<Void, Never>) {
        let wake: Wake
        if let known = Wake.current {
            wake = known
        } else {
            wake = Wake()
            Wake.variable.currentValue = wake
        }
        wake.run(continuation)
    }
}

/// The job that a wake on this thread runs itself; no other thread sees it, so nothing is shared.
private final class Wake: @unchecked Sendable {
    static let variable = ThreadSpecificVariable<Wake>()
    static var current: Wake? { variable.currentValue }

    private enum State {
        case idle
        /// A task is being resumed: its job is taken.
        case resuming
        case running
    }

    private var state = State.idle
    private var taken: (job: UnownedJob, executor: LoopExecutor)?

    func run(_ continuation: UnsafeContinuation<Void, Never>) {
        // The runtime keeps one current task a thread, so a job runs in no other's middle.
        guard state == .idle, withUnsafeCurrentTask(body: { $0 == nil }) else {
            continuation.resume()
            return
        }
        state = .resuming
        continuation.resume()
        state = .running
        if let (job, executor) = taken {
            taken = nil
            job.runSynchronously(on: executor.asUnownedTaskExecutor())
        }
        state = .idle
    }

    func takes(_ job: UnownedJob, _ executor: LoopExecutor) -> Bool {
        guard state == .resuming, taken == nil else { return false }
        taken = (job, executor)
        return true
    }
}
