import Contracts
import DequeModule
import JSON
import NIOCore

/// One call's two streams on this side of the connection: what waits to be sent and what waits to be used.
///
/// Confined to its event loop; ``StreamPort`` is its face for tasks.
final class CallStream {
    typealias Reply<Value> = CheckedContinuation<Result<Value, ServiceError>, Never>

    private struct Sender {
        var ticket: Int
        var value: [UInt8]
        var reply: Reply<Void>
    }

    let loop: any EventLoop
    private let id: RPCID
    /// `$/item` from a server, `$/send` from a client.
    private let method: String
    private let transmit: ([UInt8]) -> Void

    private var sendWindow = SendWindow()
    private var senders: Deque<Sender> = []
    private var receiveWindow = ReceiveWindow()
    private var queue: Deque<JSONCursor> = []
    private var receiver: (ticket: Int, reply: Reply<JSONCursor?>)?
    private var isInputEnded = false
    private var failure: ServiceError?
    private var tickets = 0

    init(id: RPCID, method: String, loop: any EventLoop, transmit: @escaping ([UInt8]) -> Void) {
        self.id = id
        self.method = method
        self.loop = loop
        self.transmit = transmit
    }

    // MARK: What the peer did

    /// Takes in a value.
    ///
    /// - Throws: When the peer had no credit for it or had ended its stream; the call must then be ended.
    func received(_ value: JSONCursor) throws(ServiceError) {
        guard failure == nil else { return }
        guard !isInputEnded else {
            throw ServiceError(
                .failedPrecondition,
                reason: "stream_ended",
                message: "a value came after the end of its stream",
                origin: .peer
            )
        }
        guard receiveWindow.receive(bytes: value.range.count) else {
            throw ServiceError(
                .resourceExhausted,
                reason: "credit_exceeded",
                message: "the stream has a credit of 64 items and 1 MiB, and more was sent",
                origin: .peer
            )
        }
        if let receiver {
            self.receiver = nil
            consumed(value)
            receiver.reply.resume(returning: .success(value))
        } else {
            queue.append(value)
        }
    }

    /// The peer sends no more.
    func inputEnded() {
        isInputEnded = true
        receiver?.reply.resume(returning: .success(nil))
        receiver = nil
    }

    /// The peer gave credit back.
    func credited(_ grant: Credit) {
        sendWindow.give(grant)
        while let sender = senders.first, sendWindow.take(bytes: sender.value.count) {
            senders.removeFirst()
            transmit(Messages.value(method, id: id, sender.value))
            sender.reply.resume(returning: .success(()))
        }
    }

    /// The call is over: nothing is sent any more, and a reader gets what came before and then this error.
    func fail(_ error: ServiceError) {
        guard failure == nil else { return }
        failure = error
        for sender in senders { sender.reply.resume(returning: .failure(error)) }
        senders = []
        if isInputEnded {
            receiver?.reply.resume(returning: .success(nil))
        } else {
            receiver?.reply.resume(returning: .failure(error))
        }
        receiver = nil
    }

    // MARK: What a task wants

    func makeTicket() -> Int {
        tickets += 1
        return tickets
    }

    func send(_ value: [UInt8], ticket: Int, reply: Reply<Void>) {
        if let failure {
            reply.resume(returning: .failure(failure))
        } else if value.count > Credit.largestItem {
            let message = "an item has at most \(Credit.largestItem) bytes, this one has \(value.count)"
            let error = ServiceError(.resourceExhausted, reason: "item_too_large", message: message)
            reply.resume(returning: .failure(error))
        } else if senders.isEmpty, sendWindow.take(bytes: value.count) {
            transmit(Messages.value(method, id: id, value))
            reply.resume(returning: .success(()))
        } else {
            senders.append(Sender(ticket: ticket, value: value, reply: reply))
        }
    }

    func receive(ticket: Int, reply: Reply<JSONCursor?>) {
        if let value = queue.popFirst() {
            consumed(value)
            reply.resume(returning: .success(value))
        } else if isInputEnded {
            reply.resume(returning: .success(nil))
        } else if let failure {
            reply.resume(returning: .failure(failure))
        } else if receiver != nil {
            let message = "a stream is read by one task at a time"
            reply.resume(returning: .failure(ServiceError(.failedPrecondition, reason: "busy", message: message)))
        } else {
            receiver = (ticket, reply)
        }
    }

    /// The task behind a ticket was cancelled.
    func abandon(ticket: Int) {
        if let receiver, receiver.ticket == ticket {
            self.receiver = nil
            receiver.reply.resume(returning: .failure(.callCancelled))
        }
        if let index = senders.firstIndex(where: { $0.ticket == ticket }) {
            let sender = senders.remove(at: index)
            sender.reply.resume(returning: .failure(.callCancelled))
        }
    }

    /// Tells the peer that this side sends no more.
    func endOutput() {
        guard failure == nil else { return }
        transmit(Messages.notice("$/end", id: id))
    }

    private func consumed(_ value: JSONCursor) {
        guard let grant = receiveWindow.consume(bytes: value.range.count), failure == nil else { return }
        transmit(Messages.credit(id: id, grant))
    }
}
