import Bootstrap
import Contracts
import GuardServer
import JSON
import TestSupport
import Testing

/// A moderation endpoint for tests: it says what it is told about every text that holds a word.
private struct Moderator {
    let server: MockProvider

    static func start() async throws -> Moderator {
        Moderator(server: try await MockProvider.start())
    }

    var setup: GuardSetup {
        get throws {
            var setup = GuardSetup()
            setup.moderation = try ModerationSettings(
                url: "http://127.0.0.1:\(server.port)/v1",
                apiKey: "sk-moderation",
                model: "omni",
                timeout: .milliseconds(500)
            )
            return setup
        }
    }

    func says(_ scores: [String: Double], of word: String) {
        server.answer(.all) { request in
            var writer = JSONWriter()
            writer.object { body in
                body.string("model", "omni")
                body.array("results") { results in
                    for text in request.json?["input"]?.elements.compactMap(\.string) ?? [] {
                        results.object { result in
                            result.boolean("flagged", text.contains(word))
                            result.object("category_scores") { fields in
                                for (name, score) in scores { fields.double(name, text.contains(word) ? score : 0.001) }
                            }
                        }
                    }
                }
            }
            return .json(String(decoding: writer.bytes, as: UTF8.self))
        }
    }
}

extension PolicyItem {
    fileprivate static func moderated(onFailure: String = "auto", categories: [String] = []) -> PolicyItem {
        PolicyItem(
            scope: "global",
            onFailure: onFailure,
            toxicity: ScoredSection(
                enabled: true,
                direction: "both",
                action: .block,
                threshold: 60,
                categories: categories,
                engine: "openai"
            )
        )
    }
}

@Suite("OpenAI's moderation as engine")
struct ModerationTests {
    @Test("what it finds counts by our names and threshold, beside what is found here")
    func scores() async throws {
        let moderator = try await Moderator.start()
        moderator.says(["violence/graphic": 0.91, "harassment": 0.4, "illicit": 0.99], of: "cryptic")
        try await withGuard(moderator.setup) { guarding in
            try await guarding.put(.moderated())
            let reply = try await guarding.inspect("a cryptic text")
            #expect(reply.action == .block && reply.reason == "toxicity VIOLENCE")
            #expect(reply.findings.map(\.score) == [0.91] && reply.findings[0].range == 0..<14)
            #expect(reply.segments == [SegmentVerdict(id: 3, action: .block, cacheable: true)])
            #expect(try await guarding.inspect("You are such a moron.").reason == "toxicity HARASSMENT")
            #expect(try await guarding.inspect("a plain text").action == .allow)
        }
        let request = try #require(moderator.server.exchanges.first?.request)
        #expect(request.method == "POST" && request.target == "/v1/moderations")
        #expect(request.headers.first("authorization") == "Bearer sk-moderation")
        #expect(request.json?["model"]?.string == "omni")
        await moderator.server.stop()
    }

    @Test("only the categories of the policy count, and what tools and operators say is not sent")
    func scope() async throws {
        let moderator = try await Moderator.start()
        moderator.says(["sexual": 0.9, "hate": 0.9], of: "cryptic")
        try await withGuard(moderator.setup) { guarding in
            try await guarding.put(.moderated(categories: ["HATE"]))
            let kinds: [(String, SegmentKind)] = [("system", .system), ("tool", .toolResult), ("user", .text)]
            let segments = kinds.enumerated().map { number, kind in
                InspectSegment(id: number, role: kind.0, kind: kind.1, text: "cryptic \(number)")
            }
            let request = InspectRequest(
                requestID: "r",
                direction: .inbound,
                scope: RequestScope(tenant: "default"),
                segments: segments
            )
            let reply = try await guarding.call(GuardMethods.inspect, request)
            #expect(reply.findings.map { "\($0.segment) \($0.entity)" } == ["2 HATE"])
        }
        let sent = moderator.server.exchanges.first?.request.json?["input"]?.elements.compactMap(\.string)
        #expect(sent == ["cryptic 2"])
        await moderator.server.stop()
    }

    @Test("without an answer the native detector stands in, or nothing passes where the policy is closed")
    func silence() async throws {
        let moderator = try await Moderator.start()
        moderator.server.answer(.all) { _ in .json("{\"results\":[]}") }
        try await withGuard(moderator.setup) { guarding in
            try await guarding.put(.moderated())
            let reply = try await guarding.inspect("You are such a moron.")
            #expect(reply.action == .block && reply.segments[0].cacheable == false)
            try await guarding.put(.moderated(onFailure: "closed"))
            let request = InspectRequest(
                requestID: "r",
                direction: .inbound,
                scope: RequestScope(tenant: "default"),
                segments: [InspectSegment(id: 0, role: "user", kind: .text, text: "hello")]
            )
            #expect(try await guarding.refusal(GuardMethods.inspect, request) == .unavailable)
        }
        await moderator.server.stop()
    }

    @Test("a policy that names it where it is not configured is refused")
    func missing() async throws {
        try await withGuard { guarding async throws in
            let put = PutRequest(item: PolicyItem.moderated())
            #expect(try await guarding.refusal(GuardUnderTest.admin.policies.put, put) == .invalidArgument)
        }
    }
}
