import Bootstrap
import Contracts
import JSON
import Logging
import NIOCore
import NIOPosix
import RouterServer
import Secrets
import TestSupport

/// A router in this process, with a scripted meter and a mock provider on real sockets.
final class RunningRouter: Sendable {
    /// The credentials of the two accounts of both providers, the first tried first.
    static let firstSecret = "sk-first-0123456789abcdef"
    static let secondSecret = "sk-second-0123456789abcdef"

    /// An access key, as its account has it.
    static let amazonSecret = "us-east-1:AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY:tok/en=="

    let folder: TemporaryFolder
    let meter: ScriptedMeter
    /// A guard and a saver without policies and settings, unless the test gives others.
    let `guard`: ScriptedGuard
    let saver: ScriptedSaver
    let provider: MockProvider
    let port: Int
    let key = APIKey.generate().secret
    private let stop: Gate
    private let task: Task<Void, any Error>

    private init(
        folder: TemporaryFolder,
        meter: ScriptedMeter,
        peers: (guard: ScriptedGuard, saver: ScriptedSaver),
        provider: MockProvider,
        port: Int,
        task: Task<Void, any Error>,
        stop: Gate
    ) {
        self.folder = folder
        self.meter = meter
        `guard` = peers.guard
        saver = peers.saver
        self.provider = provider
        self.port = port
        self.task = task
        self.stop = stop
    }

    /// Runs a router while `body` runs.
    ///
    /// - Parameters:
    ///   - settings: YAML lines below the ones the tests need.
    ///   - startsMeter: Whether the meter is there from the start.
    ///   - policies: What the guard says that it has.
    ///   - savers: What the saver says that is on.
    ///   - portal: Where the portal answers; `nil` for nowhere.
    ///   - declare: Lists to declare in place of the usual ones, each indented by two spaces.
    ///   - keepAlive: How long a stream may be silent; `nil`: as long as in a running gateway.
    ///   - body: The test.
    /// - Throws: What the test throws, or why nothing could be started.
    static func run(
        _ settings: String = "",
        startsMeter: Bool = true,
        policies: PolicyList = PolicyList(version: "none"),
        savers: SaverSettings = SaverSettings(epoch: "none"),
        portal: String? = nil,
        declare: ((MockProvider) -> String)? = nil,
        keepAlive: Duration? = nil,
        _ body: (RunningRouter) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let provider = try await MockProvider.start()
        let socket = folder.file("m.sock")
        let meter = ScriptedMeter(socket: socket)
        if startsMeter { try await meter.start() }
        let peers = (
            guard: ScriptedGuard(socket: folder.file("g.sock"), list: policies),
            saver: ScriptedSaver(socket: folder.file("s.sock"), settings: savers)
        )
        try await peers.guard.start()
        try await peers.saver.start()
        let yaml = yaml(
            folder,
            portal ?? folder.file("p.sock"),
            declare: declare?(provider) ?? usual(provider.baseURL),
            settings
        )
        let router = try await start(folder, meter, peers, provider, yaml, keepAlive)
        do {
            try await body(router)
        } catch {
            await router.end()
            throw error
        }
        await router.end()
    }

    private static func start(
        _ folder: TemporaryFolder,
        _ meter: ScriptedMeter,
        _ peers: (guard: ScriptedGuard, saver: ScriptedSaver),
        _ provider: MockProvider,
        _ yaml: String,
        _ keepAlive: Duration?
    ) async throws -> RunningRouter {
        let file = try folder.write(yaml, to: "config.yaml")
        let configuration = try KeiRouterConfiguration.load(
            ConfigurationSources(file: file, data: folder.file("data"), declares: RouterProgram.declares)
        )
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let service = try RouterService(
            configuration,
            listen: "127.0.0.1:0",
            keepAlive: keepAlive,
            group: group,
            logger: Logger(label: "router.test") { _ in SwiftLogNoOpLogHandler() }
        )
        let stop = Gate()
        let task = Task {
            try await service.run { await stop.wait() }
            try await group.shutdownGracefully()
        }
        let address = try await service.waitUntilServing()
        let port = address.split(separator: ":").last.flatMap { Int($0) } ?? 0
        return RunningRouter(
            folder: folder,
            meter: meter,
            peers: peers,
            provider: provider,
            port: port,
            task: task,
            stop: stop
        )
    }

