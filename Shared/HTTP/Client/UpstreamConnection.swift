import Logging
import NIOCore
import NIOSSL
import Synchronization

/// One connection to an upstream; confined to its loop.
///
/// It holds bytes and deadlines; what the bytes mean is up to whoever drives it: the dialer, then one response after another.
final class UpstreamConnection: ChannelInboundHandler, TurnWriter {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        /// Being connected: proxy and TLS handshakes.
        case dialing
        case busy
        /// In the pool: anything that arrives now is nobody's and closes it.
        case idle
    }

    let origin: UpstreamOrigin
    let loop: any EventLoop
    private(set) var phase = Phase.dialing
    private(set) var isClosed = false
    /// Whether TLS ended without its farewell, so that the end of the bytes may be an attacker's.
    private(set) var wasCutOff = false
    private(set) var isSecured = false
    private(set) var failure: UpstreamError?
    var inbound = ByteBuffer()
    /// Whether any byte came since the request was sent.
    private(set) var hasReceived = false

    /// Counts the exchanges, so that who gives one up late does not end another.
    private(set) var exchange = 0
    /// Whether the request has a body that may still wait for the socket.
    private var sentMuch = false
    /// Where it lay when it was idle last.
    var shelf: LoopPool.Shelf?

    private let pool: LoopPool
    private let signal: LoopSignal
    private var context: ChannelHandlerContext?
    private var timer: LazyTimer?
    private var totalDeadline = NIODeadline.distantFuture
    private var wait: (until: NIODeadline, error: UpstreamError)?
    private var isSecuring = false
    /// Whether the socket has been asked for more than has come: asking it twice is a walk through the pipeline for nothing.
    private var isReading = false
    private var isCounted = false

    init(origin: UpstreamOrigin, pool: LoopPool) {
        self.origin = origin
        self.pool = pool
        loop = pool.loop
        signal = LoopSignal(pool.loop)
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        timer = LazyTimer(loop) { [weak self] in self?.deadlinePassed() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        timer?.stop()
    }

    func channelActive(context: ChannelHandlerContext) {
        isCounted = true
        pool.core.openConnections.add(1, ordering: .relaxed)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        hasReceived = true
        if inbound.readableBytes == 0 {
            inbound = bytes
        } else {
            inbound.writeBuffer(&bytes)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        if phase == .idle, inbound.readableBytes > 0 {
            close()
            return
        }
        if inbound.readableBytes > 0 { signal.fireAtOnce() }
        readIfUseful()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The one event NIOSSL sends up while it shakes hands is that it has done so.
        if isSecuring, !(event is ChannelEvent) {
            isSecuring = false
            isSecured = true
            signal.fire()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        pool.core.logger.debug("upstream connection failed", metadata: ["error": "\(error)"])
        if isSecuring { failure = failure ?? .tlsFailed }
        if case .some(.uncleanShutdown) = error as? NIOSSLError { wasCutOff = true }
        close()
        signal.fire()
    }

    func channelInactive(context: ChannelHandlerContext) {
        isClosed = true
        timer?.stop()
        if isSecuring { failure = failure ?? .tlsFailed }
        if isCounted {
            isCounted = false
            pool.core.openConnections.subtract(1, ordering: .relaxed)
        }
        if phase == .idle { pool.forget(self) }
        signal.fire()
    }

    // MARK: Driving

    /// Starts an exchange, which must end by `total`.
    func begin(total: NIODeadline) {
        phase = .busy
        exchange &+= 1
        hasReceived = false
        totalDeadline = total
    }

    /// Sends bytes, and behind them a body that is not copied.
    func send(_ bytes: ByteBuffer, _ body: ByteBuffer? = nil) {
        guard let context else { return }
        context.write(wrapOutboundOut(bytes), promise: nil)
        sentMuch = body != nil
        if let body { context.write(wrapOutboundOut(body), promise: nil) }
        pool.flusher.add(self)
    }

    func sendWritten() {
        context?.flush()
    }

    /// Waits until more bytes have come or the connection has closed.
    ///
    /// - Throws: `error` once `deadline` passes, `totalTimedOut`, `cancelled`, or why the connection failed; it is closed then.
    func awaitBytes(until deadline: NIODeadline, else error: UpstreamError) async throws(UpstreamError) {
        if let failure { throw failure }
        if isClosed { return }
        wait = (deadline, error)
        timer?.set(min(deadline, totalDeadline))
        read()
        await signal.wait()
        wait = nil
        if let failure { throw failure }
        if Task.isCancelled {
            fail(.cancelled)
            throw .cancelled
        }
    }

    /// Reads ahead a little, so that the producer is slowed by the consumer and not by round trips.
    func readIfUseful() {
        guard phase == .busy, inbound.readableBytes < pool.core.configuration.readAheadBytes else { return }
        read()
    }

    private func read() {
        guard !isReading, let context else { return }
        isReading = true
        context.read()
    }

    /// Puts TLS under everything that follows and waits for its handshake.
    func secure(_ context: NIOSSLContext, until deadline: NIODeadline) async throws(UpstreamError) {
        guard let pipeline = self.context?.pipeline.syncOperations else { throw .connectFailed }
        let isLiteral = AddressBytes.parse(origin.host) != nil
        isSecuring = true
        do {
            let name = isLiteral ? nil : HostPort(host: origin.host, port: origin.port).host
            try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: name), position: .first)
        } catch {
            fail(.tlsFailed)
            throw .tlsFailed
        }
        while !isSecured {
            try await awaitBytes(until: deadline, else: .connectTimedOut)
            if isClosed { throw failure ?? .tlsFailed }
        }
        // NIOSSL also accepts a certificate for the address that was dialed, which is not whom we asked for.
        guard let leaf = try? pipeline.nioSSL_peerCertificate(), ServerIdentity.names(origin.host, in: leaf) else {
            fail(.tlsFailed)
            throw .tlsFailed
        }
    }

    // MARK: Ending

    /// Ends an exchange: the connection goes back to the pool when both sides are done with it, or closes.
    func end(isReusable: Bool) {
        // A small request left in one write; asking the channel costs more than all else that happens here.
        let unsent = sentMuch ? (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0 : 0
        totalDeadline = .distantFuture
        guard isReusable, !isClosed, failure == nil, unsent == 0, inbound.readableBytes == 0, pool.keep(self) else {
            close()
            return
        }
        // Storage of the last response is not held while idle.
        inbound = ByteBuffer()
        phase = .idle
        timer?.set(.now() + TimeAmount(pool.core.configuration.idleTimeout))
        read()
    }

    /// Closes the connection for a reason that whoever waits is told.
    func fail(_ error: UpstreamError) {
        failure = failure ?? error
        close()
        signal.fire()
    }

    /// Gives up an exchange, if it is still under way.
    func abandon(_ exchange: Int) {
        guard phase == .busy, self.exchange == exchange else { return }
        fail(.cancelled)
    }

    func close() {
        context?.close(promise: nil)
    }

    private func deadlinePassed() {
        if phase == .idle {
            close()
            return
        }
        let now = NIODeadline.now()
        if now >= totalDeadline {
            fail(.totalTimedOut)
        } else if let wait, now >= wait.until {
            fail(wait.error)
        } else {
            timer?.set(min(wait?.until ?? totalDeadline, totalDeadline))
        }
    }
}
