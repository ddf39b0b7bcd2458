import Dialects
import JSON
import TestSupport
import Testing

/// Conversations of seeded shapes, there and back: what both dialects can say is said again.
@Suite("Conversations there and back")
struct ConversationPropertyTests {
    /// Makes conversations in the form of Chat Completions.
    private struct Generator {
        var random: SeededGenerator
        private var calls = 0
        private static let texts = [
            "Hello", "Zürich — 日本 🙂", "a \\\"quoted\\\" word\\nand a line", "\\\\ back\\t slash", "{}", "null",
            "  spaced  ",
            "</think> <tool_call>", "\\u0001",
        ]
        private static let results = ["12:30", "", "{\\\"a\\\":[1,2.5,null]}", "[1,2]", "true", "line\\nline"]
        private static let arguments = [
            "{}", "{\\\"city\\\":\\\"Paris\\\"}", "{\\\"a\\\":{\\\"b\\\":[1,true,null,\\\"x\\\"]},\\\"c\\\":1.5}",
            "{\\\"text\\\":\\\"a \\\\\\\"b\\\\\\\" \\\\u00e9\\\"}",
        ]

        init(seed: UInt64) {
            random = SeededGenerator(seed: seed)
        }

        mutating func request() -> String {
            var messages: [String] = []
            if random.oneIn(2) { messages.append(#"{"role":"system","content":"\#(random.pick(Self.texts))"}"#) }
            for _ in 0..<random.number(1...6) {
                messages.append(user())
                messages += assistant()
            }
            messages.append(user())
            let tools = ["look", "ask"].map {
                #"{"type":"function","function":{"name":"\#($0)","description":"Does \#($0).","parameters":{"type":"object","properties":{"a":{"type":"string"}}}}}"#
            }
            return
                #"{"model":"m","messages":[\#(messages.joined(separator: ","))],"tools":[\#(tools.joined(separator: ","))]}"#
        }

        private mutating func user() -> String {
            guard random.oneIn(3) else { return #"{"role":"user","content":"\#(random.pick(Self.texts))"}"# }
            var parts = [#"{"type":"text","text":"\#(random.pick(Self.texts))"}"#]
            let image = #"{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}"#
            parts.insert(image, at: random.number(0...1))
            return #"{"role":"user","content":[\#(parts.joined(separator: ","))]}"#
        }

        private mutating func assistant() -> [String] {
            let text = random.pick(Self.texts.filter { !$0.hasSuffix(" ") })
            guard random.oneIn(2) else { return [#"{"role":"assistant","content":"\#(text)"}"#] }
            var list: [String] = []
            var results: [String] = []
            for _ in 0..<random.number(1...3) {
                calls += 1
                list.append(
                    #"{"id":"call_\#(calls)","type":"function","function":{"name":"\#(random.pick(["look", "ask"]))","arguments":"\#(random.pick(Self.arguments))"}}"#
                )
                results.append(
                    #"{"role":"tool","tool_call_id":"call_\#(calls)","content":"\#(random.pick(Self.results))"}"#
                )
            }
            // Results may come in any order.
            results.shuffle(using: &random)
            let content = random.oneIn(2) ? "null" : "\"\(text)\""
            return [#"{"role":"assistant","content":\#(content),"tool_calls":[\#(list.joined(separator: ","))]}"#]
                + results
        }
    }

    @Test("a hundred conversations", arguments: Dialect.clients.filter { $0 != .openAIChat })
    func conversations(by dialect: Dialect) throws {
        for seed in 1...100 {
            var generator = Generator(seed: UInt64(seed))
            let request = try RequestFile(.openAIChat, bytes: Array(generator.request().utf8))
            let there = try request.translated(dialect)
            let asked = grammar(dialect).request(try WireValue(there.body))
            #expect(asked.problems == [], "seed \(seed) in \(dialect.rawValue)")
            let back = try RequestFile(dialect, bytes: there.body).translated(.openAIChat)
            let again = grammar(.openAIChat).request(try WireValue(back.body))
            #expect(again.problems == [], "seed \(seed) by \(dialect.rawValue)")
            let first = grammar(.openAIChat).request(try WireValue(request.document.bytes))
            // Pairing orders results, and pictures may stand behind them: what the user says is compared as a whole.
            #expect(first.turns.sorted() == again.turns.sorted(), "seed \(seed) by \(dialect.rawValue)")
            let answers = { (turns: [String]) in turns.filter { $0.hasPrefix("assistant") } }
            #expect(answers(first.turns) == answers(again.turns), "seed \(seed) by \(dialect.rawValue)")
            #expect(first.instructions == again.instructions, "seed \(seed) by \(dialect.rawValue)")
            #expect(first.tools == again.tools, "seed \(seed) by \(dialect.rawValue)")
        }
    }
}