    private static func yaml(
        _ folder: TemporaryFolder,
        _ portal: String,
        declare: String,
        _ settings: String
    ) -> String {
        """
        services:
          meter: { endpoint: "unix://\(folder.file("m.sock"))" }
          guard: { endpoint: "unix://\(folder.file("g.sock"))" }
          saver: { endpoint: "unix://\(folder.file("s.sock"))" }
          portal: { endpoint: "unix://\(portal)" }
        declare:
        \(declare)
        \(settings)
        """
    }

    private static func usual(_ baseURL: String) -> String {
        """
          providers:
            - { id: mock, dialect: openai, base_url: "\(baseURL)" }
            - { id: claudish, dialect: anthropic, base_url: "\(baseURL)" }
            - { id: gem, dialect: gemini, base_url: "\(baseURL)" }
            - { id: rock, dialect: bedrock, base_url: "\(baseURL)" }
            - { id: coh, dialect: cohere, base_url: "\(baseURL)" }
            - { id: oll, dialect: ollama, base_url: "\(baseURL)" }
          accounts:
            - { provider: mock, label: one, api_key: \(firstSecret), priority: 10 }
            - { provider: mock, label: two, api_key: \(secondSecret), priority: 20 }
            - { provider: claudish, label: one, api_key: \(firstSecret), priority: 10 }
            - { provider: claudish, label: two, api_key: \(secondSecret), priority: 20 }
            - { provider: gem, label: one, api_key: \(firstSecret), priority: 10 }
            - { provider: rock, label: one, api_key: "\(amazonSecret)", priority: 10 }
            - { provider: coh, label: one, api_key: \(firstSecret), priority: 10 }
          aliases: { quick: mock/small }
          chains:
            - { name: pair, steps: [mock/small, mock/large] }
            - { name: mixed, steps: [claudish/large, mock/small] }
        """
    }

    private func end() async {
        stop.open()
        _ = try? await task.value
        await provider.stop()
        await meter.stop()
        await `guard`.stop()
        await saver.stop()
    }

    // MARK: Requests

    func chat(
        _ dialect: MockDialect,
        _ body: String,
        headers: [HeaderField] = [],
        key: String? = nil,
        query: String = ""
    ) -> RawRequest {
        let path = dialect == .openAI ? "/v1/chat/completions" : "/v1/messages"
        let credential =
            dialect == .openAI
            ? HeaderField("authorization", "Bearer \(key ?? self.key)") : HeaderField("x-api-key", key ?? self.key)
        return RawRequest(
            "POST",
            path + query,
            headers: [HeaderField("host", "localhost"), HeaderField("content-type", "application/json"), credential]
                + headers,
            body: Array(body.utf8)
        )
    }

    func send(_ request: RawRequest) async throws -> RawResponse {
        try await RawHTTP.send(request, port: port)
    }

    func get(_ path: String, headers: [HeaderField] = []) async throws -> RawResponse {
        try await send(RawRequest("GET", path, headers: [HeaderField("host", "localhost")] + headers))
    }

    /// The record that a response's request was settled with.
    func record(_ response: RawResponse) async throws -> UsageRecordView {
        let id = response.header("x-request-id") ?? response.header("request-id") ?? ""
        let record = try await Poll.value("the record of \(id)") { self.meter.record(of: id) }
        return UsageRecordView(record)
    }
}

/// A small request of each dialect, its model last so that something stands on both sides of it.
enum Sample {
    static func body(_ dialect: MockDialect, model: String, stream: Bool, extra: String = "") -> String {
        let limit = dialect == .anthropic ? #""max_tokens": 64, "# : ""
        return
            #"{ "messages" : [ {"role":"user","content":"h\u00e9llo \ud83d\ude00"} ], \#(limit)"stream": \#(stream),"#
            + #" "odd": 1.50e+1\#(extra) , "model":"\#(model)" }"#
    }
}
