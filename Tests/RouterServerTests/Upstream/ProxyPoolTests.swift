import Bootstrap
import Contracts
import NIOPosix
import PeerRPC
import RouterServer
import TestSupport
import Testing

/// Requests that go through pools of proxies, over real sockets.
@Suite("Pools of proxies", .timeLimit(.minutes(2)))
struct ProxyPoolTests {
    /// Only the proxies know where this is.
    private static let hidden = "upstream.test"

    /// Runs a router with a provider behind a pool, and another one that requests go to directly.
    ///
    /// - Parameters:
    ///   - proxies: The pool.
    ///   - strict: Whether nothing goes around it.
    ///   - host: Where the provider is; `nil`: where it could be reached directly.
    ///   - body: The test.
    /// - Throws: What the test throws.
    private static func run(
        _ proxies: [TunnelProxy],
        strict: Bool = true,
        host: String? = nil,
        _ body: (RunningRouter) async throws -> Void
    ) async throws {
        let declare: (MockProvider) -> String = { provider in
            for proxy in proxies { proxy.lead(to: provider.port) }
            let urls = proxies.map { "\"\($0.url)\"" }.joined(separator: ", ")
            return """
                  proxies: [ { name: office, urls: [\(urls)], strict: \(strict) } ]
                  providers:
                    - { id: p, dialect: openai, base_url: "http://\(host ?? "127.0.0.1:\(provider.port)")/v1", proxy: office }
                    - { id: q, dialect: openai, base_url: "\(provider.baseURL)" }
                  accounts:
                    - { provider: p, api_key: sk-p-0123456789 }
                    - { provider: q, api_key: sk-q-0123456789 }
                  chains: [ { name: pq, steps: [p/first, q/second] } ]
                """
        }
        try await RunningRouter.run("timeouts: { connect: 3s }", declare: declare) { try await body($0) }
        for proxy in proxies { await proxy.stop() }
    }

    private static func chat(_ router: RunningRouter, _ model: String = "p/first") async throws -> RawResponse {
        try await router.send(router.chat(.openAI, Sample.body(.openAI, model: model, stream: false)))
    }

    private static func stopped() async throws -> TunnelProxy {
        let proxy = try await TunnelProxy.start()
        await proxy.stop()
        return proxy
    }

    @Test("proxies take turns, and tunnels are kept")
    func turns() async throws {
        let proxies = [try await TunnelProxy.start(), try await TunnelProxy.start(), try await TunnelProxy.start()]
        try await Self.run(proxies, host: Self.hidden) { router async throws in
            for _ in 0..<9 { #expect(try await Self.chat(router).status == 200) }
            #expect(proxies.map(\.asked) == Array(repeating: ["upstream.test:80"], count: 3))
            #expect(router.provider.chats.count == 9)
        }
    }

    @Test("one that is down gives way to the next within the attempt, and rests", arguments: [false, true])
    func nextProxy(refuses: Bool) async throws {
        let good = try await TunnelProxy.start()
        let bad = try await refuses ? TunnelProxy.start(.refuses) : Self.stopped()
        try await Self.run([bad, good], host: Self.hidden) { router async throws in
            for _ in 0..<6 {
                let response = try await Self.chat(router)
                #expect(response.status == 200, "\(response.text)")
                #expect(try await router.record(response).attempts == ["p/first 200 ok"])
            }
            // One look at it was enough.
            #expect(bad.asked.count == (refuses ? 1 : 0) && good.asked.count == 1)
        }
    }

    @Test("one that says nothing has its share of the time to connect, and the next one the rest of it")
    func quiet() async throws {
        let (quiet, good) = (try await TunnelProxy.start(.silent), try await TunnelProxy.start())
        try await Self.run([quiet, good], host: Self.hidden) { router async throws in
            let start = ContinuousClock.now
            let response = try await Self.chat(router)
            let time = ContinuousClock.now - start
            #expect(response.status == 200, "\(response.text)")
            #expect(quiet.asked.count == 1 && time >= .milliseconds(1400) && time < .seconds(3), "\(time)")
            #expect(try await router.record(response).attempts == ["p/first 200 ok"])
        }
    }

    @Test("where all are down nothing goes around a strict pool: the error names it, and a chain goes on")
    func strict() async throws {
        let (closed, refusing) = (try await Self.stopped(), try await TunnelProxy.start(.refuses))
        try await Self.run([closed, refusing]) { router async throws in
            let response = try await Self.chat(router)
            #expect(response.status == 502)
            #expect(response.text.contains(#"every proxy of \"office\" is down"#), "\(response.text)")
            #expect(try await router.record(response).attempts == ["p/first 0 proxies_down"])
            #expect(router.provider.exchanges.isEmpty)
            let second = try await Self.chat(router, "pq")
            #expect(second.status == 200 && second.header("x-keirouter-model") == "second")
            #expect(router.provider.chats.allSatisfy { $0.request.credential == "sk-q-0123456789" })
            // Nobody is sent away on a guess: as soon as one leads somewhere again, requests go through it.
            refusing.behave(.tunnels)
            #expect(try await Self.chat(router).status == 200)
            #expect(refusing.asked.count == 2)
        }
    }

    @Test("where all are down requests go direct past a pool that is not strict, and back when one is up")
    func direct() async throws {
        let (closed, refusing) = (try await Self.stopped(), try await TunnelProxy.start(.refuses))
        try await Self.run([closed, refusing], strict: false) { router async throws in
            for _ in 0..<3 {
                let response = try await Self.chat(router)
                #expect(response.status == 200, "\(response.text)")
                #expect(try await router.record(response).attempts == ["p/first 200 ok"])
            }
            #expect(router.provider.chats.count == 3 && refusing.asked.count == 1)
        }
    }

    @Test("an operator sees which addresses are down, without their credentials, and a test says why")
    func shown() async throws {
        let (closed, good) = (try await Self.stopped(), try await TunnelProxy.start())
        try await Self.run([closed, good], host: Self.hidden) { router async throws in
            for _ in 0..<2 { #expect(try await Self.chat(router).status == 200) }
            let socket = try DataFolder(router.folder.file("data")).prepareSocket(service: "router")
            let group = MultiThreadedEventLoopGroup.singleton
            let client = RPCClient(endpoint: try RPCEndpoint.parse("unix://\(socket)"), group: group, logger: silent)
            let admin = AdminMethods.routerV1
            let soon = ContinuousClock.now + .seconds(20)
            let proxies = try await client.call(admin.proxies.list, ListRequest(), deadline: soon).items
            #expect(proxies.map(\.down) == [[closed.url]])
            #expect(proxies.map(\.display) == ["\(closed.url), \(good.url)"])
            #expect(proxies.allSatisfy { $0.declared && $0.strict && $0.urls.isEmpty && $0.url == nil })
            await good.stop()
            let accounts = try await client.call(admin.accounts.list, ListRequest(), deadline: soon).items
            let account = try #require(accounts.first { $0.provider == "p" })
            // What was kept of the tunnels is gone with the proxy.
            try await Poll.until("the test says so") {
                let test = try await client.call(admin.testAccount, GetRequest(id: account.id), deadline: soon)
                return !test.ok && test.message == #"every proxy of "office" is down, and nothing goes around them"#
            }
            await client.shutdown()
        }
    }
}
