import Contracts
import GuardCore
import Testing

/// Answers that are to be JSON, and answers that are to be no code.
@Suite("Answers as a whole")
struct AnswerTests {
    static let schema = #"{"type":"object","properties":{"price":{"type":"number"}},"required":["price"]}"#

    static func policy(
        _ schema: String?,
        action: GuardAction? = .block,
        buffer: Bool? = nil,
        pii: PIISection? = nil
    ) -> PolicyItem {
        let section = JSONSection(
            enabled: true,
            action: action,
            answerSchema: schema.map { Array($0.utf8) },
            buffer: buffer
        )
        return PolicyItem(scope: "global", pii: pii, json: section)
    }

    private static func inspect(
        _ texts: [(SegmentKind, String)],
        _ policy: PolicyItem,
        asked: String? = nil,
        direction: Direction = .outbound
    ) -> InspectReply {
        let prepared = Search.book([policy]).prepared(for: Search.scope, direction)
        let segments = texts.enumerated().map { InspectSegment(id: $0, role: "assistant", kind: $1.0, text: $1.1) }
        let request = InspectRequest(
            requestID: "r",
            direction: direction,
            scope: Search.scope,
            segments: segments,
            answerSchema: asked.map { Array($0.utf8) }
        )
        return Inspector(prepared, tag: Search.tag).inspect(request, Workbench())
    }

    /// Why an answer does not fit a schema.
    static func fault(_ text: String, schema: String) throws -> String? {
        let reply = inspect([(.text, text)], policy(schema))
        #expect((reply.action == .block) == !reply.findings.isEmpty)
        guard let finding = reply.findings.first else { return nil }
        return String(reply.reason.dropFirst("json \(finding.entity): ".count))
    }

