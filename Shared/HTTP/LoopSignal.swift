package import NIOCore

/// Where one task waits for its event loop; confined to the loop.
///
/// It only wakes: whoever waits looks at the state again afterwards. A cancelled task is woken too and does not wait again.
package final class LoopSignal {
    private let loop: any EventLoop
    private var continuation: UnsafeContinuation<Void, Never>?

    package init(_ loop: any EventLoop) {
        self.loop = loop
    }

    var isAwaited: Bool { continuation != nil }

    /// Waits until ``fire()`` or cancellation.
    package func wait() async {
        let bound = NIOLoopBound(self, eventLoop: loop)
        await withTaskCancellationHandler {
            await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
                if Task.isCancelled {
                    continuation.resume()
                } else {
                    self.continuation = continuation
                }
            }
        } onCancel: {
            if bound.eventLoop.inEventLoop {
                bound.value.fire()
            } else {
                bound.eventLoop.execute { bound.value.fire() }
            }
        }
    }

    /// Wakes the waiting task, if there is one.
    package func fire() {
        guard let continuation else { return }
        self.continuation = nil
        continuation.resume()
    }

    /// Wakes the waiting task, if there is one, and runs it up to its next wait before this returns.
    func fireAtOnce() {
        guard let continuation else { return }
        self.continuation = nil
        LoopExecutor.runAtOnce(continuation)
    }
}
