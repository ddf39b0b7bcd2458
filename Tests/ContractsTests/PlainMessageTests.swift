import Contracts
import JSON
import Testing

@Suite("Plain messages")
struct PlainMessageTests {
    /// The messages of every request: those that must not lose their short way unnoticed.
    private static let hot: Set<String> = ["AdmitRequest", "SettleRequest"]

    @Test("what is read by the short way is what the document says", arguments: Sample.all)
    func agreement(sample: Sample) throws {
        let equal = sample.isPlainlyEqual(sample.bytes)
        #expect(equal != false)
        if Self.hot.contains(sample.name) { #expect(equal == true) }
    }

    @Test("an admission and its answer are read by the short way")
    func admission() throws {
        let reply = AdmitReply(
            admitted: true,
            identity: Identity(tenant: "default", keyID: "key_1", plan: "team"),
            targets: [0, 2],
            reservation: Reservation(id: "rsv_1", leaseMS: 60_000, nanoUSD: 5, tokens: 9),
            remaining: Remaining(nanoUSD: 9, tokens: nil),
            limits: LimitsState(rpm: Rate(limit: 20, remaining: 19, resetMS: 60_000)),
            features: Features()
        )
        #expect(plain(AdmitReply.self, encode(reply)) == reply)
        let settled = SettleReply(applied: ["req_1", "req_2"])
        #expect(plain(SettleReply.self, encode(settled)) == settled)
        // A denial is rare enough for the long way.
        let denied = AdmitReply(admitted: false, denial: Denial(reason: .rpm, retryAfterMS: 5, message: "slow down"))
        #expect(plain(AdmitReply.self, encode(denied)) == nil)
    }

    @Test("texts for a guard and an answer that finds nothing are read by the short way")
    func inspection() throws {
        let scope = RequestScope(tenant: "default", key: "key_1", provider: "openai", model: "gpt-5")
        let text = "def f():\n\treturn \"é 日本 😀\" # \\ and \u{7F}"
        let request = InspectRequest(
            requestID: "req_1",
            direction: .inbound,
            scope: scope,
            segments: [
                InspectSegment(id: 0, role: "user", kind: .text, lastUser: true, text: text),
                InspectSegment(id: 3, role: "tool", kind: .toolResult, toolName: "bash", text: ""),
            ]
        )
        #expect(plain(InspectRequest.self, encode(request)) == request)
        var reply = InspectReply(decisionID: "dec_1", policyVersion: "7", action: .allow)
        reply.segments = [SegmentVerdict(id: 0, action: .allow, cacheable: true)]
        #expect(plain(InspectReply.self, encode(reply)) == reply)
        // What is rare takes the long way.
        reply.edits = [TextEdit(segment: 0, range: 0..<2, replacement: "x")]
        #expect(plain(InspectReply.self, encode(reply)) == nil)
        var trial = request
        trial.trial = true
        #expect(plain(InspectRequest.self, encode(trial)) == nil)
        let unscoped = String(decoding: encode(request), as: UTF8.self).split(separator: #","scope":{"#)
        let broken = unscoped[0] + #","scope":null,"segments":[]}"#
        #expect(plain(InspectRequest.self, Array(broken.utf8)) == nil)
    }

    @Test("members that a newer peer adds, and another order, take the long way", arguments: Sample.all)
    func differences(sample: Sample) throws {
        guard sample.isPlainlyEqual(sample.bytes) == true else { return }
        let document = try JSONDocument(sample.bytes)
        let longer = try document.applying([.insertMember("added_later", Array("1".utf8), into: document.root)])
        #expect(sample.isPlainlyEqual(longer) == nil)
        for member in sample.members {
            // Without the member it is either refused or read as the document reads it.
            let text = try sample.removing(member.name)
            #expect(sample.isPlainlyEqual(text) == nil)
        }
    }
}
