import Contracts
import Foundation
import JSON
import TestSupport
import Testing

/// Dialects that are spoken to providers alone, over real sockets.
@Suite("Dialects of providers alone")
struct ProviderDialectTests {
    private static func fixture(_ name: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("DialectsTests/Fixtures")
        return Array(try Data(contentsOf: folder.appendingPathComponent(name)))
    }

    private static func pieces(_ bytes: [UInt8], of size: Int) -> [[UInt8]] {
        stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
    }

    @Test("Cohere answers clients of other dialects", arguments: [MockDialect.openAI, .anthropic], [false, true])
    func cohere(dialect: MockDialect, stream: Bool) async throws {
        let upstream = MockMatch { $0.target == "/v1/chat" }
        let body = try Self.fixture(stream ? "cohere-tools.sse" : "cohere-tools.json")
        try await RunningRouter.run { router in
            router.provider.answer(upstream) { _ in stream ? .stream(Self.pieces(body, of: 11)) : .body(body) }
            let request = router.chat(dialect, Sample.body(dialect, model: "coh/command-r", stream: stream))
            let response = try await router.send(request)
            #expect(response.status == 200 && response.text.contains("get_weather_k3"), "\(response.text)")
            let sent = try #require(router.provider.exchanges.first).request
            #expect(sent.headers.first("authorization") == "Bearer \(RunningRouter.firstSecret)")
            #expect(try JSONDocument(Array(sent.bodyText.utf8)).root["stream"]?.boolean == stream)
            let record = try await router.record(response)
            #expect(record.outcome == .ok && record.usage.output == 55)
        }
    }

    @Test("an error of Cohere's is told in the client's dialect")
    func cohereError() async throws {
        try await RunningRouter.run { router in
            router.provider.answer(MockMatch { $0.target == "/v1/chat" }) { _ in
                .json(#"{"message":"invalid request: tools"}"#, status: 422)
            }
            let response = try await router.send(
                router.chat(.openAI, Sample.body(.openAI, model: "coh/command-r", stream: false))
            )
            #expect(response.status == 400)
            #expect(try JSONDocument(response.body).root["error"]?["message"]?.string == "invalid request: tools")
        }
    }

    @Test("Bedrock answers clients of other dialects", arguments: [MockDialect.openAI, .anthropic], [false, true])
    func bedrock(dialect: MockDialect, stream: Bool) async throws {
        let upstream = MockMatch { $0.target.hasPrefix("/v1/model/") }
        let body = try Self.fixture(stream ? "bedrock-tools.eventstream" : "bedrock-tools.json")
        try await RunningRouter.run { router in
            router.provider.answer(upstream) { _ in
                guard stream else { return .body(body) }
                return .stream(Self.pieces(body, of: 11), type: "application/vnd.amazon.eventstream")
            }
            let model = "rock/us.anthropic.claude-sonnet-4-v1:0"
            let response = try await router.send(
                router.chat(dialect, Sample.body(dialect, model: model, stream: stream))
            )
            #expect(response.status == 200 && response.text.contains("tooluse_b2"), "\(response.text)")
            let sent = try #require(router.provider.exchanges.first).request
            let action = stream ? "converse-stream" : "converse"
            #expect(sent.target == "/v1/model/us.anthropic.claude-sonnet-4-v1%3A0/\(action)")
            let authorization = sent.headers.first("authorization") ?? ""
            #expect(authorization.hasPrefix("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/"), "\(authorization)")
            #expect(authorization.contains("/us-east-1/bedrock/aws4_request, "))
            #expect(authorization.contains("SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, "))
            #expect(sent.headers.first("x-amz-security-token") == "tok/en==")
            #expect(sent.headers.first("x-amz-date")?.count == 16)
            #expect(sent.headers.allSatisfy { !$0.value.contains("wJalr") })
            let record = try await router.record(response)
            #expect(record.outcome == .ok && record.usage.output == 55)
        }
    }

    @Test("an exception in Bedrock's stream ends it; a broken check sum is no answer")
    func bedrockFailures() async throws {
        let upstream = MockMatch { $0.target.hasPrefix("/v1/model/") }
        let exception = try Self.fixture("bedrock-error-midway.eventstream")
        var (last, next) = (0, 0)
        while next < exception.count {
            last = next
            next += exception[last..<last + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        var broken = try Self.fixture("bedrock-tools.eventstream")
        broken[60] ^= 1
        let damaged = broken
        try await RunningRouter.run { router in
            let request = router.chat(.openAI, Sample.body(.openAI, model: "rock/amazon.nova-pro-v1:0", stream: true))
            // Apart, for content that has not reached the client would give way to the next account.
            let pieces = [Array(exception[..<last]), Array(exception[last...])]
            router.provider.answer(upstream) { _ in
                .stream(pieces, type: "application/vnd.amazon.eventstream", every: .milliseconds(100))
            }
            let first = try await router.send(request)
            #expect(
                first.status == 200 && first.text.contains("Hel") && first.text.contains("rate_limit"),
                "\(first.text)"
            )
        }
        try await RunningRouter.run { router async throws in
            let request = router.chat(.openAI, Sample.body(.openAI, model: "rock/amazon.nova-pro-v1:0", stream: true))
            router.provider.answer(upstream) { _ in .stream([damaged], type: "application/vnd.amazon.eventstream") }
            #expect(try await router.send(request).status == 502)
        }
    }
}
