import Contracts
import JSON
import TestSupport
import Testing

extension Integration {
    @Suite("An error")
    struct ErrorShapeTests {
        /// Checks that an error is one that the dialect's official library can read.
        static func check(
            _ response: RawResponse,
            _ dialect: MockDialect,
            status: Int,
            type: String? = nil,
            sourceLocation: SourceLocation = #_sourceLocation
        ) {
            #expect(response.status == status, "\(response.text)", sourceLocation: sourceLocation)
            #expect(response.isComplete, sourceLocation: sourceLocation)
            let isJSON = response.header("content-type")?.hasPrefix("application/json") == true
            #expect(isJSON, sourceLocation: sourceLocation)
            let error = response.json?["error"]
            #expect(error?["message"]?.string?.isEmpty == false, "\(response.text)", sourceLocation: sourceLocation)
            #expect(error?["type"]?.string?.isEmpty == false, sourceLocation: sourceLocation)
            if let type { #expect(error?["type"]?.string == type, sourceLocation: sourceLocation) }
            switch dialect {
            case .openAI:
                #expect(error?["code"] != nil, sourceLocation: sourceLocation)
                #expect(error?["param"] != nil, sourceLocation: sourceLocation)
                #expect(response.header("x-request-id") != nil, sourceLocation: sourceLocation)
            case .anthropic:
                #expect(response.json?["type"]?.string == "error", sourceLocation: sourceLocation)
                let id = response.header("request-id")
                #expect(id != nil, sourceLocation: sourceLocation)
                #expect(response.json?["request_id"]?.string == id, sourceLocation: sourceLocation)
            }
        }

        private func post(
            _ dialect: MockDialect,
            key: String?,
            model: String? = nil,
            stream: Bool = false,
            body: String? = nil
        ) async throws -> RawResponse {
            let model = model ?? "\(Common.provider(dialect))/\(Common.name("m"))"
            let body = body ?? Gateway.body(dialect, model: model, stream: stream)
            return try await Common.get().gateway.send(Gateway.chat(dialect, key: key, body: body))
        }

        // MARK: Keys

        @Test("without a key is a 401", arguments: MockDialect.allCases)
        func noKey(dialect: MockDialect) async throws {
            let response = try await post(dialect, key: nil)
            Self.check(response, dialect, status: 401, type: "authentication_error")
        }

        @Test(
            "with a key that is none is a 401",
            arguments: MockDialect.allCases,
            [
                GatewaySetup.secret("nobody"), "kr_short", "sk-foreign", "' OR 1=1 --",
                "kr_" + String(repeating: "x", count: 5000),
            ]
        )
        func badKey(dialect: MockDialect, key: String) async throws {
            Self.check(try await post(dialect, key: key), dialect, status: 401, type: "authentication_error")
        }

        @Test("with a revoked key is a 401", arguments: MockDialect.allCases)
        func revoked(dialect: MockDialect) async throws {
            let common = try await Common.get()
            let key = try await common.key()
            #expect(try await post(dialect, key: key.secret).status == 200)
            let id = try await common.gateway.key(key.name).id
            _ = try await common.gateway.meter(AdminMethods.meterV1.keys.delete, DeleteRequest(id: id))
            Self.check(try await post(dialect, key: key.secret), dialect, status: 401, type: "authentication_error")
        }

        // MARK: Models

        @Test("for an unknown model is a 404", arguments: MockDialect.allCases)
        func unknownModel(dialect: MockDialect) async throws {
            let key = try await Common.get().key()
            for model in ["nothing", "nowhere/model", "chain:nothing"] {
                Self.check(try await post(dialect, key: key.secret, model: model), dialect, status: 404)
            }
        }

        @Test("for an unknown model tells nothing to a stranger", arguments: MockDialect.allCases)
        func unknownModelStranger(dialect: MockDialect) async throws {
            let response = try await post(dialect, key: GatewaySetup.secret("stranger"), model: "codin")
            Self.check(response, dialect, status: 401)
            #expect(!response.text.contains("coding"))
        }

        @Test("for a model that the plan does not allow is a 403", arguments: MockDialect.allCases)
        func notAllowed(dialect: MockDialect) async throws {
            let key = try await Common.get().key(plan: "picky")
            let refused = try await post(dialect, key: key.secret)
            Self.check(refused, dialect, status: 403, type: "permission_error")
            let model = "\(Common.provider(dialect))/allowed-1"
            #expect(try await post(dialect, key: key.secret, model: model).status == 200)
        }

        // MARK: Limits

        @Test("without money left is a 402", arguments: MockDialect.allCases)
        func budget(dialect: MockDialect) async throws {
            let key = try await Common.get().key(plan: "broke")
            let type = dialect == .openAI ? "insufficient_quota" : "billing_error"
            Self.check(try await post(dialect, key: key.secret), dialect, status: 402, type: type)
        }

        @Test("past the requests of a minute is a 429 that says when to come back", arguments: MockDialect.allCases)
        func rpm(dialect: MockDialect) async throws {
            let key = try await Common.get().key(plan: "slow")
            #expect(try await post(dialect, key: key.secret).status == 200)
            let refused = try await post(dialect, key: key.secret)
            Self.check(refused, dialect, status: 429, type: "rate_limit_error")
            let seconds = try #require(refused.header("retry-after").flatMap { Int($0) })
            #expect((1...61).contains(seconds))
        }

        @Test("past the requests at once is a 429", arguments: MockDialect.allCases)
        func concurrency(dialect: MockDialect) async throws {
            let common = try await Common.get()
            let key = try await common.key(plan: "narrow")
            let gate = Gate()
            let model = Common.name("m")
            common.mock.answer(.model(model)) { MockReply.answer(to: $0).after(.hold(gate)) }
            let target = "\(Common.provider(dialect))/\(model)"
            let first = Gateway.chat(dialect, key: key.secret, body: Gateway.body(dialect, model: target))
            let held = try await common.gateway.open(first)
            try await Poll.until("the first request") { !common.mock.chats(model: model).isEmpty }
            let refused = try await post(dialect, key: key.secret)
            Self.check(refused, dialect, status: 429, type: "rate_limit_error")
            #expect(refused.header("retry-after") != nil)
            gate.open()
            #expect(try await held.end().status == 200)
            try await common.gateway.waitUntilIdle(key: key.name)
            #expect(try await post(dialect, key: key.secret).status == 200)
        }

        // MARK: Bodies

        @Test("for a body over the limit is a 413", arguments: MockDialect.allCases)
        func tooLarge(dialect: MockDialect) async throws {
            let key = try await Common.get().key()
            let extra = #","padding":""# + String(repeating: "x", count: 70 << 10) + "\""
            let body = Gateway.body(dialect, model: "acme/m", extra: extra)
            let response = try await post(dialect, key: key.secret, body: body)
            Self.check(response, dialect, status: 413)
        }

        @Test("for a body that is no request is a 400 that names the place", arguments: MockDialect.allCases)
        func malformed(dialect: MockDialect) async throws {
            let key = try await Common.get().key()
            for body in [
                "", "{", "[]", "{\"model\":\"a\",}", "{\"messages\":[]}", "{\"model\":\"acme/m\",\"messages\":7}",
            ] {
                let response = try await post(dialect, key: key.secret, body: body)
                Self.check(response, dialect, status: 400, type: "invalid_request_error")
            }
            let missing = try await post(
                dialect,
                key: key.secret,
                body: #"{"messages":[{"role":"user","content":"x"}]}"#
            )
            #expect(missing.text.contains("model"))
        }

        // MARK: Providers

        @Test(
            "of a provider reaches the client in its own dialect",
            arguments: MockDialect.allCases,
            ProviderFailure.all
        )
        func provider(dialect: MockDialect, failure: ProviderFailure) async throws {
            let common = try await Common.get()
            let key = try await common.key()
            let model = "\(failure.provider(dialect))/m"
            let response = try await post(dialect, key: key.secret, model: model)
            if failure.passes {
                #expect(response.status == failure.status(dialect))
                let exchange = try #require(
                    common.mock.exchanges.last { $0.request.credential == "sk-\(failure.provider(dialect))" }
                )
                #expect(response.body == exchange.sentBody)
            } else {
                Self.check(response, dialect, status: failure.status(dialect))
            }
            if let expected = failure.retryAfter { #expect(response.header("retry-after") == expected) }
            #expect(!response.text.contains("sk-"))
            let row = try await common.gateway.row(try #require(response.requestID))
            #expect(row.outcome == (failure.passes ? .clientError : .providerError))
            #expect((row.costNanoUSD ?? 0) == 0)
            try await common.gateway.waitUntilIdle(key: key.name)
        }

        @Test("before the first byte of a stream has a status of its own", arguments: MockDialect.allCases)
        func streamed(dialect: MockDialect) async throws {
            let key = try await Common.get().key()
            let response = try await post(dialect, key: key.secret, model: "bad-\(dialect)/m", stream: true)
            #expect(response.status == 400)
            #expect(response.json?["error"]?["message"]?.string == MockFault.badRequest.message)
        }
    }
}
