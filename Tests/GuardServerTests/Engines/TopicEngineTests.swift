import Contracts
import GuardServer
import Observability
import PeerRPC
import Synchronization
import TestSupport
import Testing

/// A router's embeddings for tests: texts about wheels are near gambling, those about clinics near medicine.
private final class Embedder: Sendable {
    private struct State {
        var asked: [[String]] = []
        var topicTime: Duration?
        var fails = false
    }

    let folder: TemporaryFolder
    private let state = Mutex(State())
    private let server: PeerServer

    init() throws {
        folder = try TemporaryFolder()
        server = PeerServer(socket: folder.file("r.sock"))
    }

    var asked: [[String]] { state.withLock { $0.asked } }

    /// What calls take that ask for more than one text.
    func takes(_ time: Duration) { state.withLock { $0.topicTime = time } }
    func fails(_ fails: Bool) { state.withLock { $0.fails = fails } }

    var setup: GuardSetup {
        get throws {
            var setup = GuardSetup()
            setup.router = try RPCEndpoint.parse("unix://\(folder.file("r.sock"))")
            return setup
        }
    }

    private static func vector(_ text: String) -> [Double] {
        if text == "gambling" { return [2, 0, 0] }
        if text == "medical advice" { return [0, 3, 0] }
        if text.contains("wheel") { return [2, 0, 1] }
        if text.contains("clinic") { return [0, 2, 1] }
        return [0, 0, 1]
    }

    func start() async throws {
        var registry = RPCRegistry(service: ServiceDescription.router)
        registry.register(RouterMethods.embed) { [self] request, _ throws(ServiceError) in
            let (delay, fails) = state.withLock { state in
                state.asked.append(request.texts)
                return (request.texts.count > 1 ? state.topicTime : nil, state.fails)
            }
            if let delay { try? await Task.sleep(for: delay) }
            if fails { throw ServiceError(.unavailable, reason: "server_error", message: "the provider failed") }
            return EmbedReply(vectors: request.texts.map(Self.vector))
        }
        try await server.start(registry)
    }

    func stop() async {
        await server.stop()
    }
}

extension PolicyItem {
    fileprivate static func topics(
        _ engine: String?,
        embedder: String? = "acme/embed",
        threshold: Double? = nil,
        mode: String? = nil,
        topics: [String] = ["gambling", "medical-advice"],
        onFailure: String = "auto"
    ) -> PolicyItem {
        PolicyItem(
            scope: "global",
            onFailure: onFailure,
            topics: TopicsSection(
                enabled: true,
                action: .block,
                mode: mode,
                topics: topics,
                engine: engine,
                embedder: embedder,
                similarityThreshold: threshold
            )
        )
    }
}

extension GuardUnderTest {
    fileprivate func about(
        _ texts: String...,
        kind: SegmentKind = .text,
        last: Bool = true
    ) async throws -> InspectReply {
        let segments = texts.enumerated().map {
            InspectSegment(id: $0.offset, role: "user", kind: kind, lastUser: last, text: $0.element)
        }
        return try await call(
            GuardMethods.inspect,
            InspectRequest(
                requestID: "r",
                direction: .inbound,
                scope: RequestScope(tenant: "default"),
                segments: segments
            )
        )
    }
}

@Suite("Topics by what a text means")
struct TopicEngineTests {
    private static let wheel = "tonight the cryptic wheel turns"
    private static let casino = "the best online casino of all"

    private func with(
        _ setup: (inout GuardSetup) -> Void = { _ in },
        _ body: (GuardUnderTest, Embedder) async throws -> Void
    ) async throws {
        let embedder = try Embedder()
        try await embedder.start()
        var own = try embedder.setup
        setup(&own)
        do {
            try await withGuard(own) { try await body($0, embedder) }
        } catch {
            await embedder.stop()
            throw error
        }
        await embedder.stop()
    }

    @Test("with both, words are looked for first and the model is asked about what they leave, once for each text")
    func hybrid() async throws {
        try await with { guarding, embedder in
            try await guarding.put(.topics("hybrid"))
            let named = try await guarding.about(Self.casino)
            #expect(named.action == .block && named.reason == "topics gambling" && embedder.asked.isEmpty)
            for _ in 0..<2 {
                let meant = try await guarding.about(Self.wheel, Self.casino)
                #expect(meant.action == .block)
                let finding = try #require(meant.findings.first { $0.segment == 0 })
                #expect(finding.detector == "topics" && finding.entity == "gambling" && finding.range == 0..<31)
                #expect(abs(finding.score - 0.8944) < 0.001)
                #expect(meant.segments.map(\.cacheable) == [true, true])
            }
            #expect(embedder.asked == [["gambling", "medical advice", Self.wheel]])
            #expect(try await guarding.about("how do I sort a list").action == .allow)
            #expect(embedder.asked.last == ["how do I sort a list"])
        }
    }

