import Dialects
import JSON
import TestSupport
import Testing

@testable import RouterServer

/// A conversation of an agent with tools, of random turns, in any client's dialect.
private struct RandomConversation {
    let dialect: Dialect
    /// What tools answered, as the model was told.
    private(set) var results: [String] = []
    private var random: SeededGenerator
    private var items: [String] = []
    private var calls = 0

    init(_ dialect: Dialect, seed: UInt64) {
        self.dialect = dialect
        random = SeededGenerator(seed: seed)
        say("fix the build")
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            step(count: Int.random(in: 1...4, using: &random))
            if Bool.random(using: &random) { say("go on, \(Self.text("please ", 60))") }
        }
    }

    private static func text(_ word: String, _ count: Int) -> String { String(repeating: word, count: count) }

    private mutating func say(_ text: String) {
        switch dialect {
        case .gemini: items.append(#"{"role":"user","parts":[{"text":"\#(text)"}]}"#)
        case .anthropicMessages: items.append(#"{"role":"user","content":[{"type":"text","text":"\#(text)"}]}"#)
        default: items.append(#"{"role":"user","content":"\#(text)"}"#)
        }
    }

    /// Calls at once, and their results in another order.
    private mutating func step(count: Int) {
        let numbers = (0..<count).map { calls + $0 }
        calls += count
        let told = numbers.shuffled(using: &random).map { number in
            let isShort = Int.random(in: 0..<4, using: &random) == 0
            let text = "result \(number) " + Self.text("ünï \(number) ", isShort ? 1 : 90)
            results.append(text)
            return (number, text, Int.random(in: 0..<5, using: &random) == 0)
        }
        switch dialect {
        case .openAIChat, .ollama:
            let calls = numbers.map { number in
                let arguments =
                    dialect == .ollama ? #"{"command":"make \#(number)"}"# : #""{\"command\":\"make \#(number)\"}""#
                return #"{"id":"c\#(number)","type":"function","function":{"name":"Bash","arguments":\#(arguments)}}"#
            }
            items.append(#"{"role":"assistant","content":"","tool_calls":[\#(calls.joined(separator: ","))]}"#)
            items += told.map { #"{"role":"tool","tool_call_id":"c\#($0.0)","content":"\#($0.1)"}"# }
        case .anthropicMessages:
            let calls = numbers.map {
                #"{"type":"tool_use","id":"c\#($0)","name":"Bash","input":{"command":"make \#($0)"}}"#
            }
            let answers = told.map { number, text, isError in
                #"{"type":"tool_result","tool_use_id":"c\#(number)","is_error":\#(isError),"content":[{"type":"text","text":"\#(text)"}]}"#
            }
            items.append(#"{"role":"assistant","content":[\#(calls.joined(separator: ","))]}"#)
            items.append(#"{"role":"user","content":[\#(answers.joined(separator: ","))]}"#)
        case .openAIResponses:
            items += numbers.map {
                #"{"type":"function_call","call_id":"c\#($0)","name":"Bash","arguments":"{\"command\":\"make \#($0)\"}"}"#
            }
            items += told.map { #"{"type":"function_call_output","call_id":"c\#($0.0)","output":"\#($0.1)"}"# }
        case .gemini:
            let calls = numbers.map {
                #"{"functionCall":{"id":"c\#($0)","name":"Bash","args":{"command":"make \#($0)"}}}"#
            }
            let answers = told.map {
                #"{"functionResponse":{"id":"c\#($0.0)","name":"Bash","response":{"output":"\#($0.1)"}}}"#
            }
            items.append(#"{"role":"model","parts":[\#(calls.joined(separator: ","))]}"#)
            items.append(#"{"role":"user","parts":[\#(answers.joined(separator: ","))]}"#)
        case .cohere, .bedrock: break
        }
    }

    var json: String {
        let list = items.joined(separator: ",")
        switch dialect {
        case .gemini: return #"{"contents":[\#(list)]}"#
        case .openAIResponses: return #"{"model":"m","input":[\#(list)]}"#
        case .anthropicMessages: return #"{"model":"m","max_tokens":9,"messages":[\#(list)]}"#
        default: return #"{"model":"m","messages":[\#(list)]}"#
        }
    }
}

@Suite("Random conversations and the saver")
struct RandomConversationTests {
    /// Where two documents differ, and the texts that stand there; `nil` where they differ in more than texts.
    private static func changes(_ before: JSONCursor, _ after: JSONCursor) -> [(String, String)]? {
        guard before.kind == after.kind, before.count == after.count else { return nil }
        switch before.kind {
        case .object:
            var all: [(String, String)] = []
            for (old, new) in zip(before.members, after.members) {
                guard old.name.string == new.name.string, let inner = changes(old.value, new.value) else { return nil }
                all += inner
            }
            return all
        case .array:
            var all: [(String, String)] = []
            for (old, new) in zip(before.elements, after.elements) {
                guard let inner = changes(old, new) else { return nil }
                all += inner
            }
            return all
        case .string:
            let (old, new) = (before.string ?? "", after.string ?? "")
            return old == new ? [] : [(old, new)]
        case .number, .boolean, .null: return before.raw.elementsEqual(after.raw) ? [] : nil
        }
    }

    @Test(
        "nothing but the texts of results changes: calls, ids, their order and everything else are as they were sent",
        arguments: Dialect.clients
    )
    func pairing(dialect: Dialect) async throws {
        try await PreparationBench.run(.none, settings: .on("e1")) { bench in
            var replaced = 0
            for seed in 0..<25 {
                let conversation = RandomConversation(dialect, seed: UInt64(seed))
                let sent = try await bench.send(conversation.json, dialect, conversation: UInt64(seed + 1))
                let before = try JSONDocument(Array(conversation.json.utf8)).root
                let changes = try #require(
                    Self.changes(before, try JSONDocument(Array(sent.utf8)).root),
                    "seed \(seed)"
                )
                for (old, new) in changes {
                    #expect(conversation.results.contains(old) && new == ScriptedSaver.small(old, "e1"), "seed \(seed)")
                }
                replaced += changes.count
                // The same conversation, the same bytes.
                #expect(try await bench.send(conversation.json, dialect, conversation: UInt64(seed + 1)) == sent)
            }
            #expect(replaced >= 50, "\(replaced)")
        }
    }
}
