import Contracts
import JSON
import TestSupport
import Testing

extension Integration {
    /// A client of OpenAI's Responses and providers of the other dialects, in real processes.
    @Suite("OpenAI's Responses")
    struct ResponsesTests {
        private static func request(_ key: String, _ body: String) -> RawRequest {
            let headers = [
                HeaderField("Content-Type", "application/json"), HeaderField("Authorization", "Bearer \(key)"),
            ]
            return RawRequest("POST", "/v1/responses", headers: headers, body: Array(body.utf8))
        }

        private static let tools =
            #","tools":[{"type":"function","name":"get_weather","parameters":{"type":"object"}}]"#

        @Test("an answer with everything in it arrives whole", arguments: MockDialect.allCases, [false, true])
        func everything(upstream: MockDialect, stream: Bool) async throws {
            let common = try await Common.get()
            let key = try await common.key()
            let model = Common.name("r")
            let answer = MockAnswer.everything
            common.mock.answer(.model(model)) { .answer(answer, to: $0) }
            let name = "\(Common.provider(upstream))/\(model)"
            let body =
                #"{"model":"\#(name)","input":"Look.","instructions":"Be brief.","stream":\#(stream)\#(Self.tools)}"#
            let response = try await common.gateway.send(Self.request(key.secret, body))
            try #require(response.status == 200, "\(response.text)")

            let sent = try #require(common.mock.chats(model: model).first).request
            #expect(sent.dialect == upstream)
            #expect(sent.credential == Common.credentials[upstream])
            let output = try Self.output(response.body, stream: stream)
            let calls = output.filter { $0["type"]?.string == "function_call" }
            #expect(calls.map { $0["name"]?.string } == answer.tools.map(\.name))
            #expect(calls.map { $0["call_id"]?.string } == answer.tools.map(\.id))
            let text = output.first { $0["type"]?.string == "message" }?["content"]?[0]?["text"]?.string
            #expect(text == answer.text.joined())
            let reasoning = output.first { $0["type"]?.string == "reasoning" }
            #expect(reasoning?["summary"]?[0]?["text"]?.string == answer.reasoning?.text.joined())
            #expect((reasoning?["encrypted_content"]?.string != nil) == (upstream == .anthropic))

            let row = try await common.gateway.row(try #require(response.requestID))
            #expect(row.outcome == .ok)
            #expect(row.provider == Common.provider(upstream))
            #expect(row.usage == Common.ledger(answer.usage, upstream))
        }

        private static func output(_ bytes: [UInt8], stream: Bool) throws -> [JSONCursor] {
            guard stream else { return try JSONDocument(bytes).root["output"]?.elements.map { $0 } ?? [] }
            #expect(StreamGrammar.responses(bytes).problems == [])
            let last = String(decoding: bytes, as: UTF8.self).split(separator: "data: ").last ?? ""
            return try JSONDocument(Array(last.utf8)).root["response"]?["output"]?.elements.map { $0 } ?? []
        }

        @Test("a stream that breaks after content ends in the client's error events", arguments: MockDialect.allCases)
        func broken(upstream: MockDialect) async throws {
            let common = try await Common.get()
            let key = try await common.key()
            let model = Common.name("r")
            common.mock.answer(.model(model)) {
                MockReply.answer(to: $0).cut(after: upstream.framesBeforeContent + 1, then: [.close])
            }
            let body = #"{"model":"\#(Common.breaking(upstream))/\#(model)","input":"x","stream":true}"#
            let response = try await common.gateway.send(Self.request(key.secret, body))
            #expect(response.status == 200)
            let grammar = StreamGrammar.responses(response.body)
            #expect(grammar.problems == [])
            #expect(grammar.events.suffix(2) == ["error", "response.failed"])
        }

        @Test("a failure before content moves on unseen")
        func failover() async throws {
            let common = try await Common.get()
            let key = try await common.key()
            for first in MockDialect.allCases {
                let body = #"{"model":"mixed-\#(first)","input":"x","stream":true}"#
                let response = try await common.gateway.send(Self.request(key.secret, body))
                try #require(response.status == 200, "\(response.text)")
                let grammar = StreamGrammar.responses(response.body)
                #expect(grammar.problems == [])
                #expect(grammar.answer.text == MockAnswer().text.joined())
            }
        }

        @Test("errors have OpenAI's shape")
        func errors() async throws {
            let common = try await Common.get()
            let key = try await common.key()
            for (secret, body, status) in [
                ("kr_nobody", #"{"model":"acme/m","input":"x"}"#, 401), (key.secret, #"{"model":"acme/m"}"#, 400),
                (key.secret, "{", 400), (key.secret, #"{"model":"nowhere","input":"x"}"#, 404),
                (key.secret, #"{"model":"acme/m","input":"x","previous_response_id":"resp_1"}"#, 400),
                (key.secret, #"{"model":"acme/m","input":"x","background":true}"#, 400),
            ] {
                let response = try await common.gateway.send(Self.request(secret, body))
                #expect(response.status == status, "\(body)")
                let error = try JSONDocument(response.body).root["error"]
                #expect(error?["message"]?.string?.isEmpty == false)
                #expect(error?["type"]?.string?.isEmpty == false)
                #expect(response.header("x-request-id") != nil)
            }
        }
    }
}