    @Test("with the meaning alone words count for nothing, unless there is no answer")
    func embedding() async throws {
        try await with { guarding, embedder in
            try await guarding.put(.topics("embedding"))
            let reply = try await guarding.about(Self.casino)
            #expect(reply.action == .allow && reply.segments.allSatisfy(\.cacheable))
            embedder.fails(true)
            let other = try await guarding.about(Self.casino + " now")
            #expect(other.reason == "topics gambling" && other.segments.allSatisfy { !$0.cacheable })
        }
    }

    @Test("the threshold decides what is near", arguments: [(0.95, GuardAction.allow), (0.85, .block)])
    func threshold(least: Double, action: GuardAction) async throws {
        try await with { guarding, _ in
            try await guarding.put(.topics("hybrid", threshold: least))
            #expect(try await guarding.about(Self.wheel).action == action)
        }
    }

    @Test("where only some topics are allowed, what is near one of them passes")
    func allowed() async throws {
        try await with { guarding, _ in
            try await guarding.put(.topics("hybrid", mode: "allow", topics: ["medical-advice"]))
            #expect(try await guarding.about("what does the cryptic clinic say").action == .allow)
            #expect(try await guarding.about(Self.wheel).reason == "topics off-topic")
        }
    }

    @Test("only the last user turn is asked about, and no long text")
    func reach() async throws {
        try await with { guarding, embedder in
            try await guarding.put(.topics("hybrid"))
            #expect(try await guarding.about(Self.wheel, last: false).action == .allow)
            #expect(try await guarding.about(Self.wheel, kind: .toolResult).action == .allow)
            let long = try await guarding.about(String(repeating: "a cryptic wheel. ", count: 600))
            #expect(long.action == .allow && long.segments.allSatisfy(\.cacheable))
            #expect(embedder.asked.isEmpty)
        }
    }

    @Test("without a router words tell, it is counted, and nothing passes where the policy is closed")
    func away() async throws {
        let metrics = GuardSetup().metrics
        try await with {
            $0.metrics = metrics
        } _: { guarding, embedder in
            await embedder.stop()
            try await guarding.put(.topics("hybrid"))
            #expect(try await guarding.about(Self.casino).reason == "topics gambling")
            let reply = try await guarding.about(Self.wheel)
            #expect(reply.action == .allow && reply.segments.allSatisfy { !$0.cacheable } && reply.findings.isEmpty)
            let counted = "keirouter_guardrail_engine_failures_total{detector=\"embedding\"} 1"
            #expect(String(decoding: metrics.render(), as: UTF8.self).contains(counted))
            try await guarding.put(.topics("hybrid", onFailure: "closed"))
            let segment = InspectSegment(id: 0, role: "user", kind: .text, lastUser: true, text: Self.wheel)
            let request = InspectRequest(
                requestID: "r",
                direction: .inbound,
                scope: RequestScope(tenant: "default"),
                segments: [segment]
            )
            #expect(try await guarding.refusal(GuardMethods.inspect, request) == .unavailable)
        }
    }

    @Test("a slow model is not waited for, and its vectors of topics are fetched beside requests")
    func slow() async throws {
        try await with { guarding, embedder in
            embedder.takes(.milliseconds(600))
            try await guarding.put(.topics("hybrid"))
            let start = ContinuousClock.now
            let first = try await guarding.about(Self.wheel)
            #expect(first.segments.allSatisfy { !$0.cacheable } && .now - start < .seconds(2))
            let reply = try await Poll.value("a whole verdict") {
                let reply = try? await guarding.about(Self.wheel)
                return reply?.segments.allSatisfy(\.cacheable) == true ? reply : nil
            }
            #expect(reply.reason == "topics gambling")
            // The topics came by a call of their own, longer than a request waits.
            #expect(embedder.asked.contains(["gambling", "medical advice"]) && embedder.asked.last == [Self.wheel])
        }
    }

    @Test("offline nobody is asked, and words tell")
    func offline() async throws {
        try await with {
            $0.isOffline = true
        } _: { guarding, embedder in
            try await guarding.put(.topics("embedding"))
            #expect(try await guarding.about(Self.wheel).segments.map(\.cacheable) == [true])
            #expect(try await guarding.about(Self.casino).reason == "topics gambling" && embedder.asked.isEmpty)
        }
    }

    @Test("what cannot be asked is refused when it is put")
    func rules() async throws {
        try await with { guarding, _ in
            let wrong: [PolicyItem] = [
                .topics("hybrid", embedder: nil), .topics("embedding", embedder: "chain"),
                .topics("hybrid", embedder: "acme/"), .topics("hybrid", embedder: " /x"),
                .topics("hybrid", threshold: 1.5), .topics("meaning"),
            ]
            for item in wrong {
                let code = try await guarding.refusal(GuardUnderTest.admin.policies.put, PutRequest(item: item))
                #expect(code == .invalidArgument, "\(item.topics?.embedder ?? "nil") \(item.topics?.engine ?? "")")
            }
            try await guarding.put(.topics(nil, embedder: "acme/embed"))
            var key = PolicyItem.topics("hybrid", embedder: nil)
            key.scope = "key:mira"
            #expect(try await guarding.put(key).topics?.engine == "hybrid")
        }
    }
}
