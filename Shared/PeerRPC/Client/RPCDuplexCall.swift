package import Contracts
import JSON
import NIOCore

/// An open call with streams both ways.
///
/// It is cancelled when nobody holds it any more.
package final class RPCDuplexCall<Sent: WireCodable, Item: WireCodable, Output: WireCodable>: Sendable {
    private let call: OpenCall

    init(_ call: OpenCall) {
        self.call = call
    }

    deinit {
        call.cancel()
    }

    /// Sends one item; waits while the server has given no credit for it.
    package func send(_ item: Sent) async throws(ServiceError) {
        try await call.stream.send(Messages.encode(item))
    }

    /// Tells the server that no more items come.
    package func finish() async {
        call.stream.endOutput()
    }

    /// The server's next item, or `nil` when it has answered.
    ///
    /// - Throws: ``ServiceError`` when the call failed; items sent before that come first.
    package func next() async throws(ServiceError) -> Item? {
        guard let value = try await call.stream.receive() else { return nil }
        return try decode(value, code: .internalError)
    }

    /// Waits for the server's answer.
    package func result() async throws(ServiceError) -> Output {
        try decode(try await call.result(), code: .internalError)
    }

    /// Ends the call without waiting for its answer.
    package func cancel() {
        call.cancel()
    }
}

/// A task's way to a call with streams.
struct OpenCall: Sendable {
    let stream: StreamPort
    private let id: Int
    private let call: NIOLoopBound<ClientCall>
    private let pool: NIOLoopBoundBox<LoopPool>

    /// Made on the pool's loop.
    init(_ call: ClientCall, _ stream: CallStream, _ pool: NIOLoopBoundBox<LoopPool>) {
        self.stream = StreamPort(stream)
        self.call = NIOLoopBound(call, eventLoop: pool.eventLoop)
        self.pool = pool
        id = call.request.id
    }

    func cancel() {
        let id = id
        pool.later { $0.cancel(id) }
    }

    func result() async throws(ServiceError) -> JSONCursor {
        let call = call
        let result = await withTaskCancellationHandler {
            await withUnsafeContinuation { reply in
                pool.perform { _ in call.value.wait(reply) }
            }
        } onCancel: {
            cancel()
        }
        return try result.get()
    }
}
