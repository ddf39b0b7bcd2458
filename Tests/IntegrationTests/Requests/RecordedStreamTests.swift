import TestSupport
import Testing

extension Integration {
    /// Streams as providers sent them, played by the mock and compared at the client.
    @Suite("A recorded stream")
    struct RecordedStreamTests {
        struct Recording: Sendable, CustomTestStringConvertible {
            let name: String
            let dialect: MockDialect
            var testDescription: String { name }

            var bytes: [UInt8] {
                let folder = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
                return TestFile.bytes("/\(folder)/DialectsTests/Fixtures/\(name)")
            }
        }

        static let recordings = [
            Recording(name: "openai-text.sse", dialect: .openAI), Recording(name: "openai-tools.sse", dialect: .openAI),
            Recording(name: "openai-reasoning.sse", dialect: .openAI),
            Recording(name: "openai-without-done.sse", dialect: .openAI),
            Recording(name: "anthropic-text.sse", dialect: .anthropic),
            Recording(name: "anthropic-tools.sse", dialect: .anthropic),
            Recording(name: "anthropic-thinking-cache.sse", dialect: .anthropic),
        ]

        private func play(_ recording: Recording, _ pieces: [[UInt8]]) async throws -> RawResponse {
            let common = try await Common.get()
            let key = try await common.key()
            let model = Common.name("m")
            common.mock.answer(.model(model)) { _ in .stream(pieces) }
            let options = recording.dialect == .openAI ? #","stream_options":{"include_usage":true}"# : ""
            let target = "\(Common.provider(recording.dialect))/\(model)"
            let body = Gateway.body(recording.dialect, model: target, stream: true, extra: options)
            return try await common.gateway.send(Gateway.chat(recording.dialect, key: key.secret, body: body))
        }

        private func cut(_ bytes: [UInt8], _ size: Int) -> [[UInt8]] {
            stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min(bytes.count, $0 + size)]) }
        }

        @Test("reaches the client byte for byte wherever it is cut", arguments: recordings, [5, 61, 1 << 20])
        func cuts(recording: Recording, size: Int) async throws {
            let bytes = recording.bytes
            try #require(bytes.count > 500)
            let response = try await play(recording, cut(bytes, size))
            #expect(response.status == 200)
            #expect(response.isComplete)
            #expect(response.body == bytes)
        }

        @Test("keeps its line ends", arguments: recordings)
        func lineEnds(recording: Recording) async throws {
            var bytes: [UInt8] = []
            for byte in recording.bytes { bytes += byte == 0x0A ? [0x0D, 0x0A] : [byte] }
            let response = try await play(recording, cut(bytes, 97))
            #expect(response.body == bytes)
        }
    }
}
