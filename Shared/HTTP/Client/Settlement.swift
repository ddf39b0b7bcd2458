import NIOCore

/// Awaits a future on its loop, no longer than a deadline and not beyond cancellation; confined to the loop.
///
/// `EventLoopFuture.get()` waits as long as it takes, which a resolver or a connect may.
final class Settlement<Value: Sendable> {
    private let signal: LoopSignal
    private var result: Result<Value, any Error>?
    private var isAbandoned = false

    private init(_ loop: any EventLoop) {
        signal = LoopSignal(loop)
    }

    /// The future's result; `nil` when the deadline passed first, or the task was cancelled, or what it is for was given up.
    ///
    /// A value that comes too late is given to `discard`.
    static func of(
        _ future: EventLoopFuture<Value>,
        until deadline: NIODeadline,
        abort: UpstreamAbort? = nil,
        discard: @escaping (Value) -> Void = { _ in }
    ) async -> Result<Value, any Error>? {
        let settlement = Settlement(future.eventLoop)
        settlement.observe(future, discard)
        if settlement.result == nil, abort?.isAborted != true {
            abort?.ends { settlement.signal.fire() }
            let timer = settlement.schedule(deadline, future.eventLoop)
            await settlement.signal.wait()
            timer.cancel()
        }
        settlement.isAbandoned = settlement.result == nil
        return settlement.result
    }

    private func observe(_ future: EventLoopFuture<Value>, _ discard: @escaping (Value) -> Void) {
        future.assumeIsolated().whenComplete { [self] result in
            if isAbandoned {
                if case .success(let value) = result { discard(value) }
            } else {
                self.result = result
                signal.fire()
            }
        }
    }

    private func schedule(_ deadline: NIODeadline, _ loop: any EventLoop) -> Scheduled<Void> {
        loop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in signal.fire() }
    }
}
