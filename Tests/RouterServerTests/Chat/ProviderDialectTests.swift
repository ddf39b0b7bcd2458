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
}
