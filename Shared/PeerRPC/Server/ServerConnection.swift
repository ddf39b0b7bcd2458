import Contracts
import JSON
import Logging
import NIOCore

/// The server's side of one connection; confined to its event loop.
final class ServerConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// What all connections of a server share.
    struct Shared: Sendable {
        let entries: [String: RPCRegistry.Entry]
        let maximumFrame: Int
        let maximumCalls: Int
        let credential: [UInt8]?
        let frameTimeout: Duration
        let logger: Logger
        let counters: ServerCounters
    }

    /// The most members of one batch.
    static let maximumBatch = 1_000
    private static let maximumShortcuts = 4

    let loop: any EventLoop
    let link: FrameLink
    private let shared: Shared
    private let executor: LoopExecutor
    private let timer: DeadlineTimer
    private var reader: FrameReader
    private var calls: [RPCID: ServerCall] = [:]
    /// Handlers that have not returned, answered or not: what the limit counts.
    private var running = 0
    private var silentCalls = 0
    private var isDraining = false
    private var isClosed = false
    private var hasFailed = false
    private var frameDeadline: ContinuousClock.Instant?
    private var latest: RPCRegistry.Entry?
    /// The first methods called here that have a short way: a peer keeps calling the same few.
    private var shortcuts: [RPCRegistry.Entry] = []

    init(loop: any EventLoop, executor: LoopExecutor, shared: Shared) {
        self.loop = loop
        self.executor = executor
        self.shared = shared
        link = FrameLink(loop: loop, maximumBacklog: 2 * shared.maximumFrame)
        timer = DeadlineTimer(loop: loop)
        reader = FrameReader(maximumBody: shared.maximumFrame, credential: shared.credential)
        timer.onFire { [weak self] now in self?.expire(now) }
    }

    /// Whether no handler is at work.
    var isIdle: Bool { running == 0 }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        link.attach(context.channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasFailed else { return }
        link.readBegan()
        reader.append(unwrapInboundIn(data))
        do throws(FrameError) {
            while let frame = try reader.next() {
                frameDeadline = nil
                received(frame)
            }
        } catch {
            fail(error)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard !hasFailed else { return }
        watchFrame()
        link.readEnded()
        closeIfDrained()
    }

    func channelInactive(context: ChannelHandlerContext) {
        closed()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        shared.logger.debug("peer connection failed", metadata: ["error.type": "\(type(of: error))"])
        context.close(promise: nil)
    }

    private func closed() {
        guard !isClosed else { return }
        isClosed = true
        link.detach()
        timer.stop()
        let abandoned = calls.values
        calls = [:]
        for call in abandoned { call.end(.callCancelled) }
    }

    /// The stream of bytes cannot be followed: says so once and closes.
    private func fail(_ error: FrameError) {
        hasFailed = true
        shared.logger.notice("peer sent a broken frame", metadata: ["keirouter.rpc.problem": "\(error)"])
        let answer: ServiceError =
            switch error {
            case .unauthenticated:
                ServiceError(
                    .unauthenticated,
                    reason: "unauthenticated",
                    message: "each frame carries the bearer token in its Authorization header",
                    origin: .client
                )
            case .frameTooLong(let limit): .unparsable("a frame has at most \(limit) bytes")
            case .headerTooLong(let limit): .unparsable("a header block has at most \(limit) bytes")
            case .brokenHeader: .unparsable("the header block is broken")
            case .missingLength: .unparsable("the header block has no Content-Length")
            }
        link.send(Messages.error(id: .null, answer))
        link.closeAfterFlush()
    }

    // MARK: Messages

    private func received(_ frame: Frame) {
        if takeShortWay(frame) { return }
        let document: JSONDocument
        do {
            document = try JSONDocument(frame.body)
        } catch {
            link.send(Messages.error(id: .null, .unparsable("the body is not JSON: \(error.description)")))
            return
        }
        let root = document.root
        guard root.kind == .array else {
            handle(root, head: frame.head, batch: nil)
            return
        }
        guard root.count > 0, root.count <= Self.maximumBatch else {
            let message = "a batch has between 1 and \(Self.maximumBatch) members"
            link.send(Messages.error(id: .null, .invalidRequest(message)))
            return
        }
        let batch = ServerBatch(link: link)
        for member in root.elements { handle(member, head: frame.head, batch: batch) }
        batch.readingEnded()
    }

    private func handle(_ message: JSONCursor, head: FrameHead, batch: ServerBatch?) {
        var id: RPCID?
        if let member = message.member("id") {
            guard let read = RPCID(member) else {
                refuse(.null, .invalidRequest("an id is a string of at most 256 bytes, a number or null"), batch)
                return
            }
            id = read
        }
        guard message.kind == .object, message.member("jsonrpc")?.equals("2.0") == true,
            let method = message.member("method"), method.kind == .string
        else {
            refuse(id ?? .null, .invalidRequest("a request has \"jsonrpc\": \"2.0\" and a method"), batch)
            return
        }
        let parameters = message.member("params")
        if let parameters, parameters.kind != .object {
            let isList = parameters.kind == .array
            let error: ServiceError =
                isList ? .invalidParameters("parameters go by name") : .invalidRequest("params is an object")
            if id != nil || !isList { refuse(id ?? .null, error, batch) }
            return
        }
        if Self.isNotice(method.raw) {
            if let parameters { notice(method, parameters) }
            if let id { refuse(id, .unknownMethod, batch) }
            return
        }
        request(id, method, parameters ?? Self.noParameters, head: head, batch: batch)
    }

    private func refuse(_ id: RPCID, _ error: ServiceError, _ batch: ServerBatch?) {
        if let batch {
            batch.expectOne()
            batch.add(Messages.error(id: id, error))
        } else {
            link.send(Messages.error(id: id, error))
        }
    }

    private func request(
        _ id: RPCID?,
        _ method: JSONCursor,
        _ parameters: JSONCursor,
        head: FrameHead,
        batch: ServerBatch?
    ) {
        if let error = obstacle(id, method, head) {
            if let id { refuse(id, error, batch) }
            return
        }
        guard let latest else { return }
        if id == nil { silentCalls += 1 }
        begin(id ?? .silent(silentCalls), latest, parameters, head: head, batch: batch)
    }

    private func begin(
        _ id: RPCID,
        _ entry: RPCRegistry.Entry,
        _ parameters: JSONCursor,
        head: FrameHead,
        batch: ServerBatch?
    ) {
        let deadline = head.deadline.map { ContinuousClock.now + .milliseconds($0) }
        let context = RPCContext(deadline: deadline, traceparent: head.traceparent, method: entry.name)
        let call = ServerCall(id: id, entry: entry, context: context, batch: batch, connection: self)
        if case .silent = id {} else { batch?.expectOne() }
        calls[id] = call
        running += 1
        shared.counters.callBegan()
        if let deadline { timer.arm(deadline) }
        call.start(parameters, executor: executor)
    }

    /// Works on a request that stands as this project's own client writes it, for a method that was called here before.
    ///
    /// - Returns: False, with nothing done, when the frame has to be read as JSON of any shape.
    private func takeShortWay(_ frame: Frame) -> Bool {
        guard !shortcuts.isEmpty, !isDraining, running < shared.maximumCalls,
            frame.head.deadline.map({ $0 > 0 }) ?? true
        else { return false }
        return frame.body.withUnsafeBufferPointer { body in
            guard let base = body.baseAddress else { return false }
            var reader = PlainReader(base, from: 0, to: body.count)
            let id = Messages.readRequest(&reader)
            guard !reader.hasFailed, let at = shortcuts.firstIndex(where: { reader.skip($0.name) }),
                let shortWay = shortcuts[at].shortWay, calls.isEmpty || calls[.integer(id)] == nil
            else { return false }
            Messages.readParameters(&reader)
            switch shortWay {
            case .direct(let handler):
                guard let answer = handler(id, &reader) else { return false }
                link.send(answer, isAlone: isIdle)
            case .prepared(let prepare):
                guard let handler = prepare(&reader) else { return false }
                let entry = RPCRegistry.Entry(name: shortcuts[at].name, handler: .prepared(handler))
                begin(.integer(id), entry, Self.noParameters, head: frame.head, batch: nil)
            }
            return true
        }
    }

    /// Why a request is not worked on; leaves its method in `latest` otherwise.
    private func obstacle(_ id: RPCID?, _ method: JSONCursor, _ head: FrameHead) -> ServiceError? {
        // Callers repeat themselves: the name of the last call saves most look-ups, and their string.
        if latest.map({ method.equals($0.name) }) != true {
            guard let entry = method.string.flatMap({ shared.entries[$0] }) else { return .unknownMethod }
            latest = entry
            if entry.shortWay != nil, shortcuts.count < Self.maximumShortcuts,
                !shortcuts.contains(where: { $0.name == entry.name })
            {
                shortcuts.append(entry)
            }
        }
        if let deadline = head.deadline, deadline <= 0 { return .deadlinePassed }
        if isDraining { return .draining }
        if running >= shared.maximumCalls { return .tooManyCalls(shared.maximumCalls) }
        if let id, calls[id] != nil { return .invalidRequest("the id is in use by another call") }
        return nil
    }

    private static func isNotice(_ quoted: ArraySlice<UInt8>) -> Bool {
        let start = quoted.startIndex
        return quoted.count > 3 && quoted[start + 1] == 0x24 && quoted[start + 2] == 0x2F
    }

    /// `$/cancel`, `$/send`, `$/end` and `$/credit`; anything else, and anything for a call that is over, is ignored.
    private func notice(_ method: JSONCursor, _ parameters: JSONCursor) {
        guard let id = parameters.member("id").flatMap(RPCID.init), let call = calls[id] else { return }
        if method.equals("$/cancel") {
            end(call, .callCancelled)
        } else if method.equals("$/credit") {
            let items = parameters.member("items")?.integer ?? 0
            let bytes = parameters.member("bytes")?.integer ?? 0
            call.stream?.credited(Credit(items: items, bytes: bytes))
        } else if method.equals("$/send"), call.acceptsInput {
            guard let value = parameters.member("value") else {
                end(call, .invalidParameters("$/send has a value"))
                return
            }
            do throws(ServiceError) {
                try call.stream?.received(value)
            } catch {
                end(call, error)
            }
        } else if method.equals("$/end"), call.acceptsInput {
            call.stream?.inputEnded()
        }
    }

    // MARK: Calls

    /// A handler has returned.
    func ended(_ call: ServerCall, _ body: [UInt8]) {
        running -= 1
        shared.counters.callEnded()
        if !call.isAnswered {
            calls[call.id] = nil
            call.stream?.fail(.callOver)
            call.answer(body)
        }
        closeIfDrained()
    }

    private func end(_ call: ServerCall, _ error: ServiceError) {
        calls[call.id] = nil
        call.end(error)
        closeIfDrained()
    }

    private func expire(_ now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        if let frameDeadline, frameDeadline <= now {
            shared.logger.notice("peer did not finish its frame")
            link.abort()
            return nil
        }
        for call in Array(calls.values) {
            if let deadline = call.deadline, deadline <= now { end(call, .deadlinePassed) }
        }
        let next = calls.values.compactMap(\.deadline).min()
        guard let frameDeadline else { return next }
        return next.map { min($0, frameDeadline) } ?? frameDeadline
    }

    /// Gives a frame that has begun a time to end.
    private func watchFrame() {
        guard reader.isMidFrame else {
            frameDeadline = nil
            return
        }
        guard frameDeadline == nil else { return }
        let deadline = ContinuousClock.now + shared.frameTimeout
        frameDeadline = deadline
        timer.arm(deadline)
    }

    // MARK: The end

    /// Takes no new calls, ends subscriptions, and closes when the calls that have a deadline are answered.
    func drain() {
        guard !isClosed, !isDraining else { return }
        isDraining = true
        for call in Array(calls.values) where call.stream != nil && call.deadline == nil { end(call, .draining) }
        closeIfDrained()
    }

    func close() {
        link.abort()
    }

    private func closeIfDrained() {
        if isDraining, calls.isEmpty { link.closeAfterFlush() }
    }

    private static let noParameters = Empty.cursor
}

extension Empty {
    /// An empty object, which stands for absent parameters and for results that are read already.
    static let cursor: JSONCursor = {
        guard let document = try? JSONDocument([0x7B, 0x7D]) else {
            preconditionFailure("an empty object is JSON")
        }
        return document.root
    }()
}

extension ServiceError {
    fileprivate static var unknownMethod: ServiceError {
        let message = "the method is not known here"
        return ServiceError(.methodNotFound, reason: "unknown_method", message: message, origin: .client)
    }
}
