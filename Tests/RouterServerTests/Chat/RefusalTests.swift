import Contracts
import Foundation
import JSON
import Secrets
import TestSupport
import Testing

@Suite("Refusals in the client's dialect")
struct RefusalTests {
    private static func type(_ response: RawResponse) -> String? { response.json?["error"]?["type"]?.string }

    @Test("a missing, malformed or unknown key is 401 before anything is reserved")
    func keys() async throws {
        try await RunningRouter.run { router in
            router.meter.decide { _ in .denied(.unknownKey, "this API key is not known here") }
            let body = Sample.body(.openAI, model: "mock/small", stream: false)
            for key in ["", "kr_short", "sk-somebody-elses-key-0123456789abcdef", APIKey.generate().secret] {
                let response = try await router.send(router.chat(.openAI, body, key: key))
                #expect(response.status == 401 && Self.type(response) == "authentication_error", "\(key)")
                let other = try await router.send(router.chat(.anthropic, body, key: key))
                #expect(other.status == 401 && other.json?["type"]?.string == "error")
                #expect(other.json?["request_id"]?.string == other.header("request-id"))
            }
            #expect(router.provider.count == 0)
        }
    }

    @Test("each request of a connection is admitted by the key that it sends itself")
    func keysOfOneConnection() async throws {
        try await RunningRouter.run { router in
            let other = APIKey.generate().secret
            let body = Sample.body(.openAI, model: "mock/small", stream: false)
            let exchange = try await RawHTTP.open(router.chat(.openAI, body), port: router.port)
            let keys = [router.key, router.key, other, "kr_short", router.key]
            for (place, key) in keys.enumerated() {
                if place > 0 { exchange.send(router.chat(.openAI, body, key: key)) }
                try await Poll.until("answer \(place + 1)") { Self.statuses(exchange.raw).count == place + 1 }
            }
            #expect(Self.statuses(exchange.raw) == ["200", "200", "200", "401", "200"])
            let digests = [router.key, router.key, other, router.key].map(APIKey.digestHex)
            #expect(router.meter.admitted.map(\.keySHA256) == digests)
            await exchange.close()
        }
    }

    /// The statuses of all answers on a connection.
    private static func statuses(_ raw: [UInt8]) -> [String] {
        let parts = String(decoding: raw, as: UTF8.self).components(separatedBy: "HTTP/1.1 ")
        return parts.dropFirst().map { String($0.prefix(3)) }
    }

    @Test(
        "a denial has the status, the type and the words that the libraries know",
        arguments: [
            (Denial.Reason.budgetExhausted, 402, "insufficient_quota", "billing_error"),
            (.rpm, 429, "rate_limit_error", "rate_limit_error"), (.tpm, 429, "rate_limit_error", "rate_limit_error"),
            (.concurrency, 429, "rate_limit_error", "rate_limit_error"),
            (.modelNotAllowed, 403, "permission_error", "permission_error"),
            (.unpriced, 403, "permission_error", "permission_error"),
            (.revoked, 401, "authentication_error", "authentication_error"),
        ]
    )
    func denials(reason: Denial.Reason, status: Int, openAI: String, anthropic: String) async throws {
        try await RunningRouter.run { router in
            router.meter.decide { _ in .denied(reason, "not now", retryAfterMS: 4200) }
            for (dialect, type) in [(MockDialect.openAI, openAI), (.anthropic, anthropic)] {
                let model = dialect == .openAI ? "mock/small" : "claudish/small"
                let body = Sample.body(dialect, model: model, stream: true)
                let response = try await router.send(router.chat(dialect, body))
                #expect(response.status == status && Self.type(response) == type)
                #expect(response.header("retry-after") == (status == 429 ? "5" : nil))
                #expect(response.json?["error"]?["message"]?.string == "not now")
            }
            #expect(router.provider.count == 0 && router.meter.settled.isEmpty)
        }
    }

