import Contracts
import JSON
import SaverCore
import SaverServer
import TestSupport
import Testing

/// A Headroom proxy for tests: it answers as recorded, with the results of tools cut down, or as it is told.
private struct Proxy {
    let server: MockProvider

    static func start() async throws -> Proxy {
        let proxy = Proxy(server: try await MockProvider.start())
        proxy.server.answer(.all) { request in
            guard request.method == "POST" else {
                return .json(#"{"ready":true,"checks":{"kompress":{"ready":false,"optional":true}}}"#)
            }
            return .json(Self.answer(request) { "short: \($0.prefix(20))" })
        }
        return proxy
    }

    var url: String { "http://127.0.0.1:\(server.port)" }
    var asked: [JSONCursor] { server.exchanges.filter { $0.request.method == "POST" }.compactMap(\.request.json) }

    func says(_ reply: @escaping @Sendable (MockRequest) -> MockReply) {
        server.forget()
        server.answer(.all, reply)
    }

    /// The messages with other contents of the tools' results, flat as the real one.
    static func answer(_ request: MockRequest, _ content: (String) -> String) -> String {
        var writer = JSONWriter()
        writer.object { fields in
            fields.array("messages") { items in
                for message in request.json?["messages"]?.elements.map({ $0 }) ?? [] {
                    guard message["role"]?.equals("tool") == true else {
                        items.raw(message)
                        continue
                    }
                    items.object { fields in
                        fields.string("role", "tool")
                        fields.string("tool_call_id", message["tool_call_id"]?.string)
                        fields.string("content", content(message["content"]?.string ?? ""))
                    }
                }
            }
            fields.integer("tokens_before", 900)
            fields.integer("tokens_after", 100)
            fields.integer("tokens_saved", 800)
            fields.array("ccr_hashes") { _ in }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    func setting(
        _ timeoutMS: Int = 20_000,
        scope: SettingScope = .global,
        userMessages: Bool = false
    ) -> ScopeSetting {
        let headroom = ScopeSetting.Headroom(
            isEnabled: true,
            url: url,
            timeoutMS: timeoutMS,
            userMessages: userMessages
        )
        return ScopeSetting(scope: scope, headroom: headroom)
    }
}

extension CompressSegment {
    /// Prose that no rule makes smaller.
    fileprivate static func prose(id: Int = 7, tool: String? = "ask", isError: Bool = false) -> CompressSegment {
        var generator = SeededGenerator(seed: UInt64(id))
        let words = ["river", "stone", "quiet", "amber", "window", "garden", "paper", "silver", "harbor", "meadow"]
        let lines = (0..<60).map { _ in
            (0..<9).map { _ in words.randomElement(using: &generator) ?? "" }.joined(separator: " ")
        }
        return CompressSegment(
            id: id,
            role: "tool",
            kind: .toolResult,
            toolName: tool,
            isError: isError,
            text: lines.joined(separator: "\n")
        )
    }
}

extension Conversation {
    /// A call and a result for each of the texts, behind a question.
    static func around(_ segments: [CompressSegment], frozen: Int = 1) -> Conversation {
        var writer = JSONWriter()
        writer.array { items in
            items.object { fields in
                fields.string("role", "user")
                fields.string("content", "what does it say?")
            }
            for segment in segments {
                items.object { fields in
                    fields.string("role", "assistant")
                    fields.null("content")
                    fields.array("tool_calls") { calls in
                        calls.object { fields in
                            fields.string("id", String(segment.id))
                            fields.string("type", "function")
                            fields.object("function") { function in
                                function.string("name", segment.toolName ?? "tool")
                                function.string("arguments", "{}")
                            }
                        }
                    }
                }
                items.object { fields in
                    fields.string("role", "tool")
                    fields.string("tool_call_id", String(segment.id))
                    fields.string("content", segment.text)
                }
            }
        }
        return Conversation(messages: writer.bytes, frozen: frozen, id: "00ff")
    }
}

@Suite("Headroom")
struct HeadroomTests {
    @Test("is asked only where it is on, and only about what the rules leave")
    func asked() async throws {
        let proxy = try await Proxy.start()
        let setting = proxy.setting(scope: try #require(SettingScope("key:on")))
        try await withSaver(declaring: [setting]) { saver async throws in
            let segments = [CompressSegment.diff(id: 1), .prose(id: 2)]
            let off = try await saver.compress(segments, conversation: .around(segments))
            #expect(off.replacements.map(\.saver) == ["rtk"] && proxy.asked.isEmpty)
            let on = try await saver.compress(segments, key: "on", conversation: .around(segments))
            #expect(on.replacements.map(\.saver) == ["rtk", "headroom"] && on.replacements.map(\.segment) == [1, 2])
            #expect(on.replacements[0] == off.replacements[0], "what a rule made stays")
            let second = on.replacements[1]
            #expect(second.text == "short: \(segments[1].text.prefix(20))")
            #expect(second.tokensBefore > 400 && second.tokensAfter < 30, "counted here, not believed")
            let config = try #require(proxy.asked.first?["config"])
            #expect(config["session_id"]?.string == "00ff" && config["frozen_message_count"]?.integer == 1)
            #expect(config["compress_user_messages"]?.boolean == false)
        }
    }

    @Test("what was made of a text comes again without asking, and what was sent before is never asked about")
    func remembered() async throws {
        let proxy = try await Proxy.start()
        try await withSaver(declaring: [proxy.setting()]) { saver async throws in
            let text = CompressSegment.prose(id: 7)
            let replay = try await saver.compress([text])
            #expect(replay.replacements.isEmpty && proxy.asked.isEmpty)
            let first = try await saver.compress([text], conversation: .around([text]))
            proxy.says { .json(Proxy.answer($0) { "otherwise: \($0.prefix(20))" }) }
            #expect(try await saver.compress([text]).replacements == first.replacements)
            #expect(try await saver.compress([text], conversation: .around([text])).replacements == first.replacements)
            #expect(proxy.asked.isEmpty && first.replacements.count == 1)
        }
    }

    @Test("what is never touched is not taken from it either, and a shrinking of no worth is none")
    func untouchable() async throws {
        let proxy = try await Proxy.start()
        try await withSaver(declaring: [proxy.setting()]) { saver async throws in
            let segments = [CompressSegment.prose(id: 1, tool: "Read"), .prose(id: 2, isError: true), .prose(id: 3)]
            let reply = try await saver.compress(segments, conversation: .around(segments))
            #expect(reply.replacements.map(\.segment) == [3])
            proxy.says { .json(Proxy.answer($0) { String($0.dropLast(12)) }) }
            let phantom = CompressSegment.prose(id: 4)
            #expect(try await saver.compress([phantom], conversation: .around([phantom])).replacements.isEmpty)
            proxy.says { .json(Proxy.answer($0) { $0 + $0 }) }
            #expect(try await saver.compress([phantom], conversation: .around([phantom])).replacements.isEmpty)
            #expect(proxy.asked.count == 1)
        }
    }

    @Test(
        "whatever goes wrong, the text goes out as it is, and what the rules made beside it",
        arguments: [
            MockReply.json("{}", status: 400), .json(#"{"detail":"Not Found"}"#, status: 404), .page(),
            .json(#"{"error":{"type":"compression_timeout"}}"#, status: 503), .closed, .reset,
            .silent(.seconds(30)), .json(#"{"messages":[],"tokens_saved":900}"#),
            .json(#"{"messages":[],"tokens_saved":0,"compression_skipped":true}"#),
        ]
    )
    func failsOpen(_ reply: MockReply) async throws {
        let proxy = try await Proxy.start()
        proxy.says { _ in reply }
        try await withSaver(declaring: [proxy.setting(300)]) { saver async throws in
            let segments = [CompressSegment.diff(id: 1), .prose(id: 2)]
            let answer = try await saver.compress(segments, conversation: .around(segments))
            #expect(answer.replacements.map(\.saver) == ["rtk"])
        }
    }

    @Test("what users write is made smaller where the setting says so, and there alone", arguments: [true, false])
    func userMessages(isOn: Bool) async throws {
        let proxy = try await Proxy.start()
        proxy.says { request in
            guard let old = request.json?["messages"] else { return .json("{}", status: 400) }
            let text = String(decoding: old.raw, as: UTF8.self)
            let words = old.elements.compactMap { $0["role"]?.equals("user") == true ? $0["content"]?.string : nil }
            let longest = words.max { $0.utf8.count < $1.utf8.count } ?? ""
            let short = text.replacing(longest.replacing("\n", with: "\\n"), with: "short words")
            return .json(#"{"messages":\#(short),"tokens_saved":900,"ccr_hashes":[]}"#)
        }
        try await withSaver(declaring: [proxy.setting(userMessages: isOn)]) { saver async throws in
            var words = CompressSegment.prose(id: 3)
            (words.kind, words.role, words.toolName) = (.text, "user", nil)
            var operators = words
            (operators.id, operators.role) = (4, "system")
            let result = CompressSegment.prose(id: 5)
            var writer = JSONWriter()
            writer.array { items in
                for (role, text) in [("system", "be brief"), ("user", words.text)] {
                    items.object { fields in
                        fields.string("role", role)
                        fields.string("content", text)
                    }
                }
                for message in (try? JSONDocument(Conversation.around([result]).messages))?.root.elements.map({ $0 })
                    ?? []
                {
                    items.raw(message)
                }
            }
            let conversation = Conversation(messages: writer.bytes, frozen: 0, id: "00ff")
            let reply = try await saver.compress([words, operators, result], conversation: conversation)
            #expect(reply.replacements.map(\.segment) == (isOn ? [3] : []))
            #expect(reply.replacements.map(\.text) == (isOn ? ["short words"] : []))
            #expect(reply.replacements.first?.rule == (isOn ? "compress-user" : nil))
            let config = try #require(proxy.asked.first?["config"])
            #expect(config["compress_user_messages"]?.boolean == isOn && (config["session_id"] == nil) == isOn)
            // What was made once comes again without asking.
            #expect(try await saver.compress([words]).replacements == reply.replacements)
            #expect(proxy.asked.count == 1)
        }
    }

    @Test("a busy server is asked once more")
    func retries() async throws {
        let proxy = try await Proxy.start()
        proxy.server.forget()
        proxy.server.enqueue([.json("{}", status: 503)], .all)
        proxy.server.answer(.all) { .json(Proxy.answer($0) { _ in "short" }) }
        try await withSaver(declaring: [proxy.setting()]) { saver async throws in
            let text = CompressSegment.prose()
            let reply = try await saver.compress([text], conversation: .around([text]))
            #expect(reply.replacements.map(\.text) == ["short"] && proxy.asked.count == 2)
        }
    }

    @Test("after three failures in a row it is left alone")
    func rests() async throws {
        let proxy = try await Proxy.start()
        proxy.says { _ in .json("{}", status: 404) }
        try await withSaver(declaring: [proxy.setting()]) { saver async throws in
            for id in 1...6 {
                let text = CompressSegment.prose(id: id)
                #expect(try await saver.compress([text], conversation: .around([text])).replacements.isEmpty)
            }
            #expect(proxy.asked.count == 3)
        }
    }

    @Test("the probes tell what each server says about itself")
    func probes() async throws {
        let proxy = try await Proxy.start()
        let gone = try FreePort.take()
        let away = ScopeSetting(
            scope: try #require(SettingScope("key:a")),
            headroom: .init(isEnabled: true, url: "http://127.0.0.1:\(gone)")
        )
        let off = ScopeSetting(scope: try #require(SettingScope("key:b")), headroom: .init(url: "http://127.0.0.1:1"))
        try await withSaver(declaring: [proxy.setting(), away, off]) { saver async throws in
            let page = try await saver.call(SaverUnderTest.admin.probes.list, ListRequest())
            let states = Dictionary(uniqueKeysWithValues: page.items.map { ($0.id, $0) })
            #expect(states.count == 2 && states["http://127.0.0.1:\(gone)"]?.state == "away")
            #expect(states[proxy.url]?.state == "degraded" && states[proxy.url]?.detail == "kompress")
        }
    }

    @Test("the router hears how long it may take, in the scopes where it is on")
    func patience() throws {
        let book = SettingsBook([
            ScopeSetting(scope: try #require(SettingScope("provider:acme")), headroom: .init(isEnabled: true)),
            ScopeSetting(scope: try #require(SettingScope("key:a")), headroom: .init()),
            ScopeSetting(scope: try #require(SettingScope("key:b")), terse: true),
        ])
        let scopes = book.overview(DirectiveBook { $0.utf8.count }).scopes
        let patience = Dictionary(uniqueKeysWithValues: scopes.map { ($0.scope, $0.patienceMS) })
        #expect(patience == ["global": 0, "provider:acme": 3000, "key:a": 0, "key:b": 3000])
        #expect(scopes.first { $0.scope == "key:b" }?.savers == ["rtk", "headroom", "terse"])
        let users = SettingsBook([
            ScopeSetting(scope: .global, headroom: .init(isEnabled: true, userMessages: true)),
            ScopeSetting(scope: try #require(SettingScope("key:a")), headroom: .init(isEnabled: true)),
            ScopeSetting(scope: try #require(SettingScope("key:b")), terse: true),
            ScopeSetting(scope: try #require(SettingScope("key:c")), headroom: .init(userMessages: true)),
        ])
        let listed = users.overview(DirectiveBook { $0.utf8.count }).scopes.filter {
            $0.savers.contains(SaverScope.userMessages)
        }
        #expect(listed.map(\.scope) == ["global", "key:b"])
        #expect(try SettingsBook(text: users.text).epoch == users.epoch, "the setting is stored")
    }
}
