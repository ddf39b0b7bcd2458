import Contracts
import Dialects
import JSON
import RouterCore
import TestSupport
import Testing

@testable import RouterServer

/// A coding agent that sends its whole history each turn, with breakpoints where such agents put them.
struct SampleAgent {
    let dialect: Dialect
    var messages: [(json: String, isUser: Bool)] = []
    private var turns = 0

    init(_ dialect: Dialect) {
        self.dialect = dialect
        messages.append((#"{"role":"user","content":"fix the build"}"#, true))
    }

    static func output(_ turn: Int, _ name: String = "out") -> String {
        "\(name) \(turn) " + String(repeating: "lorem ipsum \(turn) ", count: 40)
    }

    /// The model calls a tool and the tool answers.
    mutating func step(_ output: String? = nil) {
        let text = output ?? Self.output(turns)
        if dialect == .openAIChat {
            messages.append(
                (
                    #"{"role":"assistant","content":null,"tool_calls":[{"id":"c\#(turns)","type":"function","function":{"name":"Bash","arguments":"{\"command\":\"make \#(turns)\"}"}}]}"#,
                    false
                )
            )
            messages.append((#"{"role":"tool","tool_call_id":"c\#(turns)","content":"\#(text)"}"#, true))
        } else {
            messages.append(
                (
                    #"{"role":"assistant","content":[{"type":"tool_use","id":"c\#(turns)","name":"Bash","input":{"command":"make \#(turns)"}}]}"#,
                    false
                )
            )
            messages.append(
                (
                    #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"c\#(turns)","content":"\#(text)"MARK}]}"#,
                    true
                )
            )
        }
        turns += 1
    }

    /// The request, with a mark on the last two user turns.
    var json: String {
        let marked = messages.indices.filter { messages[$0].isUser }.suffix(2)
        let list = messages.indices.map { index in
            let mark = marked.contains(index) ? #","cache_control":{"type":"ephemeral"}"# : ""
            return messages[index].json.replacing("MARK", with: mark)
        }.joined(separator: ",")
        let system =
            dialect == .openAIChat
            ? "" : #""max_tokens":900,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],"#
        return #"{"model":"m",\#(system)"messages":[\#(list)]}"#
    }
}

@Suite("Requests and the saver")
struct SavingTests {
    /// What the provider caches: the messages without the marks, which move from turn to turn.
    private static func prefix(_ sent: String) -> String {
        String(sent.replacing(#","cache_control":{"type":"ephemeral"}"#, with: "").dropLast(2))
    }

    @Test(
        "over fifty turns only what is new is asked about, and every turn begins with the bytes of the one before",
        arguments: [Dialect.openAIChat, .anthropicMessages]
    )
    func session(dialect: Dialect) async throws {
        try await PreparationBench.run(.everything, settings: .on("e1")) { bench in
            var agent = SampleAgent(dialect)
            var before = ""
            for turn in 0..<50 {
                if turn == 25 { try await bench.restart() }
                bench.saver.forget()
                bench.guardService.forget()
                let sent = try await bench.send(agent.json, dialect)
                #expect(Self.prefix(sent).hasPrefix(before))
                before = Self.prefix(sent)
                if turn > 0, turn != 25 {
                    #expect(bench.saver.texts == [SampleAgent.output(turn - 1)])
                    #expect(bench.saver.asked.first?.segments.first?.command == "make \(turn - 1)")
                    #expect(bench.saver.asked.first?.segments.first?.toolName == "Bash")
                    #expect(bench.guardService.texts.count == (dialect == .openAIChat ? 2 : 2))
                }
                if turn == 25 { #expect(bench.saver.texts.count == 25) }
                #expect(sent.contains("e1: out \(max(0, turn - 1)) ") == (turn > 0))
                agent.step()
            }
        }
    }

    @Test("a change of settings applies to what is new; what was sent stays as it was sent, also when savers are off")
    func settings() async throws {
        try await PreparationBench.run(.none, settings: .on("e1")) { bench in
            var agent = SampleAgent(.openAIChat)
            var before = ""
            for (turn, settings) in [
                SaverSettings.on("e1"), .on("e1"), .on("e2"), .off("off3"), .on("e4"), .on("e4"), .on("e5"),
            ].enumerated() {
                try await bench.put(settings)
                let sent = try await bench.send(agent.json)
                #expect(Self.prefix(sent).hasPrefix(before))
                before = Self.prefix(sent)
                if turn == 2 { #expect(sent.contains("e1: out 0") && sent.contains("e2: out 1")) }
                if turn == 3 { #expect(sent.contains("e1: out 0") && sent.contains(SampleAgent.output(2))) }
                if turn == 4 { #expect(sent.contains(SampleAgent.output(2)) && sent.contains("e4: out 3")) }
                agent.step()
            }
        }
    }

    @Test("after a restart with other settings old texts get the form of the old ones, new texts that of the new")
    func restartUnderOtherSettings() async throws {
        try await PreparationBench.run(.none, settings: .on("e1")) { bench in
            var agent = SampleAgent(.openAIChat)
            for _ in 0..<3 {
                _ = try await bench.send(agent.json)
                agent.step()
            }
            let before = Self.prefix(try await bench.send(agent.json))
            agent.step()
            bench.saver.put(.on("e2"))
            try await bench.restart()
            try await bench.put(.on("e2"))
            let sent = try await bench.send(agent.json)
            #expect(Self.prefix(sent).hasPrefix(before))
            #expect(sent.contains("e2: out 3"))
        }
    }

    @Test("conversations that began before savers were on stay as they were sent")
    func turnedOn() async throws {
        try await PreparationBench.run(.none, settings: .off("off1")) { bench in
            var first = SampleAgent(.openAIChat)
            var second = SampleAgent(.openAIChat)
            first.step()
            second.step()
            #expect(try await bench.send(first.json, conversation: 1) == first.json)
            #expect(try await bench.send(second.json, conversation: 2) == second.json)
            #expect(bench.saver.asked.isEmpty)
            try await bench.put(.on("e2"))
            for (number, agent) in [(1, first), (2, second)] as [(UInt64, SampleAgent)] {
                var agent = agent
                agent.step()
                let sent = try await bench.send(agent.json, conversation: number)
                #expect(sent.contains(SampleAgent.output(0)))
                #expect(sent.contains("e2: out 1"))
            }
        }
    }

    /// Ways in which a saver can be wrong.
    enum Wrong: CaseIterable {
        case failing
        case unknownText
        case larger
        case late

        func answer(_ request: CompressRequest) async throws(ServiceError) -> CompressReply {
            var reply = ScriptedSaver.reply(request, epoch: "e1")
            switch self {
            case .failing: throw ServiceError(.internal, reason: "bug", message: "bug")
            case .unknownText: reply.replacements[0].segment = 99
            case .larger: reply.replacements[0].text = String(repeating: "x", count: 100_000)
            case .late: try? await Task.sleep(for: .seconds(5))
            }
            return reply
        }
    }

    @Test(
        "a saver that is wrong or late changes nothing, and what went out as it was stays so",
        arguments: Wrong.allCases
    )
    func failures(wrong: Wrong) async throws {
        let patience = wrong == .late ? SaverLink.callDeadline : .seconds(20)
        try await PreparationBench.run(.none, settings: .on("e1"), patience: patience) { bench in
            var agent = SampleAgent(.openAIChat)
            agent.step()
            bench.saver.answer { request async throws(ServiceError) -> CompressReply in try await wrong.answer(request)
            }
            let start = ContinuousClock.now
            #expect(try await bench.send(agent.json) == agent.json)
            #expect(ContinuousClock.now - start < .seconds(4))
            bench.saver.answer(nil)
            agent.step()
            let sent = try await bench.send(agent.json)
            #expect(sent.contains(SampleAgent.output(0)))
            // With so short a deadline the next answer may be late too.
            if wrong != .late { #expect(sent.contains("e1: out 1")) }
        }
    }

    @Test("without a saver requests go out as they are")
    func away() async throws {
        try await PreparationBench.run(.none, settings: .on("e1")) { bench in
            var agent = SampleAgent(.openAIChat)
            agent.step()
            await bench.saver.stop()
            let sent = try await bench.send(agent.json)
            #expect(sent == agent.json)
        }
    }

    @Test("a memory too small for a conversation makes the same bytes again")
    func tinyMemory() async throws {
        try await PreparationBench.run(.everything, settings: .on("e1"), memory: 0) { bench in
            var agent = SampleAgent(.openAIChat)
            var before = ""
            for turn in 0..<6 {
                if turn == 3 { try await bench.put(.on("e2")) }
                let sent = try await bench.send(agent.json)
                #expect(Self.prefix(sent).hasPrefix(before))
                before = Self.prefix(sent)
                agent.step()
            }
        }
    }

    @Test("savers see what the guard has left, and what they leave out is not missed by it")
    func behindTheGuard() async throws {
        try await PreparationBench.run(settings: .on("e1")) { bench in
            var agent = SampleAgent(.openAIChat)
            let output = SampleAgent.output(0) + ScriptedGuard.address
            agent.step(output)
            let sent = try await bench.send(agent.json)
            #expect(bench.saver.texts == [output.replacing(ScriptedGuard.address, with: ScriptedGuard.placeholder)])
            #expect(!sent.contains(ScriptedGuard.address))
            #expect(sent.contains("e1: out 0"))
        }
    }

    @Test("what is saved is counted, by rule and price")
    func savings() async throws {
        try await PreparationBench.run(.none, settings: .on("e1")) { bench in
            var agent = SampleAgent(.anthropicMessages)
            for _ in 0..<3 { agent.step() }
            let request = try bench.request(agent.json, .anthropicMessages)
            let edits = try await bench.preparer.prepare(request, for: PreparationBench.scope)
            let sizes = (0..<3).map { SampleAgent.output($0).utf8.count / 4 }
            #expect(
                edits.savings == [
                    Saving(
                        saver: "rtk",
                        rule: "test",
                        tokensBefore: sizes[0] + sizes[1],
                        tokensAfter: 20,
                        priceClass: "cache_read"
                    ),
                    Saving(
                        saver: "rtk",
                        rule: "test",
                        tokensBefore: sizes[2],
                        tokensAfter: 10,
                        priceClass: "cache_write"
                    ),
                ]
            )
        }
    }

    @Test("short texts, failures and everything but results stay as they are, and nobody is asked in vain")
    func untouched() async throws {
        try await PreparationBench.run(.none, settings: .on("e1")) { bench in
            let long = SampleAgent.output(1)
            let json =
                #"{"model":"m","messages":[{"role":"system","content":"\#(long)"},{"role":"user","content":"\#(long)"},{"role":"assistant","content":"\#(long)"},{"role":"tool","tool_call_id":"x","content":"short"}]}"#
            let sent = try await bench.send(json)
            #expect(sent == json)
            #expect(bench.saver.asked.isEmpty)
        }
    }

    @Test("a directive is the same on every turn of a conversation, whatever the settings are by then")
    func directives() async throws {
        try await PreparationBench.run(.none, settings: .terse("t1", "Be short.")) { bench in
            var agent = SampleAgent(.anthropicMessages)
            var before = ""
            for (turn, settings) in [
                SaverSettings.terse("t1", "Be short."), .terse("t2", "Be terse."), .off("off3"),
            ].enumerated() {
                try await bench.put(settings)
                let sent = try await bench.send(agent.json, .anthropicMessages)
                #expect(sent.contains(#"{"type":"text","text":"Be short."}],"messages""#), "turn \(turn)")
                #expect(Self.prefix(sent).hasPrefix(before))
                before = Self.prefix(sent)
                agent.step()
            }
            try await bench.put(.terse("t4", "Be brief."))
            #expect(try await bench.send(agent.json, .anthropicMessages).contains("Be short."))
            let fresh = SampleAgent(.anthropicMessages)
            #expect(try await bench.send(fresh.json, .anthropicMessages, conversation: 2).contains("Be brief."))
            #expect(bench.saver.asked.isEmpty)
        }
    }

    @Test("a conversation that went out before the settings were known gets no directive and keeps its old texts")
    func lateSaver() async throws {
        try await PreparationBench.run(.none, settings: .terse("t1", "Be short."), starts: false) { bench in
            try await bench.guardService.start()
            try await Poll.until("policies") { bench.preparer.guardLink.isReady }
            var agent = SampleAgent(.openAIChat)
            agent.step()
            let first = try await bench.send(agent.json)
            #expect(first == agent.json)
            try await bench.saver.start()
            try await Poll.until("settings") { bench.preparer.isReady }
            agent.step()
            let second = try await bench.send(agent.json)
            #expect(second == agent.json)
            #expect(try await bench.send(agent.json, conversation: 2).contains("Be short."))
            var settings = SaverSettings.terse("t2", "Be short.")
            settings.scopes[0].savers.append("rtk")
            try await bench.put(settings)
            agent.step()
            let third = try await bench.send(agent.json)
            #expect(!third.contains("Be short."))
            #expect(third.contains(SampleAgent.output(0)))
            #expect(third.contains("t2: out 2"))
        }
    }

    @Test("no directive goes where the answer must follow a schema")
    func structured() async throws {
        try await PreparationBench.run(.none, settings: .terse("t1", "Be short.")) { bench in
            let json =
                #"{"model":"m","response_format":{"type":"json_object"},"messages":[{"role":"user","content":"q"}]}"#
            let sent = try await bench.send(json)
            #expect(sent == json)
            let plain = #"{"model":"m","response_format":{"type":"text"},"messages":[{"role":"user","content":"q"}]}"#
            #expect(try await bench.send(plain, conversation: 2).contains("Be short."))
        }
    }

    @Test("no directive goes where an agent asks aside for a title: without tools, for a few words")
    func asides() async throws {
        try await PreparationBench.run(.none, settings: .terse("t1", "Be short.")) { bench in
            let title = #"{"model":"m","max_tokens":512,"messages":[{"role":"user","content":"q"}]}"#
            let sent = try await bench.send(title)
            #expect(sent == title)
            let answer = #"{"model":"m","max_tokens":513,"messages":[{"role":"user","content":"q"}]}"#
            #expect(try await bench.send(answer, conversation: 2).contains("Be short."))
        }
    }

    @Test(
        "conversations that are drawn go without instructions on every turn, and say so; their texts shrink as all do"
    )
    func holdout() async throws {
        var settings = SaverSettings.terse("e1", "Be short.")
        settings.scopes = [SaverScope(scope: "global", savers: ["rtk", "terse"], holdout: 0.5)]
        try await PreparationBench.run(.none, settings: settings) { bench async throws in
            var agent = SampleAgent(.openAIChat)
            agent.step()
            let first = agent.json
            agent.step()
            var drawn = 0
            for number in 0..<40 as Range<UInt64> {
                for json in [first, agent.json] {
                    let document = try JSONDocument(Array(json.utf8))
                    let request = PreparationRequest(
                        requestID: "r",
                        trace: try bench.request(json, .openAIChat).trace,
                        facts: try Dialects.RequestFacts.read(document, dialect: .openAIChat),
                        // The lower half of a conversation's id draws.
                        conversation: ConversationID(high: number, low: number * 271),
                        tenant: "default",
                        keyID: "k",
                        keyName: "ci"
                    )
                    let prepared = try await bench.preparer.prepare(request, for: PreparationBench.scope)
                    let sent = String(decoding: try document.applying(prepared.edits), as: UTF8.self)
                    let isDrawn = number * 271 % 10_000 < 5000
                    #expect(sent.contains("e1: out 0") && sent.contains("Be short.") != isDrawn)
                    let row = try #require(prepared.savings.first { $0.saver == "terse" })
                    #expect((row.priceClass == "held_out") == isDrawn && row.tokensAfter == (isDrawn ? 0 : 9))
                    drawn += isDrawn ? 1 : 0
                }
            }
            #expect(drawn > 20 && drawn < 60)
        }
    }

    @Test(
        "what was saved has the price of where it stands: before the last mark written to the cache, of old turns read"
    )
    func priceClasses() async throws {
        var settings = SaverSettings.terse("e1", "Be short.")
        settings.scopes = [SaverScope(scope: "global", savers: ["rtk", "terse"])]
        try await PreparationBench.run(.none, settings: settings) { bench async throws in
            for dialect in [Dialect.openAIChat, .anthropicMessages] {
                let high = UInt64(dialect == .openAIChat ? 1 : 2)
                var agent = SampleAgent(dialect)
                func savings() async throws -> [String: String] {
                    let request = try bench.request(agent.json, dialect, conversation: high)
                    let prepared = try await bench.preparer.prepare(request, for: PreparationBench.scope)
                    return Dictionary(prepared.savings.map { ($0.saver, $0.priceClass) }) { "\($0), \($1)" }
                }
                let new = dialect == .openAIChat ? "input" : "cache_write"
                #expect(try await savings() == ["terse": new])
                agent.step()
                #expect(try await savings() == ["rtk": new, "terse": "cache_read"])
                agent.step()
                #expect(try await savings() == ["rtk": "cache_read, \(new)", "terse": "cache_read"])
            }
        }
    }
}
