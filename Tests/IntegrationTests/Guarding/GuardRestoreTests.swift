import JSON
import TestSupport
import Testing

extension Integration {
    /// Values that the provider never sees, and the client gets back.
    @Suite("Anonymized values")
    struct GuardRestoreTests {
        private static let key = "anonymous"
        private static let secret = GatewaySetup.secret(key)
        private static let address = "anna.berg@example.org"

        private static let shared = Task {
            let mock = try await MockProvider.start()
            var setup = GatewaySetup(
                providers: [.init("acme", .openAI, mock, credentials: ["sk-acme-1"])],
                keys: [.init(key, secret)]
            )
            setup.settings = ["limits: { default_concurrency: 200, default_rpm: 100000, default_tpm: 0 }"]
            setup.guardrails = ["{ scope: global, pii: { enabled: true, action: mask, strategy: anonymize } }"]
            return Guarded(mock: mock, gateway: try await Gateway.start(setup))
        }

        /// The placeholder in what the provider got.
        private static func placeholder(_ request: MockRequest) -> String {
            let text = request.bodyText
            guard let start = text.firstRange(of: "<EMAIL_ADDRESS_") else { return "none" }
            return String(text[start.lowerBound...].prefix { $0 != ">" }) + ">"
        }

        /// An answer that says the placeholder, cut in its middle, as a text or as an argument of a tool.
        private static func answer(_ request: MockRequest, asTool: Bool) -> MockAnswer {
            let name = placeholder(request)
            let middle = name.index(name.startIndex, offsetBy: name.count / 2)
            let pieces = [String(name[..<middle]), String(name[middle...])]
            guard asTool else { return MockAnswer(text: ["It is "] + pieces + ["."]) }
            let call = MockAnswer.ToolCall(id: "c9", name: "send", arguments: [#"{"to":""#] + pieces + [#""}"#])
            return MockAnswer(text: ["Fine."], tools: [call])
        }

        @Test(
            "come back in answers, whole and streamed, in texts and in arguments",
            arguments: GuardClient.allCases,
            [false, true]
        )
        func restored(client: GuardClient, stream: Bool) async throws {
            let it = try await Self.shared.value
            for asTool in [false, true] {
                let model = Common.name("g")
                it.mock.answer(.model(model)) { .answer(Self.answer($0, asTool: asTool), to: $0) }
                let request = client.request(
                    .text,
                    Self.address,
                    model: "acme/\(model)",
                    stream: stream,
                    key: Self.secret
                )
                let response = try await it.gateway.send(request)
                #expect(response.status == 200, "\(response.text)")
                let sent = try #require(it.mock.chats(model: model).first?.request).bodyText
                #expect(!sent.contains(Self.address) && sent.contains("<EMAIL_ADDRESS_"))
                #expect(!response.text.contains("EMAIL_ADDRESS_"), "\(response.text)")
                // In a stream it may be told in pieces, but never the placeholder.
                let said = response.text.filter { !$0.isWhitespace }
                #expect(stream || said.contains(Self.address), "\(response.text)")
                #expect(response.header("x-keirouter-guard") == "pii:EMAIL_ADDRESS=mask")
                guard stream, client == .openAI || client == .anthropic else { continue }
                let dialect = client == .openAI ? MockDialect.openAI : .anthropic
                let read = try AnswerReader.read(response.body, dialect, stream: true)
                if asTool {
                    let arguments = try JSONDocument(Array((read.tools.first?.arguments ?? "").utf8)).root
                    #expect(arguments["to"]?.string == Self.address)
                } else {
                    #expect(read.text == "It is \(Self.address).")
                }
            }
        }
    }
}
