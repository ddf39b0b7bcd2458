import Contracts
import JSON
import TestSupport
import Testing

extension Integration {
    /// The guard in front of real requests: each kind of text, both dialects, whole and streamed.
    @Suite("Guarded requests")
    struct GuardMatrixTests {
        static let phrase = "forbidden-phrase-77"
        static let address = "anna.berg@example.org"

        typealias Place = GuardClient.Place

        /// One case of the matrix.
        struct Case: Sendable, CustomTestStringConvertible {
            let dialect: MockDialect
            let stream: Bool
            let place: Place

            var testDescription: String { "\(dialect), \(stream ? "stream" : "whole"), \(place)" }

            static let all = MockDialect.allCases.flatMap { dialect in
                [false, true].flatMap { stream in
                    Place.allCases.map { Case(dialect: dialect, stream: stream, place: $0) }
                }
            }
        }

        private func ask(_ it: Case, _ text: String) async throws -> (RawResponse, MockRequest?) {
            let guarded = try await Guarded.get()
            let model = Common.name("g")
            let client = it.dialect == .openAI ? GuardClient.openAI : .anthropic
            let request = client.request(
                it.place,
                text,
                model: "\(Common.provider(it.dialect))/\(model)",
                stream: it.stream,
                key: Guarded.secret
            )
            let response = try await guarded.gateway.send(request)
            return (response, guarded.mock.chats(model: model).first?.request)
        }

        @Test("a blocked phrase goes no further", arguments: Case.all)
        func blocked(it: Case) async throws {
            let (response, upstream) = try await ask(it, Self.phrase)
            ErrorShapeTests.check(response, it.dialect, status: 400)
            #expect(response.json?["error"]?["code"]?.string == "content_policy")
            #expect(!response.text.contains(Self.phrase))
            #expect(upstream == nil)
            let row = try await Guarded.get().gateway.row(try #require(response.requestID))
            #expect(row.outcome == .blocked)
            try await Guarded.get().gateway.waitUntilIdle(key: Guarded.keyName)
        }

        @Test("an e-mail address is masked, and nothing else is changed", arguments: Case.all)
        func masked(it: Case) async throws {
            let (response, upstream) = try await ask(it, Self.address)
            #expect(response.status == 200, "\(response.text)")
            let sent = try #require(upstream).bodyText
            #expect(!sent.contains(Self.address))
            #expect((try? JSONDocument(Array(sent.utf8))) != nil)
            // A signed thinking block would no longer verify, so it is left out whole.
            if it.place != .reasoning || it.dialect == .openAI { #expect(sent.contains("<EMAIL_ADDRESS>"), "\(sent)") }
            #expect(response.header("x-keirouter-guard")?.contains("EMAIL_ADDRESS") == true)
        }

        // MARK: Answers

        /// An answer that holds a text in one place, cut in its middle.
        static func answer(_ text: String, _ place: Place) -> MockAnswer {
            let middle = text.index(text.startIndex, offsetBy: text.count / 2)
            let pieces = [String(text[..<middle]), String(text[middle...])]
            switch place {
            case .reasoning:
                let thought = ["Hm, "] + pieces + [" it is."]
                return MockAnswer(text: ["Fine."], reasoning: .init(text: thought, signature: "c2ln"))
            case .toolArguments:
                let call = MockAnswer.ToolCall(id: "c9", name: "send", arguments: [#"{"to":""#] + pieces + [#""}"#])
                return MockAnswer(text: ["Fine."], tools: [call])
            default: return MockAnswer(text: ["Write to "] + pieces + [" soon."])
            }
        }

        static let answers = Case.all.filter { [.text, .toolArguments, .reasoning].contains($0.place) }

        private func askFor(_ it: Case, _ text: String, upstream: MockDialect) async throws -> RawResponse {
            let guarded = try await Guarded.get()
            let model = Common.name("g")
            let answer = Self.answer(text, it.place)
            guarded.mock.answer(.model(model)) { .answer(answer, to: $0) }
            let body = Gateway.body(it.dialect, model: "\(Common.provider(upstream))/\(model)", stream: it.stream)
            return try await guarded.gateway.send(Gateway.chat(it.dialect, key: Guarded.secret, body: body))
        }

        @Test("an e-mail address in an answer is masked, cut or not", arguments: answers, MockDialect.allCases)
        func maskedAnswer(it: Case, upstream: MockDialect) async throws {
            let response = try await askFor(it, Self.address, upstream: upstream)
            #expect(response.status == 200, "\(response.text)")
            let said = try AnswerReader.read(response.body, it.dialect, stream: it.stream)
            switch it.place {
            case .reasoning: #expect(said.reasoning == "Hm, <EMAIL_ADDRESS> it is.")
            case .toolArguments:
                let arguments = try JSONDocument(Array((said.tools.first?.arguments ?? "").utf8)).root
                #expect(arguments["to"]?.string == "<EMAIL_ADDRESS>")
            default: #expect(said.text == "Write to <EMAIL_ADDRESS> soon.")
            }
            if it.place != .text { #expect(said.text == "Fine.") }
        }

        @Test("a blocked phrase in an answer is not told", arguments: answers, MockDialect.allCases)
        func blockedAnswer(it: Case, upstream: MockDialect) async throws {
            let response = try await askFor(it, Self.phrase, upstream: upstream)
            // Each half alone would be half told.
            #expect(!response.text.contains("forbidden-") && !response.text.contains("phrase-77"), "\(response.text)")
            if it.stream, response.status == 200 {
                #expect(StreamText.error(response.body, it.dialect) != nil, "\(response.text)")
            } else {
                ErrorShapeTests.check(response, it.dialect, status: 400)
            }
            let row = try await Guarded.get().gateway.row(try #require(response.requestID))
            #expect(row.outcome == .blocked)
            #expect(row.usage.input > 0)
        }
    }
}

/// One gateway with policies that tests share.
struct Guarded: Sendable {
    let mock: MockProvider
    let gateway: Gateway

    static let keyName = "guarded"
    static let secret = GatewaySetup.secret(keyName)
    static let guardrails = [
        "{ scope: global, pii: { enabled: true, direction: both, action: mask, strategy: replace } }",
        "{ scope: global, custom: [ { name: forbidden, pattern: \"forbidden-phrase-[0-9]+\", action: block } ] }",
    ]

    static func get() async throws -> Guarded {
        try await task.value
    }

    private static let task = Task { try await make() }

    private static func make() async throws -> Guarded {
        let mock = try await MockProvider.start()
        var setup = GatewaySetup(
            providers: [
                .init("acme", .openAI, mock, credentials: ["sk-acme-1"]),
                .init("claude", .anthropic, mock, credentials: ["sk-claude-1"]),
            ],
            keys: [.init(keyName, secret)]
        )
        setup.settings = ["limits: { default_concurrency: 200, default_rpm: 100000, default_tpm: 0 }"]
        setup.guardrails = guardrails
        return Guarded(mock: mock, gateway: try await Gateway.start(setup))
    }
}
