import Contracts
import JSON
import TestSupport
import Testing

extension Integration {
    /// A client of one dialect and a provider of the other, in real processes.
    @Suite("Across the dialects")
    struct CrossDialectTests {
        /// The provider that speaks the other dialect.
        private static func other(_ dialect: MockDialect) -> MockDialect { dialect == .openAI ? .anthropic : .openAI }

        @Test("an answer with everything in it arrives whole", arguments: MockDialect.allCases, [false, true])
        func everything(client: MockDialect, stream: Bool) async throws {
            let common = try await Common.get()
            let key = try await common.key()
            let upstream = Self.other(client)
            let model = Common.name("x")
            let answer = MockAnswer.everything
            common.mock.answer(.model(model)) { .answer(answer, to: $0) }
            let tools =
                client == .openAI
                ? #","tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object"}}}]"#
                : #","tools":[{"name":"get_weather","input_schema":{"type":"object"}}]"#
            let usage = client == .openAI && stream ? #","stream_options":{"include_usage":true}"# : ""
            let body = Gateway.body(
                client,
                model: "\(Common.provider(upstream))/\(model)",
                stream: stream,
                extra: tools + usage
            )
            let response = try await common.gateway.send(Gateway.chat(client, key: key.secret, body: body))
            try #require(response.status == 200, "\(response.text)")

            let sent = try #require(common.mock.chats(model: model).first).request
            #expect(sent.dialect == upstream)
            #expect(sent.credential == Common.credentials[upstream])
            let said = try AnswerReader.read(response.body, client, stream: stream)
            #expect(said.text == answer.text.joined())
            #expect(said.reasoning == answer.reasoning?.text.joined())
            #expect(said.tools.map(\.name) == answer.tools.map(\.name))
            for (call, expected) in zip(said.tools, answer.tools) {
                #expect(call.id == expected.id)
                let read = try JSONDocument(Array(call.arguments.utf8)).root
                let wanted = try JSONDocument(Array(expected.arguments.joined().utf8)).root
                #expect(read["location"]?.string == wanted["location"]?.string)
            }
            #expect(said.stop == (client == .openAI ? "tool_calls" : "tool_use"))
            if stream { #expect(StreamText.isWhole(response.body, client)) }

            let row = try await common.gateway.row(try #require(response.requestID))
            #expect(row.outcome == .ok)
            #expect(row.provider == Common.provider(upstream))
            #expect(row.usage == Common.ledger(answer.usage, upstream))
            // What the client reads of the usage adds up to what the ledger has.
            #expect(said.outputTokens == row.usage.output)
            let cached = row.usage.cacheRead + row.usage.cacheWrite5m + row.usage.cacheWrite1h
            let input = client == .openAI || !stream ? row.usage.input + cached : row.usage.input
            #expect(said.inputTokens == input)
        }

        @Test("a chain falls over to the other dialect, unseen", arguments: MockDialect.allCases, [false, true])
        func mixedChain(client: MockDialect, stream: Bool) async throws {
            let common = try await Common.get()
            let key = try await common.key()
            for first in MockDialect.allCases {
                let body = Gateway.body(client, model: "mixed-\(first)", stream: stream)
                let response = try await common.gateway.send(Gateway.chat(client, key: key.secret, body: body))
                try #require(response.status == 200, "\(response.text)")
                #expect(response.header("x-keirouter-provider") == Common.provider(Self.other(first)))
                let said = try AnswerReader.read(response.body, client, stream: stream)
                #expect(said.text == MockAnswer().text.joined())
                #expect(said.stop == (client == .openAI ? "stop" : "end_turn"))
            }
        }

        @Test("what the other dialect cannot carry is named, not refused")
        func lossy() async throws {
            let common = try await Common.get()
            let key = try await common.key()
            let model = Common.name("x")
            let extra = #","logit_bias":{"50256":-100},"presence_penalty":0.5"#
            let body = Gateway.body(.openAI, model: "claude/\(model)", extra: extra)
            let response = try await common.gateway.send(Gateway.chat(.openAI, key: key.secret, body: body))
            #expect(response.status == 200)
            let names = response.header("x-keirouter-lossy")?.split(separator: ",").map {
                $0.trimmingPrefix { $0 == " " }
            }
            #expect(names?.contains("logit_bias") == true)
            #expect(names?.contains("presence_penalty") == true)
            let plain = Gateway.body(.openAI, model: "claude/\(Common.name("x"))")
            let whole = try await common.gateway.send(Gateway.chat(.openAI, key: key.secret, body: plain))
            #expect(whole.header("x-keirouter-lossy") == nil)
        }

        @Test("a provider's error of the other dialect has the client's shape", arguments: MockDialect.allCases)
        func errors(client: MockDialect) async throws {
            let common = try await Common.get()
            let key = try await common.key()
            let upstream = Self.other(client)
            for failure in ProviderFailure.all {
                let body = Gateway.body(client, model: "\(failure.foreignProvider(upstream))/m")
                let response = try await common.gateway.send(Gateway.chat(client, key: key.secret, body: body))
                ErrorShapeTests.check(response, client, status: failure.status(client))
            }
        }

        @Test("a stream that breaks after content ends in the client's error event", arguments: MockDialect.allCases)
        func broken(client: MockDialect) async throws {
            let common = try await Common.get()
            let key = try await common.key()
            let upstream = Self.other(client)
            let model = Common.name("x")
            common.mock.answer(.model(model)) {
                MockReply.answer(to: $0).cut(after: upstream.framesBeforeContent + 1, then: [.close])
            }
            let body = Gateway.body(client, model: "\(Common.provider(upstream))/\(model)", stream: true)
            let response = try await common.gateway.send(Gateway.chat(client, key: key.secret, body: body))
            #expect(response.status == 200)
            #expect(StreamText.error(response.body, client) != nil, "\(response.text.suffix(300))")
            let row = try await common.gateway.row(try #require(response.requestID))
            #expect(row.outcome == .providerError)
            try await common.gateway.waitUntilIdle(key: key.name)
        }
    }
}
