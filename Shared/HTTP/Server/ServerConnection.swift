import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// One client connection: reads heads, starts a task per request, and owns the socket's deadlines.
///
/// Confined to its event loop. Reading goes on while a request is served, up to ``readAhead`` bytes, so that the end of the
/// connection is noticed; the body stays in `inbound` until the handler asks for it.
final class ServerConnection: ChannelInboundHandler, TurnWriter {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        /// Waits for a request's head; goes to `serving` or `closing`.
        case reading
        /// A request is being answered; goes to `reading` or `closing`.
        case serving
        /// The last bytes are on their way; goes to `lingering` or `closed`.
        case closing
        /// Our half is closed and what the client still sends is dropped, so that it can read the last answer.
        case lingering
        case closed
    }

    /// How much is read while nobody asks for it.
    static let readAhead = 64 << 10
    /// Empty lines skipped before a request, which old clients send after a body.
    private static let maximumEmptyLines = 4

    let core: ServerCore
    let loop: any EventLoop
    let executor: LoopExecutor
    private let flusher: TurnFlusher
    private(set) var context: ChannelHandlerContext?
    private(set) var phase = Phase.reading
    private(set) var isWritable = true
    var inbound = ByteBuffer()
    /// What the handler keeps from one request to the next.
    var memory: AnyObject?
    private var scanner = HeadScanner()
    private var emptyLines = 0
    private var headStart: NIODeadline?
    private var exchange: HTTPExchange?
    private var task: Task<Void, Never>?
    /// Whether a request's task is being started, which runs up to its first wait within the call.
    private var isStarting = false
    private var timer: LazyTimer?
    private var peer: SocketAddress?
    private var lastBuffered = Int.max
    /// Whether the socket has been asked for more than has come: asking it twice is a walk through the pipeline for nothing.
    private var isReading = false
    /// Whether it sends at the end of this turn.
    private var isFlushing = false

    /// The server's own word and not the event's, which comes to each loop in its own time.
    var isDraining: Bool { core.isDraining.load(ordering: .relaxed) }

    init(core: ServerCore, loop: any EventLoop) {
        self.core = core
        self.loop = loop
        (executor, flusher) = core.tools(for: loop)
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        timer = LazyTimer(loop) { [weak self] in self?.deadlinePassed() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        peer = context.remoteAddress
        guard core.admit(context.channel) else {
            reject(.overloaded, path: nil)
            return
        }
        setDeadline(after: core.configuration.keepAliveTimeout)
        read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        switch phase {
        case .closing, .lingering, .closed: return
        case .reading, .serving: break
        }
        if inbound.readableBytes == 0 {
            exchange?.collect(&bytes)
            // What is taken whole leaves its buffer to the next read.
            if bytes.readableBytes > 0 { inbound = bytes }
        } else {
            inbound.writeBuffer(&bytes)
            exchange?.collect(&inbound)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        switch phase {
        case .reading: readHeads()
        case .serving: exchange?.bodyArrived()
        case .closing, .lingering, .closed: break
        }
        readIfUseful()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        if isWritable { exchange?.becameWritable() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is DrainEvent {
            if case .reading = phase, inbound.readableBytes == 0 { closeGently(lingers: false) }
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        core.logger.debug("connection failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        phase = .closed
        timer?.stop()
        core.release(context.channel)
        let (lost, task) = (exchange, task)
        exchange = nil
        self.task = nil
        inbound = ByteBuffer()
        lost?.clientWentAway()
        task?.cancel()
    }

    // MARK: Heads

    /// Reads heads and starts what they ask for, one after another while requests are answered without waiting.
    private func readHeads() {
        while readHead(), phase == .reading, inbound.readableBytes > 0 {}
    }

    /// - Returns: Whether a request was read.
    private func readHead() -> Bool {
        guard skipEmptyLines() else { return false }
        guard let first = inbound.readableBytesView.first else { return false }
        // Not text at all: a TLS client on a plain port, or noise. There is nobody who would understand an answer.
        guard ASCII.isToken(first) else {
            let isText = first >= 0x20 && first < 0x7F
            if isText { reject(.malformed("the method is not a token"), path: nil) } else { close() }
            return false
        }
        do throws(HTTPWireError) {
            let configuration = core.configuration
            let limits = HeadLimits(
                firstLineBytes: configuration.maximumURIBytes,
                bytes: configuration.maximumHeaderBytes,
                fields: configuration.maximumHeaderCount
            )
            guard let length = try scanner.scan(inbound, limits: limits),
                let bytes = inbound.readSlice(length: length)
            else {
                awaitRestOfHead()
                return false
            }
            scanner = HeadScanner()
            headStart = nil
            emptyLines = 0
            // Whoever opens with HTTP/2's preface would not understand an answer in HTTP/1.
            if bytes.readableBytesView.starts(with: "PRI * HTTP/2".utf8) {
                close()
                return false
            }
            try serve(HeadParser.request(bytes))
            return true
        } catch {
            reject(HTTPServerError(error), path: nil)
            return false
        }
    }

    private func skipEmptyLines() -> Bool {
        while let pair: UInt16 = inbound.getInteger(at: inbound.readerIndex), pair == 0x0D0A {
            inbound.moveReaderIndex(forwardBy: 2)
            emptyLines += 1
            guard emptyLines <= Self.maximumEmptyLines else {
                reject(.malformed("too many empty lines come before the request"), path: nil)
                return false
            }
        }
        if inbound.readableBytes == 1, inbound.readableBytesView.first == 0x0D { return false }
        return true
    }

    private func awaitRestOfHead() {
        guard headStart == nil else { return }
        let now = NIODeadline.now()
        headStart = now
        timer?.set(now + TimeAmount(core.configuration.headTimeout))
    }

    private func serve(_ request: ParsedRequest) {
        if let problem = request.framingProblem {
            reject(problem, path: String(request.head.uri.prefix { $0 != "?" }))
        } else {
            start(request)
        }
    }

    /// Starts the request's task: the one place where tasks are made.
    private func start(_ request: ParsedRequest) {
        let exchange = HTTPExchange(request, connection: self, peer: peer)
        self.exchange = exchange
        phase = .serving
        timer?.set(nil)
        core.activeRequests.add(1, ordering: .relaxed)
        let bound = NIOLoopBound(exchange, eventLoop: loop)
        // At once, up to the first wait: what that sends leaves together with what this turn's other requests send.
        isStarting = true
        let task = Task.immediate(executorPreference: executor) { [core] in
            let exchange = bound.value
            await core.handler(exchange)
            exchange.handlerReturned()
            core.ended()
        }
        isStarting = false
        if self.exchange === exchange {
            self.task = task
        } else if phase == .closed {
            task.cancel()
        }
    }

    // MARK: Reading and deadlines

    /// Asks the socket for more when somebody needs it or there is room to read ahead.
    func readIfUseful() {
        let isUseful =
            switch phase {
            case .reading, .lingering: true
            case .serving: inbound.readableBytes < Self.readAhead
            case .closing, .closed: false
            }
        if isUseful { read() }
    }

    private func read() {
        guard !isReading, let context else { return }
        isReading = true
        context.read()
    }

    /// Lets the deadline pass after `duration`, counted from now.
    func setDeadline(after duration: Duration) {
        timer?.set(.now() + TimeAmount(duration))
    }

    /// Lets the deadline pass when the client has read nothing for the stall timeout.
    func setStallDeadline() {
        lastBuffered = bufferedBytes
        setDeadline(after: core.configuration.writeStallTimeout)
    }

    func clearDeadline() {
        timer?.set(nil)
    }

    private var bufferedBytes: Int {
        (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// Whether there are bytes to send and the client took some since the last look.
    private func isSending() -> Bool {
        let buffered = bufferedBytes
        defer { lastBuffered = buffered }
        return buffered > 0 && buffered < lastBuffered
    }

    private func deadlinePassed() {
        switch phase {
        case .reading:
            if inbound.readableBytes > 0 {
                reject(.timedOut, path: nil)
            } else if isSending() {
                setDeadline(after: core.configuration.writeStallTimeout)
            } else {
                close()
            }
        case .serving:
            if exchange?.isAwaitingBody == true {
                exchange?.bodyTimedOut()
            } else if isSending() {
                setDeadline(after: core.configuration.writeStallTimeout)
            } else {
                exchange?.writeStalled()
                close()
            }
        case .closing:
            if isSending() { setDeadline(after: core.configuration.writeStallTimeout) } else { close() }
        case .lingering: close()
        case .closed: break
        }
    }

    // MARK: Writing and ending

    func write(_ bytes: ByteBuffer) {
        context?.write(wrapOutboundOut(bytes), promise: nil)
    }

    /// Sends what is written, at the end of this turn of the loop.
    func flush() {
        guard !isFlushing else { return }
        isFlushing = true
        flusher.add(self)
    }

    func sendWritten() {
        guard isFlushing else { return }
        isFlushing = false
        context?.flush()
    }

    /// Goes on with the next request, or ends the connection after an answer that said so.
    func answerEnded(closes: Bool, bodyIsRead: Bool) {
        exchange = nil
        task = nil
        guard phase == .serving else { return }
        lastBuffered = .max
        if closes || isDraining {
            closeGently(lingers: !bodyIsRead || inbound.readableBytes > 0)
            return
        }
        phase = .reading
        setDeadline(after: core.configuration.keepAliveTimeout)
        // Whoever starts a task goes on with the next head itself: a pipeline of requests must not nest.
        guard !isStarting else { return }
        if inbound.readableBytes > 0 { readHeads() }
        readIfUseful()
    }

    /// Answers in the edge's own name and ends the connection.
    private func reject(_ error: HTTPServerError, path: String?) {
        let (headers, body) = core.configuration.errorResponse(error, path)
        var bytes = ByteBuffer()
        ResponseEncoder.writeHead(error.status, headers, .length(body.readableBytes), connection: .close, to: &bytes)
        bytes.writeImmutableBuffer(body)
        write(bytes)
        closeGently(lingers: true)
    }

    /// Sends what is written and closes.
    ///
    /// A connection that lingers closes its own half first and drops what still comes: closing over unread bytes would reset the
    /// connection, maybe before the client has read the answer.
    private func closeGently(lingers: Bool) {
        guard phase != .closed, phase != .closing, phase != .lingering, let context else { return }
        phase = .closing
        inbound = ByteBuffer()
        lastBuffered = .max
        setDeadline(after: core.configuration.writeStallTimeout)
        let bound = NIOLoopBound(self, eventLoop: loop)
        let flushed = loop.makePromise(of: Void.self)
        flushed.futureResult.whenComplete { _ in bound.value.lastBytesSent(lingers: lingers) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: flushed)
    }

    private func lastBytesSent(lingers: Bool) {
        guard phase == .closing, let context else { return }
        guard lingers else {
            close()
            return
        }
        phase = .lingering
        setDeadline(after: core.configuration.lingerTimeout)
        context.close(mode: .output, promise: nil)
        readIfUseful()
    }

    /// Closes the socket now, behind what was to be sent in this turn.
    func close() {
        sendWritten()
        context?.close(promise: nil)
    }
}