    @Test(
        "a body that is no request says where",
        arguments: [
            (#"{"model":"mock/small","messages":[}"#, "JSON"), ("", "JSON"), ("[]", "object"),
            (#"{"messages":[{"role":"user","content":"x"}]}"#, "model"),
            (#"{"model":"mock/small"}"#, "messages"), (#"{"model":"mock/small","messages":[]}"#, "messages"),
            (#"{"model":"mock/small","model":"mock/large","messages":[{}]}"#, "JSON"),
            (#"{"model":"mock/small","messages":[{"role":"user","content":"a","content":"b"}]}"#, "JSON"),
            (#"{"model":"mock/small","messages":[{}],"stream":"yes"}"#, "stream"),
        ]
    )
    func malformed(body: String, word: String) async throws {
        try await RunningRouter.run { router in
            let response = try await router.send(router.chat(.openAI, body))
            #expect(response.status == 400 && Self.type(response) == "invalid_request_error")
            let message = try #require(response.json?["error"]?["message"]?.string)
            #expect(message.contains(word), "\(message)")
            #expect(router.meter.admitted.isEmpty)
        }
    }

    @Test("an unknown model is 404 with a hint for those whose key is good, and 401 for others")
    func unknownModel() async throws {
        try await RunningRouter.run { router in
            let body = Sample.body(.openAI, model: "quic", stream: false)
            let response = try await router.send(router.chat(.openAI, body))
            #expect(response.status == 404)
            #expect(response.json?["error"]?["code"]?.string == "model_not_found")
            #expect(response.text.contains("did you mean"))
            router.meter.decide { _ in .denied(.unknownKey, "this API key is not known here") }
            let stranger = try await router.send(router.chat(.openAI, body))
            #expect(stranger.status == 401 && !stranger.text.contains("quick"))
        }
    }

    @Test("a body over the limit is 413, declared or not, and the next request on a new connection works")
    func tooLarge() async throws {
        try await RunningRouter.run("server: { max_body: 4KiB }") { router in
            let filler = String(repeating: "x", count: 8_000)
            let body = Sample.body(.anthropic, model: "claudish/small", stream: false, extra: #","a":"\#(filler)""#)
            let response = try await router.send(router.chat(.anthropic, body))
            #expect(response.status == 413 && Self.type(response) == "request_too_large")
            let small = Sample.body(.anthropic, model: "claudish/small", stream: false)
            #expect(try await router.send(router.chat(.anthropic, small)).status == 200)
        }
    }

    @Test("a stranger's large body is refused before it is sent, a known key's is read", arguments: [true, false])
    func strangersBody(chunked: Bool) async throws {
        try await RunningRouter.run { router in
            let filler = String(repeating: "x", count: 100_000)
            let body = Sample.body(.openAI, model: "mock/small", stream: false, extra: #","a":"\#(filler)""#)
            let known = try await router.send(router.chat(.openAI, body))
            #expect(known.status == 200)
            router.meter.identify { _ in
                IdentifyReply(denial: Denial(reason: .unknownKey, message: "this API key is not known here"))
            }
            let framing = chunked ? "transfer-encoding: chunked" : "content-length: 30000000"
            let stranger = try await RawExchange.connect(port: router.port)
            let head =
                "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n\(framing)\r\n"
                + "authorization: Bearer kr_a-key-of-somebody-0123456789abcdef\r\n\r\n"
            stranger.send(Array(head.utf8))
            #expect(try await stranger.head().status == 401)
            await stranger.close()
        }
    }

    @Test("more requests at once than allowed are told 503 and when to come back")
    func overload() async throws {
        try await RunningRouter.run("server: { max_concurrent_requests: 1 }") { router in
            let gate = Gate()
            router.provider.answer(times: 1) { MockReply.answer(to: $0).after(.hold(gate)) }
            let body = Sample.body(.openAI, model: "mock/small", stream: false)
            let first = try await RawHTTP.open(router.chat(.openAI, body), port: router.port)
            try await Poll.until("the first request runs") { router.provider.chats.count == 1 }
            let refused = try await router.send(router.chat(.openAI, body))
            #expect(refused.status == 503 && refused.header("retry-after") == "1")
            gate.open()
            #expect(try await first.end().status == 200)
            #expect(try await router.send(router.chat(.openAI, body)).status == 200)
        }
    }
}
