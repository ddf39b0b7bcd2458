import JSON
import SaverCore
import Testing

/// What is believed of Headroom's answers; the pairs are recordings of headroom-ai 0.42.0, long texts shortened.
@Suite("Headroom's answers")
struct HeadroomAnswerTests {
    private struct Pair {
        var status: Int
        var messages: [UInt8]
        var answer: [UInt8]
    }

    private static func pair(_ name: String) throws -> Pair {
        let pairs = try JSONDocument(try Fixture.bytes("headroom/wire.json")).root
        let pair = try #require(pairs.elements.first { $0["name"]?.equals(name) == true })
        return Pair(
            status: try #require(pair["response"]?["status"]?.integer),
            messages: Array(pair["request"]?["body"]?["messages"]?.raw ?? []),
            answer: Array(try #require(pair["response"]?["body"]).raw)
        )
    }

    @Test(
        "a result comes back smaller, and a table without the quotes around it",
        arguments: [
            ("openai tool json default", 2628, "[120]{id:int,latency_ms:int,"), ("session", 2628, "[120]{id:int,"),
            ("log via Bash", 7608, "2026-01-02T03:02:48Z INFO"), ("varied json default", 4143, "[200]{body:string,"),
        ]
    )
    func smaller(_ name: String, _ saved: Int, _ start: String) throws {
        let pair = try Self.pair(name)
        let answer = try HeadroomAnswer(pair.answer)
        #expect(answer.claimedSaved == saved)
        let results = try answer.results(of: pair.messages, frozen: 0)
        #expect(results.map(\.id) == ["call_1"])
        #expect(results.first?.text.hasPrefix(start) == true)
        #expect(try answer.results(of: pair.messages, frozen: 3).isEmpty, "what is frozen is not taken")
    }

    @Test(
        "nothing is taken where nothing was done, nor of what a user wrote",
        arguments: [
            "minimal", "empty messages", "bypass header", "frozen 3", "log via Read", "user long default",
            "user long, compress_user_messages", "anthropic blocks", "unknown role/fields kept",
        ]
    )
    func nothing(_ name: String) throws {
        let pair = try Self.pair(name)
        #expect(try HeadroomAnswer(pair.answer).results(of: pair.messages, frozen: 0).isEmpty)
    }

    @Test("what a user wrote is taken where it may be, unless it was sent before")
    func userMessages() throws {
        let pair = try Self.pair("user long, compress_user_messages")
        let answer = try HeadroomAnswer(pair.answer)
        let result = try #require(try answer.results(of: pair.messages, frozen: 0, userMessages: true).first)
        #expect(result.id == nil && result.text.hasPrefix("2026-01-02T03:02:48Z INFO"))
        #expect(
            result.text.contains("ERROR worker-3 FAILED batch 171")
                && result.text.hasSuffix("[293 lines omitted: 293 INFO]")
        )
        #expect(result.original == (try JSONDocument(pair.messages).root[0]?["content"]?.string))
        #expect(try answer.results(of: pair.messages, frozen: 1, userMessages: true).isEmpty)
        let results = try Self.pair("log via Bash")
        let both = try HeadroomAnswer(results.answer).results(of: results.messages, frozen: 0, userMessages: true)
        #expect(both.map(\.id) == ["call_1"], "the question is as it was")
    }

