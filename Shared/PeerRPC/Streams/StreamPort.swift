package import Contracts
import JSON
import NIOCore
import Synchronization

/// A task's way to a ``CallStream``: direct when the task runs on the stream's event loop, by a hop when it does not.
struct StreamPort: Sendable {
    private let loop: any EventLoop
    private let stream: NIOLoopBound<CallStream>

    /// Made on the stream's loop.
    init(_ stream: CallStream) {
        loop = stream.loop
        self.stream = NIOLoopBound(stream, eventLoop: stream.loop)
    }

    func send(_ value: [UInt8]) async throws(ServiceError) {
        try await wait { (stream, ticket, reply: CallStream.Reply<Void>) in
            stream.send(value, ticket: ticket, reply: reply)
        }
    }

    func receive() async throws(ServiceError) -> JSONCursor? {
        try await wait { (stream, ticket, reply: CallStream.Reply<JSONCursor?>) in
            stream.receive(ticket: ticket, reply: reply)
        }
    }

    func endOutput() {
        perform { $0.endOutput() }
    }

    /// Waits for a reply of the stream, and no longer than its task lives.
    private func wait<Value: Sendable>(
        _ body: @escaping @Sendable (CallStream, Int, CallStream.Reply<Value>) -> Void
    ) async throws(ServiceError) -> Value {
        guard !Task.isCancelled else { throw .callCancelled }
        let ticket = TicketBox()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { reply in
                perform { stream in
                    let number = stream.makeTicket()
                    ticket.number.store(number, ordering: .relaxed)
                    body(stream, number, reply)
                }
                // A cancellation that came before the stream heard of the ticket finds nothing to abandon: ask again.
                if Task.isCancelled { abandon(ticket) }
            }
        } onCancel: {
            abandon(ticket)
        }
        return try result.get()
    }

    private func abandon(_ ticket: TicketBox) {
        let stream = stream
        loop.execute { stream.value.abandon(ticket: ticket.number.load(ordering: .relaxed)) }
    }

    private func perform(_ body: @escaping @Sendable (CallStream) -> Void) {
        if loop.inEventLoop {
            body(stream.value)
        } else {
            let stream = stream
            loop.execute { body(stream.value) }
        }
    }
}

/// The number a stream gave to a wait; written and read on the loop alone, atomic because tasks carry it.
private final class TicketBox: Sendable {
    let number = Atomic<Int>(0)
}

/// What a server sends in a stream.
package struct RPCItems<Item: WireCodable>: Sendable {
    private let port: StreamPort

    init(_ port: StreamPort) {
        self.port = port
    }

    /// Sends one item; waits while the caller has given no credit for it.
    ///
    /// - Throws: ``ServiceError`` when the call is over or the task was cancelled.
    package func send(_ item: Item) async throws(ServiceError) {
        try await port.send(Messages.encode(item))
    }
}

/// What a client sends in a stream, as the server sees it.
package struct RPCIncoming<Item: WireCodable>: Sendable {
    private let port: StreamPort

    init(_ port: StreamPort) {
        self.port = port
    }

    /// The next item, or `nil` when the client has ended its stream.
    ///
    /// - Throws: ``ServiceError`` when the call is over or an item is not of the stream's type.
    package func next() async throws(ServiceError) -> Item? {
        guard let value = try await port.receive() else { return nil }
        return try decode(value, code: .invalidParams)
    }
}

/// Reads a message, turning what is wrong with it into an error for its sender.
func decode<Value: WireCodable>(_ cursor: JSONCursor, code: ServiceError.Code) throws(ServiceError) -> Value {
    do throws(WireError) {
        return try Value(from: cursor)
    } catch {
        let isRequest = code == .invalidParams
        throw ServiceError(
            code,
            reason: isRequest ? "invalid_params" : "invalid_answer",
            message: error.description,
            origin: isRequest ? .client : .peer
        )
    }
}
