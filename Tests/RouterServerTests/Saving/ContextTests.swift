import Contracts
import Dialects
import JSON
import RouterCore
import TestSupport
import Testing

@testable import RouterServer

extension SaverSettings {
    /// A saver is on that needs the messages around the texts.
    fileprivate static func context(_ epoch: String) -> SaverSettings {
        SaverSettings(
            epoch: epoch,
            scopes: [SaverScope(scope: "global", savers: ["rtk", "headroom"], patienceMS: 3000)]
        )
    }
}

@Suite("Messages around texts, for savers that need them")
struct ContextTests {
    @Test(
        "each result stands behind its call, and what was sent before is frozen",
        arguments: [Dialect.openAIChat, .anthropicMessages]
    )
    func messages(dialect: Dialect) async throws {
        try await PreparationBench.run(.none, settings: .context("e1")) { bench async throws in
            var agent = SampleAgent(dialect)
            _ = try await bench.send(agent.json, dialect)
            for turn in 0..<3 {
                agent.step()
                bench.saver.forget()
                _ = try await bench.send(agent.json, dialect)
                let conversation = try #require(bench.saver.asked.first?.conversation)
                let messages = try JSONDocument(conversation.messages).root.elements.map { $0 }
                let system = dialect == .anthropicMessages ? 1 : 0
                #expect(messages.count == 1 + system + (turn + 1) * 2)
                #expect(
                    conversation.frozen == messages.count - 1 && conversation.id == "\(ConversationID(high: 1, low: 0))"
                )
                let last = try #require(messages.last)
                #expect(last["role"]?.string == "tool" && last["content"]?.string == SampleAgent.output(turn))
                #expect(last["tool_call_id"]?.string == bench.saver.asked.first.map { String($0.segments[0].id) })
                let call = messages[messages.count - 2]["tool_calls"]?[0]
                #expect(call?["id"]?.string == last["tool_call_id"]?.string)
                #expect(call?["function"]?["name"]?.string == "Bash")
                #expect(call?["function"]?["arguments"]?.string == #"{"command":"make \#(turn)"}"#)
            }
        }
    }

    @Test("no other saver gets them, and none after a restart for what was sent before")
    func onlyWhereNeeded() async throws {
        try await PreparationBench.run(.none, settings: .on("e1")) { bench async throws in
            var agent = SampleAgent(.openAIChat)
            agent.step()
            _ = try await bench.send(agent.json)
            #expect(bench.saver.asked.count == 1 && bench.saver.asked[0].conversation == nil)
            try await bench.put(.context("e2"))
            try await bench.restart()
            bench.saver.forget()
            agent.messages.append((#"{"role":"assistant","content":"done"}"#, false))
            _ = try await bench.send(agent.json)
            #expect(bench.saver.asked.count { !$0.segments.isEmpty } == 1)
            #expect(bench.saver.asked.allSatisfy { $0.conversation == nil })
        }
    }

    @Test("a text that went out as it was stays so, although the saver would now make it smaller")
    func staysOriginal() async throws {
        // Nothing is remembered of texts, so that each turn asks again about what is not settled.
        try await PreparationBench.run(.none, settings: .context("e1"), memory: 0) { bench async throws in
            var agent = SampleAgent(.openAIChat)
            agent.step()
            bench.saver.answer { CompressReply(epoch: $0.epoch ?? "") }
            #expect(try await bench.send(agent.json) == agent.json)
            bench.saver.answer(nil)
            agent.step()
            let sent = try await bench.send(agent.json)
            #expect(sent.contains(SampleAgent.output(0)) && sent.contains("e1: out 1"))
        }
    }

    @Test(
        "what users write is asked about where a saver may change it, and sent the same again",
        arguments: [true, false]
    )
    func userMessages(isOn: Bool) async throws {
        let words = SampleAgent.output(7, "log")
        var settings = SaverSettings.context("e1")
        if isOn { settings.scopes[0].savers.append(SaverScope.userMessages) }
        try await PreparationBench.run(.none, settings: settings) { bench async throws in
            var agent = SampleAgent(.openAIChat)
            agent.messages.append((#"{"role":"user","content":"\#(words)"}"#, true))
            let sent = try await bench.send(agent.json)
            #expect(sent.contains(words) != isOn && sent.contains("e1: log 7") == isOn)
            #expect(sent.contains("fix the build"), "a short text stays")
            let asked = bench.saver.asked.first { !$0.segments.isEmpty }
            #expect(asked?.segments.map(\.text) == (isOn ? [words] : nil))
            #expect(asked?.conversation?.frozen == (isOn ? 1 : nil), "what stands before it is frozen")
            bench.saver.forget()
            agent.step()
            let later = try await bench.send(agent.json)
            #expect(later.contains("e1: log 7") == isOn && later.contains("e1: out 0"))
            #expect(bench.saver.asked.flatMap(\.segments).allSatisfy { $0.text != words })
        }
    }

    @Test("what the guard masks is masked there too")
    func guarded() async throws {
        try await PreparationBench.run(.everything, settings: .context("e1")) { bench async throws in
            var agent = SampleAgent(.openAIChat)
            agent.step("mail to \(ScriptedGuard.address) " + SampleAgent.output(0))
            _ = try await bench.send(agent.json)
            let told = bench.saver.asked.first?.conversation.map { String(decoding: $0.messages, as: UTF8.self) } ?? ""
            #expect(told.contains("mail to \(ScriptedGuard.placeholder)") && !told.contains(ScriptedGuard.address))
        }
    }
}
