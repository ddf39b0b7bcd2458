import NIOCore
import NIOHTTP1
import NIOPosix
package import NIOSSL
import Synchronization

/// A provider for tests: a real HTTP/1.1 server that speaks both wires and does what it is told.
///
/// It stands on NIO's own HTTP codec, so that a mistake in ours cannot hide itself. Each request is kept, byte for byte,
/// and so is what was answered.
package final class MockProvider: Sendable {
    private struct Rule {
        let matches: @Sendable (MockRequest) -> Bool
        /// `nil`: as often as it matches.
        var left: Int?
        let make: @Sendable (MockRequest) -> MockReply
    }

    private struct State {
        var exchanges: [MockExchange] = []
        var rules: [Rule] = []
        var count = 0
        var connections = 0
        var openConnections = 0
        var keepsExchanges = true
    }

    private let state = Mutex(State())
    private let listener = Mutex<(any Channel)?>(nil)
    package let port: Int

    private init(port: Int) {
        self.port = port
    }

    /// Starts a provider on a free loopback port, behind TLS where it is given a certificate; it answers everything well until
    /// it is told otherwise.
    package static func start(tls: NIOSSLContext? = nil) async throws -> MockProvider {
        let port = try FreePort.take()
        let provider = MockProvider(port: port)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    // Without pipelining assistance reading goes on during an answer, so that a close is seen at once.
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                        withPipeliningAssistance: false,
                        withErrorHandling: true
                    )
                    try channel.pipeline.syncOperations.addHandler(MockConnection(provider))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        provider.listener.withLock { $0 = channel }
        return provider
    }

    package func stop() async {
        let channel = listener.withLock { listener in
            defer { listener = nil }
            return listener
        }
        try? await channel?.close()
    }

    deinit {
        listener.withLock { $0 }?.close(promise: nil)
    }

    /// What configurations name as `base_url`.
    package var baseURL: String { "http://127.0.0.1:\(port)/v1" }

    // MARK: Script

    /// Answers matching requests with these replies, in order, one each; then the rules are over.
    package func enqueue(_ replies: [MockReply], _ match: MockMatch = .chats) {
        for reply in replies { answer(match, times: 1) { _ in reply } }
    }

    /// Answers matching requests this way, as often as `times` says; the rule made first goes first.
    package func answer(
        _ match: MockMatch = .chats,
        times: Int? = nil,
        _ make: @escaping @Sendable (MockRequest) -> MockReply
    ) {
        state.withLock { $0.rules.append(Rule(matches: match.matches, left: times, make: make)) }
    }

    /// Forgets all rules and requests.
    package func forget() {
        state.withLock { state in
            state.rules = []
            state.exchanges = []
        }
    }

    /// Stops keeping requests, for long loads whose memory counts.
    package func keepNothing() {
        state.withLock { $0.keepsExchanges = false }
    }

    // MARK: Records

    /// All requests, in the order they came.
    package var exchanges: [MockExchange] { state.withLock { $0.exchanges } }

    /// The chat requests for a model.
    package func chats(model: String) -> [MockExchange] {
        exchanges.filter { $0.request.dialect != nil && $0.request.model == model }
    }

    /// The chat requests.
    package var chats: [MockExchange] { exchanges.filter { $0.request.dialect != nil } }
    /// How many requests came, kept or not.
    package var count: Int { state.withLock { $0.count } }
    /// How many connections were made so far, and how many are open.
    package var connections: Int { state.withLock { $0.connections } }
    package var openConnections: Int { state.withLock { $0.openConnections } }

    func opened() {
        state.withLock {
            $0.connections += 1
            $0.openConnections += 1
        }
    }

    func closed() {
        state.withLock { $0.openConnections -= 1 }
    }

    func received(
        method: String,
        target: String,
        headers: [HeaderField],
        body: [UInt8]
    ) -> (MockExchange, MockReply) {
        let number = state.withLock { state in
            defer { state.count += 1 }
            return state.count
        }
        let request = MockRequest(number: number, method: method, target: target, headers: headers, body: body)
        let exchange = MockExchange(request)
        let make = state.withLock { state -> (@Sendable (MockRequest) -> MockReply)? in
            if state.keepsExchanges { state.exchanges.append(exchange) }
            guard let index = state.rules.firstIndex(where: { $0.matches(request) }) else { return nil }
            let make = state.rules[index].make
            if let left = state.rules[index].left {
                if left <= 1 { state.rules.remove(at: index) } else { state.rules[index].left = left - 1 }
            }
            return make
        }
        return (exchange, make.map { $0(request) } ?? Self.ordinary(request))
    }

    private static func ordinary(_ request: MockRequest) -> MockReply {
        if request.dialect != nil { return .answer(to: request) }
        let path = request.target.prefix { $0 != "?" }
        let isAnthropic = request.headers.first("x-api-key") != nil
        if request.method == "GET", path.hasSuffix("/models") {
            return .json(isAnthropic ? MockWire.anthropicModels : MockWire.openAIModels)
        }
        return .fault(.notFound, isAnthropic ? .anthropic : .openAI)
    }
}
