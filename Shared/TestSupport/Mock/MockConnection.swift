import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// One connection to the mock provider: collects requests and plays the replies.
final class MockConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let provider: MockProvider
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var exchange: MockExchange?
    private var player: Task<Void, Never>?

    init(_ provider: MockProvider) {
        self.provider = provider
    }

    func channelActive(context: ChannelHandlerContext) {
        provider.opened()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let bytes): body += Array(buffer: bytes)
        case .end:
            guard let head else { return }
            self.head = nil
            answer(head, context.channel)
        }
    }

    private func answer(_ head: HTTPRequestHead, _ channel: any Channel) {
        let (exchange, reply) = provider.received(
            method: head.method.rawValue,
            target: head.uri,
            headers: head.headers.map { HeaderField($0.name, $0.value) },
            body: body
        )
        self.exchange = exchange
        let isKeepAlive = head.isKeepAlive
        let before = player
        player = Task {
            await before?.value
            await MockPlayer(channel: channel, exchange: exchange, version: head.version).play(reply, isKeepAlive)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        provider.closed()
        exchange?.lost()
        player?.cancel()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

/// Plays the steps of one reply.
private struct MockPlayer {
    let channel: any Channel
    let exchange: MockExchange
    let version: HTTPVersion

    func play(_ reply: MockReply, _ isKeepAlive: Bool) async {
        for step in reply.steps {
            guard !Task.isCancelled, await take(step) else { break }
        }
        exchange.ended()
        if !isKeepAlive { channel.close(promise: nil) }
    }

    /// Returns whether there may be a next step.
    private func take(_ step: MockReply.Step) async -> Bool {
        switch step {
        case .head(let status, let headers):
            exchange.began(status)
            let head = HTTPResponseHead(
                version: version,
                status: HTTPResponseStatus(statusCode: status),
                headers: HTTPHeaders(headers.map { ($0.name, $0.value) })
            )
            return await write(.head(head))
        case .body(let bytes):
            exchange.sent(bytes)
            return await write(.body(.byteBuffer(ByteBuffer(bytes: bytes))))
        case .raw(let bytes):
            exchange.sent(bytes)
            return await writeRaw(bytes)
        case .pause(let duration): return (try? await Task.sleep(for: duration)) != nil
        case .hold(let gate):
            await gate.wait()
            return !Task.isCancelled
        case .end:
            // Noted first: the caller may act on the last byte before this task runs again.
            exchange.ended()
            return await write(.end(nil))
        case .close:
            exchange.ended()
            try? await channel.close()
            return false
        case .reset:
            exchange.ended()
            await reset()
            return false
        }
    }

    private func write(_ part: HTTPServerResponsePart) async -> Bool {
        (try? await channel.writeAndFlush(part)) != nil
    }

    private func writeRaw(_ bytes: [UInt8]) async -> Bool {
        let channel = channel
        let written = channel.eventLoop.flatSubmit {
            let promise = channel.eventLoop.makePromise(of: Void.self)
            do {
                let encoder = try channel.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
                encoder.writeAndFlush(NIOAny(ByteBuffer(bytes: bytes)), promise: promise)
            } catch {
                promise.fail(error)
            }
            return promise.futureResult
        }
        return (try? await written.get()) != nil
    }

    /// A close with no time to linger is a reset.
    private func reset() async {
        if let provider = channel as? any SocketOptionProvider {
            try? await provider.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try? await channel.close()
    }
}
