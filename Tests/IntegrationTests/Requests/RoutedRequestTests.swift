import Contracts
import JSON
import TestSupport
import Testing

extension Integration {
    @Suite("A routed request")
    struct RoutedRequestTests {
        /// A body with everything that decoding and encoding again would change.
        private func body(_ model: String, stream: Bool) -> String {
            "{ \"messages\" : [ {\"role\":\"user\", \"content\":\"caf\\u00e9 \\/ 日本 \\ud83d\\ude42\\t\" } ],\n\t"
                + "\"model\"  :\"\(model)\" , \"temperature\":1.0e0,\"max_tokens\":64,\"seed\":12345678901234567890,\r\n"
                + "\"stream\":\(stream), \"unknown\":{\"z\":[1,2.50,{}],\"a\":null} }\n"
        }

        @Test("leaves and returns byte for byte, and is metered", arguments: MockDialect.allCases, [false, true])
        func routed(dialect: MockDialect, stream: Bool) async throws {
            let common = try await Common.get()
            let key = try await common.key()
            let model = Common.name("m")
            let answer = MockAnswer.everything
            common.mock.answer(.model(model)) { .answer(answer, to: $0) }
            let sent = body("\(Common.provider(dialect))/\(model)", stream: stream)
            let response = try await common.gateway.send(Gateway.chat(dialect, key: key.secret, body: sent))

            #expect(response.status == 200)
            #expect(response.isComplete)
            #expect(response.extra.isEmpty)
            let exchange = try #require(common.mock.chats(model: model).first)
            #expect(common.mock.chats(model: model).count == 1)
            // Upstream: the model's name is spliced, the usage of an OpenAI stream asked for, the rest is the client's.
            var upstream = exchange.request.bodyText
            if dialect == .openAI, stream {
                let option = #""stream_options":{"include_usage":true}"#
                #expect(upstream.contains(option))
                for spelling in [",\(option)", "\(option),"] where upstream.contains(spelling) {
                    upstream = upstream.split(separator: spelling, omittingEmptySubsequences: false).joined()
                }
            }
            #expect(upstream == body(model, stream: stream))
            // Back: the upstream's bytes, without the usage frame that the client did not ask for.
            let expected = stream && dialect == .openAI ? StreamText.withoutUsage(exchange.sentBody) : exchange.sentBody
            #expect(response.body == expected)
            #expect(response.header("x-keirouter-provider") == Common.provider(dialect))
            #expect(response.header("x-keirouter-model") == model)
            #expect(response.header("x-keirouter-attempts") == "1")
            #expect(response.header(dialect == .openAI ? "x-request-id" : "request-id") != nil)

            let row = try await common.gateway.row(try #require(response.requestID))
            #expect(row.outcome == .ok)
            #expect(row.provider == Common.provider(dialect))
            #expect(row.model == model)
            #expect(row.attempts == 1)
            #expect(row.usage == Common.ledger(answer.usage, dialect))
            #expect(row.priced)
            #expect(row.costNanoUSD == Common.cost(row.usage))
            if stream { #expect(row.firstTokenMS != nil) }
            let totals = try await common.gateway.key(key.name)
            #expect(totals.requests == 1)
            #expect(totals.spentNanoUSD == row.costNanoUSD)
            try await common.gateway.waitUntilIdle(key: key.name)
        }

        @Test("costs the same whole and streamed", arguments: MockDialect.allCases)
        func sameCost(dialect: MockDialect) async throws {
            let common = try await Common.get()
            let key = try await common.key()
            var costs: Set<Int?> = []
            for stream in [false, true] {
                let model = Common.name("m")
                common.mock.answer(.model(model)) { .answer(.everything, to: $0) }
                let body = Gateway.body(dialect, model: "\(Common.provider(dialect))/\(model)", stream: stream)
                let response = try await common.gateway.send(Gateway.chat(dialect, key: key.secret, body: body))
                costs.insert(try await common.gateway.row(try #require(response.requestID)).costNanoUSD)
            }
            #expect(costs.count == 1)
        }

        @Test("keeps every frame when the client asks for the usage itself")
        func askedUsage() async throws {
            let common = try await Common.get()
            let key = try await common.key()
            let model = Common.name("m")
            let options = #", "stream_options": { "include_usage" : true }"#
            let body = Gateway.body(.openAI, model: "acme/\(model)", stream: true, extra: options)
            let response = try await common.gateway.send(Gateway.chat(.openAI, key: key.secret, body: body))
            let exchange = try #require(common.mock.chats(model: model).first)
            #expect(exchange.request.bodyText == Gateway.body(.openAI, model: model, stream: true, extra: options))
            #expect(response.body == exchange.sentBody)
            #expect(ByteSearch.contains(response.body, #""prompt_tokens":100"#))
        }

        @Test("carries the account's credential and nothing of the client's", arguments: MockDialect.allCases)
        func headers(dialect: MockDialect) async throws {
            let common = try await Common.get()
            let key = try await common.key()
            let model = Common.name("m")
            let headers = [
                HeaderField("Cookie", "session=secret"), HeaderField("X-Forwarded-For", "10.1.2.3"),
                HeaderField("OpenAI-Organization", "org-client"),
                HeaderField("anthropic-beta", "context-1m-2025-08-07"),
            ]
            let body = Gateway.body(dialect, model: "\(Common.provider(dialect))/\(model)")
            let request = Gateway.chat(dialect, key: key.secret, body: body, headers: headers)
            #expect(try await common.gateway.send(request).status == 200)
            let upstream = try #require(common.mock.chats(model: model).first).request
            #expect(upstream.credential == Common.credentials[dialect])
            #expect(upstream.target == "/v1" + dialect.path)
            #expect(upstream.headers.first("host") == "127.0.0.1:\(common.mock.port)")
            #expect(upstream.headers.first("content-type") == "application/json")
            let text = upstream.headers.map(\.description).joined(separator: "\n").lowercased()
            for canary in [key.secret.lowercased(), "session=secret", "10.1.2.3", "org-client"] {
                #expect(!text.contains(canary), "\(canary) went upstream")
            }
            #expect(upstream.headers.first("anthropic-beta") == (dialect == .anthropic ? "context-1m-2025-08-07" : nil))
            #expect(upstream.headers.first("anthropic-version") == (dialect == .anthropic ? "2023-06-01" : nil))
            #expect(
                upstream.headers.filter { ["authorization", "x-api-key"].contains($0.name.lowercased()) }.count == 1
            )
        }

        @Test("takes the key from either header", arguments: MockDialect.allCases)
        func keyPlaces(dialect: MockDialect) async throws {
            let common = try await Common.get()
            let key = try await common.key()
            let body = Gateway.body(dialect, model: "\(Common.provider(dialect))/\(Common.name("m"))")
            for header in [HeaderField("Authorization", "Bearer \(key.secret)"), HeaderField("X-Api-Key", key.secret)] {
                let request = Gateway.chat(dialect, key: nil, body: body, headers: [header])
                #expect(try await common.gateway.send(request).status == 200, "\(header.name)")
            }
        }

        @Test("comes back unpacked when the provider packs it", arguments: MockDialect.allCases, [false, true])
        func gzip(dialect: MockDialect, stream: Bool) async throws {
            let common = try await Common.get()
            let key = try await common.key()
            let model = Common.name("m")
            let plain = dialect.unary(MockAnswer(), model: model)
            let frames = dialect.frames(MockAnswer(), model: model, usage: false).joined()
            common.mock.answer(.model(model)) { request in
                stream ? MockReply.stream([frames]).gzipped() : MockReply.json(plain).gzipped()
            }
            let body = Gateway.body(dialect, model: "\(Common.provider(dialect))/\(model)", stream: stream)
            let response = try await common.gateway.send(Gateway.chat(dialect, key: key.secret, body: body))
            #expect(response.status == 200)
            #expect(response.header("content-encoding") == nil)
            #expect(response.text == (stream ? frames : plain))
        }

        @Test("shows its cost in the command line's list of keys")
        func keysList() async throws {
            let common = try await Common.get()
            let key = try await common.key()
            let body = Gateway.body(.openAI, model: "acme/\(Common.name("m"))")
            let response = try await common.gateway.send(Gateway.chat(.openAI, key: key.secret, body: body))
            let row = try await common.gateway.row(try #require(response.requestID))
            let result = try await common.gateway.run(["keys", "list", "--json"])
            #expect(result.code == 0, "\(result.errors)")
            let root = try JSONDocument(Array(result.output.utf8)).root
            let list = root.kind == .array ? root : try #require(root["items"])
            let item = try #require(list.elements.first { $0["name"]?.string == key.name })
            #expect(item["spent_nano_usd"]?.integer == row.costNanoUSD)
            #expect(item["requests"]?.integer == 1)
            #expect(item["tokens"]?.integer == 150)
            #expect(!result.output.contains(key.secret))
            #expect(try #require(row.costNanoUSD) == 100 * 2_000 + 50 * 10_000)
        }

        @Test("follows a chain by its name, whatever the client speaks", arguments: MockDialect.allCases)
        func chain(dialect: MockDialect) async throws {
            let common = try await Common.get()
            let key = try await common.key()
            let body = Gateway.body(dialect, model: "coding")
            let response = try await common.gateway.send(Gateway.chat(dialect, key: key.secret, body: body))
            #expect(response.status == 200)
            #expect(response.header("x-keirouter-provider") == "acme")
            #expect(response.header("x-keirouter-model") == "step")
        }

        @Test("reaches the demo without an account", arguments: MockDialect.allCases, [false, true])
        func demo(dialect: MockDialect, stream: Bool) async throws {
            let common = try await Common.get()
            let key = try await common.key()
            let body = Gateway.body(dialect, model: "demo/echo", stream: stream)
            let response = try await common.gateway.send(Gateway.chat(dialect, key: key.secret, body: body))
            #expect(response.status == 200)
            #expect(response.text.contains("Say"))
            if stream { #expect(StreamText.isWhole(response.body, dialect)) }
            let row = try await common.gateway.row(try #require(response.requestID))
            #expect(row.outcome == .ok)
            #expect(row.provider == "demo")
        }
    }
}
