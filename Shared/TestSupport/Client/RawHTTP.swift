package import JSON
import NIOCore
import NIOPosix
import Synchronization

/// A request, written as it stands.
package struct RawRequest: Sendable {
    package var method: String
    package var target: String
    package var headers: [HeaderField]
    package var body: [UInt8]

    package init(_ method: String, _ target: String, headers: [HeaderField] = [], body: [UInt8] = []) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }

    /// The bytes on the wire; a length is added when the headers have none.
    package var bytes: [UInt8] {
        var text = "\(method) \(target) HTTP/1.1\r\n"
        if headers.first("host") == nil { text += "Host: localhost\r\n" }
        for header in headers { text += "\(header.name): \(header.value)\r\n" }
        let isFramed = headers.first("content-length") != nil || headers.first("transfer-encoding") != nil
        if !isFramed, !body.isEmpty || method != "GET" { text += "Content-Length: \(body.count)\r\n" }
        return Array((text + "\r\n").utf8) + body
    }
}

/// A response as it came, its transfer coding taken off and nothing else.
package struct RawResponse: Sendable {
    package internal(set) var status = 0
    package internal(set) var headers: [HeaderField] = []
    package internal(set) var body: [UInt8] = []
    /// Whether it came to its proper end.
    package internal(set) var isComplete = false
    /// Whether the server closed the connection.
    package internal(set) var isClosed = false
    /// Bytes behind the end, of which there should be none.
    package internal(set) var extra: [UInt8] = []
    package internal(set) var headAt: ContinuousClock.Instant?
    /// When the first byte of the body came.
    package internal(set) var bodyAt: ContinuousClock.Instant?
    package internal(set) var endedAt: ContinuousClock.Instant?

    package func header(_ name: String) -> String? { headers.first(name) }
    package var text: String { String(decoding: body, as: UTF8.self) }
    /// The body as JSON, or `nil`.
    package var json: JSONCursor? { (try? JSONDocument(body))?.root }
}

