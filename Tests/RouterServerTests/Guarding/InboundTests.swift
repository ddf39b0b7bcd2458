import Contracts
import Dialects
import JSON
import TestSupport
import Testing

@testable import RouterServer

@Suite("Requests and the guard")
struct InboundTests {
    private static let mail = ScriptedGuard.address
    private static let mask = ScriptedGuard.placeholder

    /// A request that holds a text in one place, and the same request with another text there.
    struct Place: Sendable, CustomTestStringConvertible {
        var name: String
        var dialect: Dialect
        var json: @Sendable (String) -> String
        var testDescription: String { name }
    }

    private static func openAI(_ name: String, _ messages: @escaping @Sendable (String) -> String) -> Place {
        Place(name: "openai \(name)", dialect: .openAIChat) {
            #"{"model":"m", "messages":[{"role":"user","content":"q"},\#(messages($0))],"x":1.50}"#
        }
    }

    private static func anthropic(_ name: String, _ blocks: @escaping @Sendable (String) -> String) -> Place {
        Place(name: "anthropic \(name)", dialect: .anthropicMessages) {
            #"{"model":"m","max_tokens":1,"system":"s", "messages":[{"role":"user","content":[\#(blocks($0))]}],"x":1.50}"#
        }
    }

    private static let instructions = Place(name: "anthropic system", dialect: .anthropicMessages) {
        #"{"model":"m","max_tokens":1,"system":"\#($0)", "messages":[{"role":"user","content":"q"}],"x":1.50}"#
    }

