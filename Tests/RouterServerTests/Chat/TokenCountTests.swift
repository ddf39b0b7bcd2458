import JSON
import TestSupport
import Testing

@Suite("Counting without sending")
struct TokenCountTests {
    private func count(_ router: RunningRouter, _ body: String, key: String? = nil) async throws -> RawResponse {
        var request = router.chat(.anthropic, body, key: key)
        request.target = "/v1/messages/count_tokens"
        return try await router.send(request)
    }

    @Test("Anthropic's count_tokens answers an estimate, says so, and reaches no provider")
    func messages() async throws {
        try await RunningRouter.run { router in
            let message = #"{"role":"user","content":"12345678"}"#
            let body = #"{"model":"claudish/large","system":"12345678","messages":[\#(message)]}"#
            let response = try await count(router, body)
            #expect(response.status == 200 && response.header("x-keirouter-count") == "estimate")
            #expect(try JSONDocument(response.body).root["input_tokens"]?.integer == 4)
            #expect(router.provider.count == 0 && router.meter.settled.isEmpty)
        }
    }

    @Test("what is wrong is told in the dialect")
    func refusals() async throws {
        try await RunningRouter.run { router in
            let messages = #""messages":[{"role":"user","content":"Hello"}]"#
            let unknown = try await count(router, #"{"model":"nowhere/x",\#(messages)}"#)
            #expect(unknown.status == 404 && unknown.text.contains("not_found_error"))
            let incomplete = try await count(router, #"{"model":"claudish/large"}"#)
            #expect(incomplete.status == 400 && incomplete.text.contains("invalid_request_error"))
            let stranger = try await count(router, #"{"model":"claudish/large",\#(messages)}"#, key: "kr_nothing")
            #expect(stranger.status == 401 && stranger.text.contains("authentication_error"))
        }
    }
}
