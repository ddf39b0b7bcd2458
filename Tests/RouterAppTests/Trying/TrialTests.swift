import Contracts
import JSON
import RouterApp
import Testing

@Suite("What the guardrails find and the savers save, for people and programs")
struct TrialTests {
    private let text = "Dear Ada,\nwrite to \u{1F389} ada@example.com."

    private func trial(_ action: GuardAction, policies: Int? = 1) -> GuardTrial {
        let finding = Contracts.Finding(
            detector: "pii",
            entity: "EMAIL_ADDRESS",
            range: 24..<39,
            score: 0.85,
            action: action
        )
        let edits = action == .mask ? [TextEdit(segment: 0, range: 24..<39, replacement: "<EMAIL_ADDRESS>")] : []
        let reply = InspectReply(action: action, reason: "pii: EMAIL_ADDRESS", edits: edits, findings: [finding])
        return GuardTrial(text: text, reply: reply, policies: policies)
    }

    @Test("a finding is a row with its place, its bytes and the text")
    func row() throws {
        let row = try #require(trial(.mask).table().split(separator: "\n").last)
        #expect(row.hasPrefix("2:12") && row.hasSuffix("ada@example.com"))
        #expect(row.contains("24–39") && row.contains("EMAIL_ADDRESS") && row.contains("85 %"))
        let edited = try trial(.mask).edited()
        #expect(String(decoding: edited, as: UTF8.self) == "Dear Ada,\nwrite to \u{1F389} <EMAIL_ADDRESS>.")
    }

    @Test("the verdict says what is done, and how to begin when there is no policy")
    func verdict() {
        #expect(trial(.mask).verdict(Invocation()) == "The text is masked; --print shows it.")
        #expect(trial(.block).verdict(Invocation()) == "The request is blocked (pii: EMAIL_ADDRESS).")
        #expect(trial(.logOnly, policies: 0).verdict(Invocation()).contains("There is no policy"))
        #expect(!trial(.logOnly, policies: nil).verdict(Invocation()).contains("There is no policy"))
    }

    @Test("findings that lie outside the text are shown without it")
    func foreignFinding() {
        let finding = Contracts.Finding(detector: "x", entity: "Y", range: 5..<500, action: .logOnly)
        let reply = InspectReply(action: .logOnly, findings: [finding])
        #expect(GuardTrial(text: "short", reply: reply, policies: nil).table().hasSuffix("–\n"))
    }

    @Test("as JSON a finding has offsets, line and column")
    func json() throws {
        var writer = JSONWriter()
        trial(.mask).write(to: &writer)
        let root = try JSONDocument(writer.bytes).root
        #expect(try root.string("action") == "mask")
        #expect(try root.string("masked").hasSuffix("<EMAIL_ADDRESS>."))
        let places = try root.array("findings") { finding throws(WireError) in
            [try finding.integer("start"), try finding.integer("line"), try finding.integer("column")]
        }
        #expect(places == [[24, 2, 12]])
    }

    @Test("a saver's work is tokens before and after; without any the text stays")
    func savings() throws {
        let replacement = Replacement(
            segment: 0,
            text: "short",
            saver: "rtk",
            rule: "git_diff",
            tokensBefore: 200,
            tokensAfter: 50
        )
        let trial = SaverTrial(text: "long", reply: CompressReply(epoch: "e", replacements: [replacement]))
        #expect(trial.result == "short")
        #expect(trial.table().contains("75 %") && trial.table().contains("200 tokens become 50"))
        let none = SaverTrial(text: "long", reply: CompressReply(epoch: "e"))
        #expect(none.result == "long" && none.table().hasPrefix("Nothing changes"))
        #expect(SaverTrial.share(0, 0) == "–")
    }
}