    @Test("a whole answer is held to the policy's schema, and told what is wrong without a word of it")
    func whole() throws {
        #expect(try Self.fault(#" {"price": 3} "#, schema: Self.schema) == nil)
        #expect(try Self.fault("", schema: Self.schema) == nil)
        #expect(try Self.fault(#"{"price":"secret"}"#, schema: Self.schema) == "$.price is no number")
        #expect(try Self.fault("{}", schema: Self.schema) == "$.price is missing")
        #expect(try Self.fault("It is 3.", schema: Self.schema) == "unexpected byte at byte 0")
        #expect(try Self.fault("```json\n{}\n```", schema: Self.schema)?.hasPrefix("unexpected byte") == true)
        let reply = Self.inspect([(.text, #"{"price":"secret"}"#)], Self.policy(Self.schema))
        #expect(reply.findings.map(\.entity) == ["JSON_SCHEMA"] && reply.findings[0].range == 9..<17)
        #expect(reply.findings[0].detector == "json")
    }

    @Test("without a schema of its own it holds answers to the one that was asked for")
    func asked() {
        let policy = Self.policy(nil, action: nil)
        #expect(Self.inspect([(.text, "It is 3.")], policy).action == .allow)
        #expect(Self.inspect([(.text, "It is 3.")], policy, asked: "{}").reason.hasPrefix("json INVALID_JSON"))
        #expect(Self.inspect([(.text, "{}")], policy, asked: Self.schema).action == .block)
        #expect(Self.inspect([(.text, "3")], policy, asked: #"{"type":"strange"}"#).action == .allow)
        #expect(Self.inspect([(.text, "x")], policy, asked: "{}", direction: .inbound).action == .allow)
    }

    @Test("a text beside a call of a tool is talk")
    func tools() {
        let texts: [(SegmentKind, String)] = [(.text, "I look it up."), (.toolArguments, "{}")]
        #expect(Self.inspect(texts, Self.policy(Self.schema)).action == .allow)
        #expect(Self.stream(["I look it up."], Self.policy(Self.schema), tool: "{}").text == "I look it up.")
    }

    @Test("only warned, the answer goes on")
    func warned() {
        let reply = Self.inspect([(.text, "no")], Self.policy(Self.schema, action: .warn))
        #expect(reply.action == .warn && reply.findings.count == 1)
    }

    // MARK: Streams

    private static func stream(
        _ pieces: [String],
        _ policy: PolicyItem,
        asked: String? = nil,
        tool: String? = nil
    ) -> (text: String, first: String, machine: ScanMachine) {
        let plan = Search.book([policy]).prepared(for: Search.scope, .outbound).plan
        let bench = Workbench()
        let schema = asked.map { Array($0.utf8) }
        var machine = ScanMachine(plan, window: 256, tag: Search.tag, answerSchema: schema)
        func push(_ text: String, _ channel: String = "0/text/0") -> String {
            machine.push(ScanChunk(channel: channel, text: text), bench).release
        }
        if let tool { _ = push(tool, "0/tool_args/0") }
        let first = pieces.map { push($0) }.joined()
        var text = first + push("")
        for release in machine.finish(bench) where release.channel == "0/text/0" { text += release.release }
        return (text, first, machine)
    }

    @Test("a stream that is to be blocked lets go nothing before it is judged")
    func buffered() {
        let good = [#"{"pri"#, #"ce": 12"#, "}"]
        let passed = Self.stream(good, Self.policy(Self.schema))
        #expect(passed.first.isEmpty && passed.text == good.joined() && passed.machine.findings.isEmpty)
        let blocked = Self.stream([#"{"price":"#, #""no"}"#], Self.policy(Self.schema))
        #expect(blocked.text.isEmpty && blocked.machine.isBlocked)
        #expect(blocked.machine.reason == "json JSON_SCHEMA: $.price is no number")
        #expect(Self.stream(["plain"], Self.policy(nil), asked: "{}").machine.isBlocked)
        #expect(Self.stream(["plain"], Self.policy(nil)).text == "plain")
    }

    @Test("without the buffer it goes on at once, and is judged at its end")
    func unbuffered() {
        let late = Self.stream(["not ", "JSON "], Self.policy(Self.schema, buffer: false))
        #expect(late.first == "not JSON " && late.machine.isBlocked)
        let warned = Self.stream(["not ", "JSON"], Self.policy(Self.schema, action: .warn))
        #expect(warned.first == "not JSON" && warned.text == "not JSON" && warned.machine.action == .warn)
    }

    @Test("what is masked in a buffered answer is masked")
    func masked() {
        let pii = PIISection(enabled: true, direction: "both", action: .mask)
        let pieces = [#"{"price":1,"to":"ana@exam"#, #"ple.com"}"#]
        let result = Self.stream(pieces, Self.policy(Self.schema, pii: pii))
        #expect(result.text == #"{"price":1,"to":"<EMAIL_ADDRESS>"}"#)
    }

    @Test("an answer that is too long to be judged is none that fits, and is not kept")
    func tooLong() {
        let pieces = Array(repeating: String(repeating: "[", count: 64 << 10), count: 20)
        let blocked = Self.stream(pieces, Self.policy(Self.schema))
        #expect(blocked.text.isEmpty && blocked.machine.isBlocked)
        #expect(blocked.machine.reason == "json INVALID_JSON: longer than 1048576 bytes")
        let warned = Self.stream(pieces, Self.policy(Self.schema, action: .warn, buffer: true))
        #expect(warned.text.utf8.count == 20 * 64 << 10 && warned.machine.action == .warn)
    }

    @Test("code in an answer is found, and a blocked stream tells none of it")
    func code() {
        let item = PolicyItem(scope: "global", code: ScoredSection(enabled: true, action: .block))
        let answer = "Of course:\n```python\nimport os\nprint(os.name)\n```\nThat is all."
        #expect(Self.inspect([(.text, answer)], item).reason == "code CONTAINS_CODE")
        #expect(Self.inspect([(.text, "Plain words, and `ls` in a sentence.")], item).action == .allow)
        #expect(Self.inspect([(.text, answer)], item, direction: .inbound).action == .allow, "answers alone")
        let result = Self.stream(ScanMachineTests.scalars(answer), item)
        #expect(result.text == "Of course:\n" && result.machine.isBlocked)
    }
}
