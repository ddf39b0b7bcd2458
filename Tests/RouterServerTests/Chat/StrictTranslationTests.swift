import Contracts
import JSON
import TestSupport
import Testing

/// Keys that demand that nothing of a request is lost on its way into another dialect.
@Suite("Strict translation")
struct StrictTranslationTests {
    /// Anthropic has no word for a seed.
    private static func body(_ model: String, stream: Bool = false) -> String {
        #"{"model":"\#(model)","stream":\#(stream),"seed":7,"messages":[{"role":"user","content":"x"}]}"#
    }

    private static func strict(_ request: AdmitRequest) -> AdmitReply {
        var reply = AdmitReply.granted(request)
        reply.features.strictLossless = true
        return reply
    }

    @Test("a route that would lose something is a 400 that names it, and nothing is sent", arguments: [false, true])
    func refused(stream: Bool) async throws {
        try await RunningRouter.run { router in
            router.meter.decide { Self.strict($0) }
            let response = try await router.send(router.chat(.openAI, Self.body("claudish/large", stream: stream)))
            #expect(response.status == 400)
            let error = try #require(response.json?["error"])
            #expect(error["code"]?.string == "lossy_route" && error["param"]?.string == "seed")
            #expect(error["message"]?.string?.hasSuffix("would lose seed") == true)
            #expect(router.provider.chats.isEmpty)
            let record = try await router.record(response)
            #expect(record.outcome == .clientError && record.attempts.isEmpty)
        }
    }

    @Test("the next target that loses nothing is tried first", arguments: [false, true])
    func nextTarget(stream: Bool) async throws {
        try await RunningRouter.run { router in
            router.meter.decide { Self.strict($0) }
            let response = try await router.send(router.chat(.openAI, Self.body("mixed", stream: stream)))
            #expect(response.status == 200)
            #expect(response.header("x-keirouter-provider") == "mock")
            #expect(response.header("x-keirouter-lossy") == nil)
            #expect(response.header("x-keirouter-attempts") == "1")
            #expect(router.provider.chats.count == 1)
        }
    }

    @Test("what loses nothing is translated, and other keys hear what was lost")
    func others() async throws {
        try await RunningRouter.run { router in
            let lossy = try await router.send(router.chat(.openAI, Self.body("claudish/large")))
            #expect(lossy.status == 200 && lossy.header("x-keirouter-lossy") == "seed")
            router.meter.decide { Self.strict($0) }
            let plain = #"{"model":"claudish/large","messages":[{"role":"user","content":"x"}]}"#
            let whole = try await router.send(router.chat(.openAI, plain))
            #expect(whole.status == 200 && whole.header("x-keirouter-lossy") == nil)
        }
    }

    @Test("a client of Anthropic's dialect reads the refusal in it")
    func anthropic() async throws {
        try await RunningRouter.run { router in
            router.meter.decide { Self.strict($0) }
            let body =
                #"{"model":"mock/small","max_tokens":9,"top_k":5,"messages":[{"role":"user","content":"x"}]}"#
            let response = try await router.send(router.chat(.anthropic, body))
            #expect(response.status == 400)
            #expect(response.json?["type"]?.string == "error")
            #expect(response.json?["error"]?["type"]?.string == "invalid_request_error")
            #expect(response.json?["error"]?["message"]?.string?.contains("top_k") == true)
        }
    }
}