/// What a response was not.
package struct RawHTTPError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// One request on a connection of its own, read as far as a test wants.
package final class RawExchange: Sendable {
    private struct State {
        var parser = ResponseParser()
        var failure: RawHTTPError?
        var isClosed = false
        var waiters: [CheckedContinuation<Void, Never>] = []
        /// Everything that came, for answers that are no HTTP; bounded.
        var raw: [UInt8] = []
    }

    private static let rawLimit = 64 << 10

    private let state = Mutex(State())
    private let channel = Mutex<(any Channel)?>(nil)

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let exchange: RawExchange

        init(_ exchange: RawExchange) {
            self.exchange = exchange
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data)
            exchange.change { state in
                state.raw += bytes.readableBytesView.prefix(RawExchange.rawLimit - state.raw.count)
                do throws(RawHTTPError) {
                    try state.parser.append(bytes.readableBytesView, at: .now)
                } catch {
                    state.failure = error
                }
            }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case ChannelEvent.inputClosed? = event as? ChannelEvent { context.close(promise: nil) }
            context.fireUserInboundEventTriggered(event)
        }

        func channelInactive(context: ChannelHandlerContext) {
            exchange.change { state in
                state.isClosed = true
                state.parser.close(at: .now)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }

    /// Connects to a loopback port.
    package static func connect(port: Int) async throws -> RawExchange {
        try await open { try await $0.connect(host: "127.0.0.1", port: port).get() }
    }

    /// Connects to a Unix socket.
    package static func connect(path: String) async throws -> RawExchange {
        try await open { try await $0.connect(unixDomainSocketPath: path).get() }
    }

    private static func open(_ connect: (ClientBootstrap) async throws -> any Channel) async throws -> RawExchange {
        let exchange = RawExchange()
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(10))
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(exchange))
                }
            }
        let channel = try await connect(bootstrap)
        exchange.channel.withLock { $0 = channel }
        return exchange
    }

    deinit {
        channel.withLock { $0 }?.close(promise: nil)
    }

    package func send(_ bytes: [UInt8]) {
        channel.withLock { $0 }?.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    package func send(_ request: RawRequest) {
        send(request.bytes)
    }

    /// Says that no more is sent; what comes is still read.
    package func finishSending() {
        channel.withLock { $0 }?.close(mode: .output, promise: nil)
    }

    /// Reads nothing more until it is told to: what comes stays in the sockets, and then with the sender.
    package func read(_ isOn: Bool) async throws {
        let channel = channel.withLock { $0 }
        try await channel?.setOption(.autoRead, value: isOn).get()
    }

    /// Closes the connection, as a client that goes away.
    package func close() async {
        let channel = channel.withLock { $0 }
        try? await channel?.close()
    }

    /// What came so far.
    package var response: RawResponse { state.withLock { $0.parser.response } }
    /// The first 64 KiB of what came, as they came.
    package var raw: [UInt8] { state.withLock { $0.raw } }
    /// Whether the server closed the connection.
    package var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Waits until the response's head is there.
    @discardableResult
    package func head(deadline: Duration = Poll.patience) async throws -> RawResponse {
        try await wait("a head", deadline) { $0.parser.response.headAt != nil }
    }

    /// Waits until the body holds a text.
    @discardableResult
    package func body(containing text: String, deadline: Duration = Poll.patience) async throws -> RawResponse {
        try await wait("\"\(text)\" in the body", deadline) { ByteSearch.contains($0.parser.response.body, text) }
    }

    /// Waits for the end of the response, or of the connection.
    package func end(deadline: Duration = Poll.patience) async throws -> RawResponse {
        try await wait("the end of the response", deadline) { $0.parser.isDone || $0.isClosed }
    }

    private func wait(
        _ what: String,
        _ deadline: Duration,
        _ condition: @Sendable (borrowing State) -> Bool
    ) async throws -> RawResponse {
        guard let loop = channel.withLock({ $0 })?.eventLoop else { throw RawHTTPError("not connected") }
        let end = ContinuousClock.now + deadline
        let nanoseconds = deadline.components.seconds * 1_000_000_000 + deadline.components.attoseconds / 1_000_000_000
        let alarm = loop.scheduleTask(in: .nanoseconds(nanoseconds)) { self.change { _ in } }
        defer { alarm.cancel() }
        while true {
            // In one look: an answer that comes with the close is not missed for it.
            let (failure, isThere, isClosed, response) = state.withLock { state in
                (state.failure, condition(state), state.isClosed, state.parser.response)
            }
            if let failure { throw failure }
            if isThere { return response }
            if isClosed {
                throw RawHTTPError("closed before \(what); came: \(response.status) \(response.text.suffix(300))")
            }
            guard ContinuousClock.now < end else {
                throw RawHTTPError(
                    "not within \(deadline): \(what); came: \(response.status) \(response.text.suffix(300))"
                )
            }
            await change(before: end, condition)
        }
    }

    /// Suspends until something came that may matter.
    private func change(
        before end: ContinuousClock.Instant,
        _ condition: @Sendable (borrowing State) -> Bool
    ) async {
        await withCheckedContinuation { continuation in
            let isStale = state.withLock { state in
                let isLate = ContinuousClock.now >= end
                if condition(state) || state.isClosed || state.failure != nil || isLate { return true }
                state.waiters.append(continuation)
                return false
            }
            if isStale { continuation.resume() }
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let waiters = state.withLock { state in
            body(&state)
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}

/// Sends requests byte for byte, each on a connection of its own.
package enum RawHTTP {
    /// Sends a request and reads the response to its end.
    package static func send(
        _ request: RawRequest,
        port: Int,
        deadline: Duration = .seconds(30)
    ) async throws -> RawResponse {
        let exchange = try await open(request, port: port)
        let response = try await exchange.end(deadline: deadline)
        await exchange.close()
        return response
    }

    /// Sends a request and leaves the reading to the caller.
    package static func open(_ request: RawRequest, port: Int) async throws -> RawExchange {
        let exchange = try await RawExchange.connect(port: port)
        exchange.send(request)
        return exchange
    }
}
