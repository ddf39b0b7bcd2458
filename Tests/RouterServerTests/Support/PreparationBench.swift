import Contracts
import Dialects
import JSON
import Logging
import NIOPosix
import Observability
import PeerRPC
import RouterCore
import Secrets
import Synchronization
import TestSupport

@testable import RouterServer

/// A ``Preparer`` with a scripted guard and a scripted saver on real sockets.
final class PreparationBench: Sendable {
    let folder: TemporaryFolder
    let guardService: ScriptedGuard
    let saver: ScriptedSaver
    private let hashKey = Subkey.random()
    private let clients: [RPCClient]
    private let current: Mutex<(preparer: Preparer, task: Task<Void, Never>)?> = Mutex(nil)
    private let stored = Mutex<[String: String]>([:])
    /// How long a request waits for the saver; a debug build on a busy machine needs more than a release.
    private let patience: Duration
    private let limits: (memory: Int, conversations: Int, frame: Int)

    /// Runs a test with a fresh bench.
    static func run(
        _ policies: PolicyList = .everything,
        methods: ScriptedGuard.Methods = ScriptedGuard.Methods(),
        settings: SaverSettings = .off("off"),
        memory: Int = SegmentMemory.standardLimit,
        conversations: Int = ConversationTable.standardLimit,
        frame: Int = 64 << 20,
        patience: Duration = .seconds(20),
        starts: Bool = true,
        _ body: (PreparationBench) async throws -> Void
    ) async throws {
        let bench = try PreparationBench(policies, methods, settings, (memory, conversations, frame), patience)
        do {
            if starts {
                try await bench.guardService.start()
                try await bench.saver.start()
            }
            bench.boot()
            if starts { try await Poll.until("policies and settings") { bench.preparer.isReady } }
            try await body(bench)
        } catch {
            await bench.end()
            throw error
        }
        await bench.end()
    }

    private init(
        _ policies: PolicyList,
        _ methods: ScriptedGuard.Methods,
        _ settings: SaverSettings,
        _ limits: (memory: Int, conversations: Int, frame: Int),
        _ patience: Duration
    ) throws {
        self.patience = patience
        folder = try TemporaryFolder()
        self.limits = limits
        let sockets = (guard: folder.file("g.sock"), saver: folder.file("s.sock"))
        guardService = ScriptedGuard(socket: sockets.guard, methods: methods, list: policies)
        saver = ScriptedSaver(socket: sockets.saver, settings: settings)
        clients = try [sockets.guard, sockets.saver].map { socket in
            RPCClient(
                endpoint: try RPCEndpoint.parse("unix://\(socket)"),
                group: MultiThreadedEventLoopGroup.singleton,
                logger: Self.logger
            )
        }
    }

    private static var logger: Logger { Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() } }

    var preparer: Preparer { current.withLock { $0?.preparer } ?? makePreparer() }

    private func makePreparer() -> Preparer {
        let metrics = PreparationMetrics(registry: MetricsRegistry())
        return Preparer(
            guardLink: GuardLink(client: clients[0], hashKey: hashKey, metrics: metrics, logger: Self.logger),
            saverLink: SaverLink(
                client: clients[1],
                hashKey: hashKey,
                callDeadline: patience,
                metrics: metrics,
                logger: Self.logger
            ),
            memory: SegmentMemory(limit: limits.memory),
            conversations: ConversationTable(limit: limits.conversations),
            epochs: EpochBook(stored: stored.withLock { $0 }) { [self] key, epoch in
                stored.withLock { $0[key] = epoch }
            },
            hashKey: hashKey,
            maximumFrame: limits.frame,
            metrics: metrics
        )
    }

    private func boot() {
        let preparer = makePreparer()
        let task = Task { await preparer.run() }
        current.withLock { $0 = (preparer, task) }
    }

    /// The router starts anew: what it kept in memory is gone.
    func restart() async throws {
        let old = current.withLock { $0 }
        old?.task.cancel()
        await old?.task.value
        boot()
        try await Poll.until("policies and settings") { preparer.isReady }
    }

    /// Waits until the router has heard of the settings.
    func put(_ settings: SaverSettings) async throws {
        saver.put(settings)
        let preparer = preparer
        try await Poll.until("the settings") {
            preparer.saverLink.rules(RequestScope(tenant: "default"))?.epoch == settings.epoch
        }
    }

    private func end() async {
        let old = current.withLock { $0 }
        old?.task.cancel()
        await guardService.stop()
        await saver.stop()
        for client in clients { await client.shutdown() }
        await old?.task.value
    }

    // MARK: Requests

    static let scope = RequestScope(tenant: "default", key: "ci", chain: nil, provider: "acme", model: "large")

    func request(
        _ json: String,
        _ dialect: Dialect,
        conversation: UInt64 = 1,
        key: String = "key_1",
        id: String = "r1"
    ) throws -> PreparationRequest {
        let document = try JSONDocument(Array(json.utf8))
        return PreparationRequest(
            requestID: id,
            trace: TraceContext.make(),
            facts: try Dialects.RequestFacts.read(
                document,
                dialect: dialect,
                path: dialect == .gemini ? ModelPath(model: "m", action: .generate) : nil
            ),
            conversation: ConversationID(high: conversation, low: 0),
            tenant: "default",
            keyID: key,
            keyName: "ci"
        )
    }

    /// What goes to the provider.
    func send(
        _ json: String,
        _ dialect: Dialect = .openAIChat,
        conversation: UInt64 = 1,
        scope: RequestScope = PreparationBench.scope
    ) async throws -> String {
        let document = try JSONDocument(Array(json.utf8))
        let request = try request(json, dialect, conversation: conversation)
        let edits = try await preparer.prepare(request, for: scope)
        return String(decoding: try document.applying(edits.edits), as: UTF8.self)
    }
}
