import Contracts
import JSON
import NIOCore
import NIOPosix
import NIOSSL

/// The client's side of one connection to one server; confined to its event loop.
///
/// It carries bytes and nothing else: calls live in the ``LoopPool``.
final class ClientConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private enum State {
        case connecting
        case open
        case closed
    }

    let token: Int
    let server: ServerAddress
    let link: FrameLink
    /// Calls that were given to this connection and are not done.
    var inFlight = 0
    /// Set when the connection takes no new calls and closes with its last one.
    private(set) var isRetired = false
    private let authorization: [UInt8]?
    private weak var pool: LoopPool?
    private var reader: FrameReader
    private var state = State.connecting
    private var refusal: ServiceError?

    init(token: Int, server: ServerAddress, pool: LoopPool, authorization: [UInt8]?, maximumFrame: Int) {
        self.token = token
        self.server = server
        self.pool = pool
        self.authorization = authorization
        link = FrameLink(loop: pool.loop, maximumBacklog: 2 * maximumFrame)
        reader = FrameReader(maximumBody: maximumFrame)
    }

    var isOpen: Bool { state == .open && link.isOpen }
    var isUsable: Bool { !isRetired && (state == .connecting || isOpen) }

    /// Opens the connection; the pool hears how it went, in a later turn of the loop and never within this call.
    func dial(timeout: Duration, tls: (context: NIOSSLContext, name: String?)?) {
        let bound = NIOLoopBound(self, eventLoop: link.loop)
        link.loop.execute { bound.value.connect(timeout: timeout, tls: tls) }
    }

    private func connect(timeout: Duration, tls: (context: NIOSSLContext, name: String?)?) {
        let bound = NIOLoopBound(self, eventLoop: link.loop)
        let bootstrap = ClientBootstrap(group: link.loop)
            .connectTimeout(TimeAmount(timeout))
            .channelOption(.maxMessagesPerRead, value: 4)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let handler = try NIOSSLClientHandler(context: tls.context, serverHostname: tls.name)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                }
            }
        let connected: EventLoopFuture<any Channel>
        switch server.target {
        case .socket(let path, _):
            connected = bootstrap.connect(unixDomainSocketPath: path)
        case .network(let address):
            connected = bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1).connect(to: address)
        }
        connected.whenComplete { result in
            switch result {
            case .success(let channel): bound.value.opened(channel)
            case .failure(let error): bound.value.dialFailed(error)
            }
        }
    }

    /// Sends what belongs to a call that is out already.
    func send(_ body: [UInt8]) {
        link.send(body, head: FrameHead(authorization: authorization))
    }

    func send(_ call: ClientCall) {
        if state == .open { call.transmitRequest(authorization: authorization) }
    }

    /// Takes no new calls; closes when the last one is done.
    func retire() {
        isRetired = true
        closeIfUnused()
    }

    func closeIfUnused() {
        if isRetired, inFlight == 0 { close() }
    }

    func close() {
        guard state != .closed else { return }
        if state == .open { link.closeAfterFlush() } else { isRetired = true }
    }

    private func opened(_ channel: any Channel) {
        guard state == .connecting else { return }
        guard channel.isActive else {
            dialFailed(ChannelError.ioOnClosedChannel)
            return
        }
        state = .open
        link.attach(channel)
        pool?.connected(self)
        closeIfUnused()
    }

    private func dialFailed(_ error: any Error) {
        guard state != .closed else { return }
        state = .closed
        pool?.dialFailed(self, error)
    }

    // MARK: Channel events

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard state != .closed else { return }
        link.readBegan()
        reader.append(unwrapInboundIn(data))
        do throws(FrameError) {
            while let frame = try reader.next() { received(frame.body) }
        } catch {
            link.abort()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        link.readEnded()
        context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
        link.detach()
        if state == .open {
            state = .closed
            pool?.disconnected(self, refusal ?? .connectionLost(server.description))
        }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func received(_ body: [UInt8]) {
        if takeShortWay(body) { return }
        guard let document = try? JSONDocument(body) else {
            link.abort()
            return
        }
        if document.root.kind == .array {
            for message in document.root.elements { handle(message) }
        } else {
            handle(document.root)
        }
    }

    /// Reads an answer that stands as this project's own server writes it.
    ///
    /// - Returns: False, with nothing done, when the message has to be read as JSON of any shape.
    private func takeShortWay(_ body: [UInt8]) -> Bool {
        guard let pool else { return false }
        let id: Int? = body.withUnsafeBufferPointer { body in
            guard let base = body.baseAddress else { return nil }
            var reader = PlainReader(base, from: 0, to: body.count)
            let id = Messages.readResult(&reader)
            guard !reader.hasFailed, let result = pool.plainResult(for: id, on: self), result.read(&reader) else {
                return nil
            }
            return id
        }
        guard let id else { return false }
        pool.received(.success(Empty.cursor), for: id, on: self)
        return true
    }

    private func handle(_ message: JSONCursor) {
        if let method = message.member("method") {
            guard let parameters = message.member("params"), let id = parameters.member("id")?.integer else { return }
            if method.equals("$/item") {
                guard let value = parameters.member("value") else { return }
                pool?.received(item: value, for: id, on: self)
            } else if method.equals("$/credit") {
                let items = parameters.member("items")?.integer ?? 0
                let bytes = parameters.member("bytes")?.integer ?? 0
                pool?.received(credit: Credit(items: items, bytes: bytes), for: id, on: self)
            }
            return
        }
        let error = message.member("error")
        guard let id = message.member("id")?.integer else {
            // An error without an id is about the connection; it explains the close that follows.
            if let error { refusal = try? ServiceError(from: error) }
            return
        }
        if let error {
            let read = (try? ServiceError(from: error)) ?? .unreadable(server.description)
            pool?.received(.failure(read), for: id, on: self)
        } else if let result = message.member("result") {
            pool?.received(.success(result), for: id, on: self)
        } else {
            pool?.received(.failure(.unreadable(server.description)), for: id, on: self)
        }
    }
}

extension ServiceError {
    fileprivate static func unreadable(_ server: String) -> ServiceError {
        let message = "\(server) sent an answer without result and error"
        return ServiceError(.internalError, reason: "invalid_answer", message: message, origin: .peer)
    }
}