    static let places: [Place] = [
        openAI("text") { #"{"role":"user","content":"\#($0)"}"# },
        openAI("block") { #"{"role":"user","content":[{"type":"text","text":"\#($0)"}]}"# },
        openAI("system") { #"{"role":"system","content":"\#($0)"}"# },
        openAI("tool result") { #"{"role":"tool","tool_call_id":"c","content":"\#($0)"}"# },
        openAI("tool arguments") {
            #"{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":\"\#($0)\"}"}}]}"#
        },
        openAI("reasoning") { #"{"role":"assistant","content":"","reasoning_content":"\#($0)"}"# },
        anthropic("text") { #"{"type":"text","text":"\#($0)"}"# },
        instructions,
        anthropic("tool result") { #"{"type":"tool_result","tool_use_id":"t","content":"\#($0)"}"# },
        anthropic("tool result block") {
            #"{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"\#($0)"}]}"#
        },
        anthropic("tool arguments") { #"{"type":"tool_use","id":"t","name":"f","input":{"a":"\#($0)"}}"# },
        anthropic("unsigned thinking") { #"{"type":"thinking","thinking":"\#($0)"}"# },
    ]

    @Test("an address is masked wherever it stands, and no other byte changes", arguments: places)
    func masks(place: Place) async throws {
        try await PreparationBench.run { bench in
            let sent = try await bench.send(place.json("see é \(Self.mail) now"), place.dialect)
            #expect(sent == place.json("see é \(Self.mask) now"))
            #expect(try await bench.send(place.json("nothing"), place.dialect) == place.json("nothing"))
        }
    }

    @Test("a forbidden word stops the request wherever it stands, also when it comes again", arguments: places)
    func blocks(place: Place) async throws {
        try await PreparationBench.run { bench in
            for _ in 0..<2 {
                let request = try bench.request(place.json("a forbidden b"), place.dialect)
                let error = await #expect(throws: ClientError.self) {
                    let edits = try await bench.preparer.prepare(request, for: PreparationBench.scope)
                    _ = edits
                }
                #expect(error?.kind == .contentPolicy)
                #expect(error?.message.contains("custom:WORD") == true)
                #expect(request.isBlocked)
                #expect(request.guardSummary?.action == .block)
                #expect(request.guardSummary?.decisionIDs == ["d-r1"])
                #expect(request.guardHeader == "custom:WORD=block")
            }
            #expect(bench.guardService.texts.filter { $0.contains("forbidden") }.count == 1)
        }
    }

    @Test("a signed thought that would change is left out, a whole one stays")
    func signed() async throws {
        try await PreparationBench.run { bench in
            func json(_ thought: String, _ rest: String) -> String {
                #"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"q"},{"role":"assistant","content":[\#(thought)\#(rest)]}]}"#
            }
            let text = #"{"type":"text","text":"ok"}"#
            let bad = #"{"type":"thinking","thinking":"mail \#(Self.mail)","signature":"c2ln"}"#
            let good = #"{"type":"thinking","thinking":"hm","signature":"c2ln"}"#
            #expect(try await bench.send(json(bad + ",", text), .anthropicMessages) == json("", text))
            #expect(try await bench.send(json(good + ",", text), .anthropicMessages) == json(good + ",", text))
            #expect(
                try await bench.send(json(bad + "," + good + ",", text), .anthropicMessages) == json(good + ",", text)
            )
            let alone = try await bench.send(json(bad, ""), .anthropicMessages)
            #expect(alone == json(#"{"type":"text","text":"(left out)"}"#, ""))
        }
    }

    @Test("from the second turn on only what is new is looked at")
    func onlyNew() async throws {
        try await PreparationBench.run { bench in
            var messages: [String] = [#"{"role":"user","content":"fix it for \#(Self.mail)"}"#]
            for turn in 0..<30 {
                bench.guardService.forget()
                let json = #"{"model":"m","messages":[\#(messages.joined(separator: ","))]}"#
                let sent = try await bench.send(json)
                #expect(sent == json.replacing(Self.mail, with: Self.mask))
                let new = turn == 0 ? 1 : 2
                #expect(bench.guardService.texts.count == new)
                messages.append(
                    #"{"role":"assistant","content":null,"tool_calls":[{"id":"c\#(turn)","type":"function","function":{"name":"sh","arguments":"{\"n\":\#(turn)}"}}]}"#
                )
                messages.append(#"{"role":"tool","tool_call_id":"c\#(turn)","content":"out \#(turn) \#(Self.mail)"}"#)
            }
        }
    }

    @Test("other policies, other verdicts: what was remembered under one version is not used under another")
    func version() async throws {
        try await PreparationBench.run { bench in
            let json = #"{"model":"m","messages":[{"role":"user","content":"hello"}]}"#
            for version in ["1", "2", "2", "1"] {
                let list = PolicyList(version: version, scopes: PolicyList.everything.scopes)
                bench.guardService.put(list)
                try await Poll.until("the list") {
                    bench.preparer.guardLink.rules(.inbound, PreparationBench.scope).version == version
                }
                _ = try await bench.send(json)
            }
            #expect(bench.guardService.texts.count == 2)
        }
    }

    @Test("what depends on more than its own text, or may not be kept, is asked again")
    func notRemembered() async throws {
        try await PreparationBench.run { bench in
            let json = #"{"model":"m","messages":[{"role":"user","content":"hello"}]}"#
            for (cacheable, dependent, version, asks) in [
                (false, false, "1", 2), (true, true, "1", 2), (true, false, "other", 2), (true, false, "1", 1),
            ] {
                bench.guardService.forget()
                bench.guardService.answer { request throws(ServiceError) in
                    InspectReply(
                        policyVersion: version,
                        action: .allow,
                        segments: request.segments.map {
                            SegmentVerdict(id: $0.id, action: .allow, cacheable: cacheable, contextDependent: dependent)
                        }
                    )
                }
                for _ in 0..<2 { _ = try await bench.send(json) }
                #expect(bench.guardService.inspected.count == asks)
            }
        }
    }

    @Test("a block that no text is blamed for is not forgotten the next time")
    func blockWithoutText() async throws {
        try await PreparationBench.run { bench in
            bench.guardService.answer { request throws(ServiceError) in
                InspectReply(
                    policyVersion: "1",
                    action: .block,
                    segments: request.segments.map { SegmentVerdict(id: $0.id, action: .allow, cacheable: true) }
                )
            }
            for _ in 0..<2 {
                let request = try bench.request(
                    #"{"model":"m","messages":[{"role":"user","content":"q"}]}"#,
                    .openAIChat
                )
                await #expect(throws: ClientError.self) {
                    let edits = try await bench.preparer.prepare(request, for: PreparationBench.scope)
                    _ = edits
                }
                #expect(request.isBlocked)
            }
        }
    }

    @Test("only the placeholders that a text holds are kept with it")
    func ownRestores() async throws {
        try await PreparationBench.run { bench in
            bench.guardService.answer { request throws(ServiceError) in
                var reply = InspectReply(policyVersion: "1", action: .mask)
                for segment in request.segments {
                    let name = "<N_\(segment.text.suffix(1))>"
                    // One that can be undone, one inside more text, and one that cannot be undone.
                    let texts = [name, "[" + name + "]", "[REDACTED, AND A LONG WORD FOR IT]"]
                    for (place, text) in texts.enumerated() {
                        reply.edits.append(TextEdit(segment: segment.id, range: place..<place + 1, replacement: text))
                    }
                    reply.restores.append(Restore(placeholder: name, original: "x"))
                    reply.segments.append(SegmentVerdict(id: segment.id, action: .mask, cacheable: true))
                }
                return reply
            }
            func message(_ text: String) -> String { #"{"role":"user","content":"abc\#(text)"}"# }
            func json(_ texts: [String]) -> String {
                #"{"model":"m","messages":[\#(texts.map(message).joined(separator: ","))]}"#
            }
            _ = try await bench.send(json(["1", "2", "3"]))
            let request = try bench.request(json(["2"]), .openAIChat)
            // The last turn of the user is looked at again as such, and after that it is remembered.
            for _ in 0..<2 {
                let edits = try await bench.preparer.prepare(request, for: PreparationBench.scope)
                #expect(edits.restores == [Restore(placeholder: "<N_2>", original: "x")])
            }
        }
    }

    @Test("nobody is asked where no policy applies")
    func skipped() async throws {
        let key = PolicyScope(scope: "key:other", directions: [.inbound], actions: [.block])
        let outbound = PolicyScope(scope: "global", directions: [.outbound], actions: [.block])
        try await PreparationBench.run(PolicyList(version: "1", scopes: [key, outbound])) { bench in
            let json = #"{"model":"m","messages":[{"role":"user","content":"forbidden"}]}"#
            let sent = try await bench.send(json)
            #expect(sent == json)
            #expect(bench.guardService.inspected.isEmpty)
        }
    }

    @Test("the policies of all targets are asked before the first attempt, one question for each kind of policy")
    func candidates() async throws {
        let list = PolicyList(
            version: "1",
            scopes: [
                PolicyScope(scope: "provider:acme", directions: [.inbound], actions: [.mask]),
                PolicyScope(scope: "model:beta/small", directions: [.inbound], actions: [.block]),
            ]
        )
        try await PreparationBench.run(list) { bench in
            func scope(_ provider: String, _ model: String) -> RequestScope {
                RequestScope(tenant: "default", key: "ci", provider: provider, model: model)
            }
            bench.guardService.answer { request throws(ServiceError) in
                if request.scope.provider == "beta" { return InspectReply(action: .block, reason: "beta") }
                return ScriptedGuard.judge(request, version: "1")
            }
            let json = #"{"model":"m","messages":[{"role":"user","content":"to \#(Self.mail)"}]}"#
            let request = try bench.request(json, .openAIChat)
            let all = [scope("acme", "large"), scope("acme", "small"), scope("beta", "small"), scope("gamma", "x")]
            let first = try await bench.preparer.prepare(request, for: all[0], others: all)
            #expect(first.edits.count == 1)
            #expect(first.restores == [Restore(placeholder: Self.mask, original: Self.mail)])
            #expect(bench.guardService.inspected.count == 2)
            // A later attempt asks nothing more and uses only what was decided under its own policies.
            let second = try await bench.preparer.prepare(request, for: all[1], others: all)
            #expect(second.edits == first.edits)
            let last = try await bench.preparer.prepare(request, for: all[3], others: all)
            #expect(last.edits.isEmpty)
            #expect(!request.isBlocked)
            await #expect(throws: ClientError.self) {
                let edits = try await bench.preparer.prepare(request, for: all[2], others: all)
                _ = edits
            }
            #expect(bench.guardService.inspected.count == 2)
        }
    }

    @Test("long texts go in several calls, each of which a frame can carry")
    func batches() async throws {
        try await PreparationBench.run(frame: 64 << 10) { bench in
            let text = String(repeating: "x", count: 5_000)
            let messages = (0..<40).map { #"{"role":"user","content":"\#($0) \#(text)"}"# }.joined(separator: ",")
            _ = try await bench.send(#"{"model":"m","messages":[\#(messages)]}"#)
            #expect(bench.guardService.inspected.count == 40)
            #expect(bench.guardService.texts.count == 40)
        }
    }
}
