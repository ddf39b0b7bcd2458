import Contracts
import JSON
import NIOCore

/// One call that a server works on; confined to its connection's event loop.
final class ServerCall {
    let id: RPCID
    let deadline: ContinuousClock.Instant?
    let stream: CallStream?
    let acceptsInput: Bool
    private(set) var isAnswered = false
    private var hasReturned = false
    private let handler: RPCRegistry.Handler
    private let context: RPCContext
    private let batch: ServerBatch?
    private let connection: ServerConnection
    private var task: Task<Void, Never>?

    init(id: RPCID, entry: RPCRegistry.Entry, context: RPCContext, batch: ServerBatch?, connection: ServerConnection) {
        self.id = id
        self.handler = entry.handler
        self.context = context
        self.deadline = context.deadline
        self.batch = batch
        self.connection = connection
        let loop = connection.loop
        switch entry.handler {
        case .unary, .prepared:
            stream = nil
            acceptsInput = false
        case .serverStream:
            stream = CallStream(id: id, method: "$/item", loop: loop) { [link = connection.link] in link.send($0) }
            acceptsInput = false
        case .duplexStream:
            stream = CallStream(id: id, method: "$/item", loop: loop) { [link = connection.link] in link.send($0) }
            acceptsInput = true
        }
    }

    /// Starts the handler in a task of its own, on the connection's event loop.
    ///
    /// It runs at once, up to its first wait: an answer that needs none goes out with the read that asked for it.
    func start(_ parameters: JSONCursor, executor: LoopExecutor) {
        let bound = NIOLoopBound(self, eventLoop: connection.loop)
        let task = Task.immediate(executorPreference: executor) {
            await bound.value.run(parameters)
        }
        if !hasReturned { self.task = task }
    }

    private func run(_ parameters: JSONCursor) async {
        let body: [UInt8]
        do throws(ServiceError) {
            switch handler {
            case .unary(let handler):
                body = try await handler(id, parameters, context)
            case .prepared(let handler):
                body = try await handler(id, context)
            case .serverStream(let handler), .duplexStream(let handler):
                guard let stream else { return }
                body = try await handler(id, parameters, context, StreamPort(stream))
            }
        } catch {
            body = Messages.error(id: id, error)
        }
        hasReturned = true
        task = nil
        connection.ended(self, body)
    }

    /// Answers, the first time it is called.
    func answer(_ body: [UInt8]) {
        guard !isAnswered else { return }
        isAnswered = true
        if case .silent = id { return }
        if let batch {
            batch.add(body)
        } else {
            connection.link.send(body, isAlone: connection.isIdle)
        }
    }

    /// Answers with an error now and cancels the handler, whose own answer is then dropped.
    func end(_ error: ServiceError) {
        stream?.fail(error)
        answer(Messages.error(id: id, error))
        task?.cancel()
    }
}

/// The answers to one batch: sent as one message when the last of them has come.
final class ServerBatch {
    private let link: FrameLink
    private var answers: [[UInt8]] = []
    /// One for each request that will be answered, and one for the reading of the batch itself.
    private var missing = 1

    init(link: FrameLink) {
        self.link = link
    }

    func expectOne() {
        missing += 1
    }

    func add(_ answer: [UInt8]) {
        answers.append(answer)
        settle()
    }

    func readingEnded() {
        settle()
    }

    private func settle() {
        missing -= 1
        if missing == 0, !answers.isEmpty { link.send(Messages.batch(answers)) }
    }
}