    @Test("a user's parts stay, and a text that became something else is a fault")
    func userParts() throws {
        let sent = #"[{"role":"user","content":"long"},{"role":"user","content":[{"type":"text","text":"long"}]}]"#
        let parts = sent.replacing(#""text":"long""#, with: #""text":"short""#)
        let answer = try HeadroomAnswer(Array(#"{"messages":\#(parts),"tokens_saved":5}"#.utf8))
        #expect(try answer.results(of: Array(sent.utf8), frozen: 0, userMessages: true).isEmpty)
        let list = sent.replacing(#""content":"long""#, with: #""content":["short"]"#)
        let other = try HeadroomAnswer(Array(#"{"messages":\#(list),"tokens_saved":5}"#.utf8))
        #expect(throws: HeadroomFault.changedMore) {
            _ = try other.results(of: Array(sent.utf8), frozen: 0, userMessages: true)
        }
    }

    @Test("words of users and a session are never asked for together: the server refuses that, as recorded")
    func sessionless() throws {
        let refused = try Self.pair("session+user")
        #expect(refused.status == 400 && String(decoding: refused.answer, as: UTF8.self).contains("session_id"))
        let request = HeadroomRequest(
            model: "gpt-4o",
            messages: Array(Self.sent.utf8),
            frozen: 1,
            session: "00ff",
            userMessages: true
        )
        let config = try #require(try JSONDocument(request.body).root["config"])
        #expect(config["compress_user_messages"]?.boolean == true && config["session_id"] == nil)
        #expect(config["frozen_message_count"]?.integer == 1)
    }

    @Test(
        "an error is no answer",
        arguments: ["missing messages", "missing model", "bad json", "bad mode", "bad frozen", "GET compress"]
    )
    func errors(_ name: String) throws {
        let pair = try Self.pair(name)
        #expect(pair.status >= 400)
        #expect(throws: HeadroomFault.malformed) { _ = try HeadroomAnswer(pair.answer) }
    }

    @Test("a pointer to another message is not taken: the model does not see the list that it counts in")
    func pointer() throws {
        let pair = try Self.pair("two identical tool results (dedup)")
        let answer = try HeadroomAnswer(pair.answer)
        #expect(throws: HeadroomFault.notWhole) { _ = try answer.results(of: pair.messages, frozen: 0) }
    }

    @Test("what was skipped, and what only Headroom's store has whole")
    func skipped() {
        let skipped =
            #"{"messages":[],"tokens_saved":0,"compression_skipped":true,"skip_reason":"compression_timeout"}"#
        #expect(throws: HeadroomFault.skipped) { _ = try HeadroomAnswer(Array(skipped.utf8)) }
        let stored = #"{"messages":[],"tokens_saved":9,"ccr_hashes":["3f9a"]}"#
        #expect(throws: HeadroomFault.notWhole) { _ = try HeadroomAnswer(Array(stored.utf8)) }
        for text in [
            "", "[]", "{}", #"{"messages":{},"tokens_saved":1}"#, #"{"messages":[],"stats":{"tokens_saved":1}}"#,
        ] {
            #expect(throws: HeadroomFault.malformed) { _ = try HeadroomAnswer(Array(text.utf8)) }
        }
    }

    private static let sent = """
        [{"role":"system","content":"be brief"},{"role":"user","content":"which?"},{"role":"assistant","content":null,\
        "tool_calls":[{"id":"7","type":"function","function":{"name":"sh","arguments":"{}"}}]},\
        {"role":"tool","tool_call_id":"7","content":"long"}]
        """

    @Test(
        "an answer that changed anything else is thrown away",
        arguments: [
            (#"{"role":"system","content":"be brief"},"#, ""),
            (
                #"{"role":"system","content":"be brief"},"#,
                #"{"role":"user","content":"a"},{"role":"user","content":"b"},"#
            ),
            ("be brief", "be long"), (#""id":"7""#, #""id":"8""#), (#""tool_call_id":"7""#, #""tool_call_id":"8""#),
            (#""name":"sh""#, #""name":"rm""#), (#""arguments":"{}""#, #""arguments":"{\"a\":1}""#),
            (#""role":"system""#, #""role":"developer""#), (#""content":null"#, #""content":"done""#),
            (#""content":"long""#, #""content":["short"]"#), (#""content":"long""#, #""content":"short","x":1"#),
        ]
    )
    func changedMore(_ part: String, _ other: String) throws {
        let changed = Self.sent.replacing(part, with: other)
        #expect(changed != Self.sent)
        let answer = try HeadroomAnswer(Array(#"{"messages":\#(changed),"tokens_saved":5}"#.utf8))
        #expect(throws: HeadroomFault.changedMore) {
            _ = try answer.results(of: Array(Self.sent.utf8), frozen: 0)
        }
    }

    @Test("the same in another spelling is the same")
    func spelling() throws {
        let spelled = Self.sent.replacing("brief", with: #"\u0062rief"#).replacing("\"long\"", with: "\"sh\\u006frt\"")
        let answer = try HeadroomAnswer(Array(#"{"messages": \#(spelled), "tokens_saved": 5}"#.utf8))
        let results = try answer.results(of: Array(Self.sent.utf8), frozen: 2)
        #expect(results.map(\.text) == ["short"])
    }

    @Test("the request says what must be said: no words of users, what was sent before, the conversation")
    func request() throws {
        let request = HeadroomRequest(model: "gpt-4o", messages: Array(Self.sent.utf8), frozen: 3, session: "00ff")
        let root = try JSONDocument(request.body).root
        #expect(root["model"]?.string == "gpt-4o" && root["messages"]?.count == 4)
        #expect(root["config"]?["compress_user_messages"]?.boolean == false)
        #expect(root["config"]?["frozen_message_count"]?.integer == 3)
        #expect(root["config"]?["session_id"]?.string == "00ff" && root["config"]?["mode"] == nil)
    }

    @Test("readiness tells ready, ready without a part, and not ready")
    func readiness() throws {
        let body = #"{"ready":true,"checks":{"startup":{"ready":true},"kompress":{"ready":false,"optional":true}}}"#
        let degraded = try HeadroomReadiness(status: 200, body: Array(body.utf8))
        #expect(degraded.isReady && degraded.missing == ["kompress"])
        #expect(try !HeadroomReadiness(status: 503, body: Array(body.utf8)).isReady)
        #expect(throws: HeadroomFault.refused) { _ = try HeadroomReadiness(status: 502, body: Array(body.utf8)) }
        #expect(throws: HeadroomFault.malformed) { _ = try HeadroomReadiness(status: 200, body: Array("<html>".utf8)) }
    }
}
