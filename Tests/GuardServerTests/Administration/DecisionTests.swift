import Contracts
import GuardServer
import PeerRPC
import TestSupport
import Testing

@Suite("Decisions", .bothEngines)
struct DecisionTests {
    @Test("are counted by detector and action, and looking is timed")
    func counted() async throws {
        let setup = GuardSetup()
        try await withGuard(setup) { guarding in
            try await guarding.put(.personalData())
            for text in ["a@example.com and b@example.com", "c@example.com", "4012888888881881", "nothing"] {
                _ = try await guarding.inspect(text)
            }
            let lines = String(decoding: setup.metrics.render(), as: UTF8.self).split(separator: "\n")
            #expect(lines.contains("keirouter_guardrail_decisions_total{action=\"mask\",detector=\"pii\"} 2"))
            #expect(lines.contains("keirouter_guardrail_decisions_total{action=\"block\",detector=\"pii\"} 1"))
            #expect(lines.contains("keirouter_guardrail_eval_seconds_count{detector=\"native\"} 4"))
        }
    }

    @Test("are kept without what was found, newest first")
    func kept() async throws {
        try await withGuard { guarding in
            try await guarding.put(.personalData())
            let scope = RequestScope(tenant: "default", key: "k1", provider: "acme", model: "small")
            for number in 1...5 {
                _ = try await guarding.inspect(
                    "secret.person\(number)@example.com",
                    scope: scope,
                    requestID: "r\(number)"
                )
            }
            _ = try await guarding.inspect("nothing here", scope: scope, requestID: "r6")
            _ = try await guarding.inspect("4012888888881881", requestID: "r7")
            try await Poll.until("all are written") { try await guarding.decisions().count == 6 }
            let all = try await guarding.decisions(pageSize: 2)
            #expect(Set(all.map(\.requestID)) == ["r1", "r2", "r3", "r4", "r5", "r7"])
            let one = try #require(all.first { $0.requestID == "r1" })
            #expect(one.scope == scope && one.action == .mask && one.direction == .inbound)
            #expect(one.findings.map(\.entity) == ["EMAIL_ADDRESS"] && one.findings[0].range == 0..<26)
            #expect(try await guarding.decisions(["key": "k1"]).count == 5)
            #expect(try await guarding.decisions(["action": "block"]).map(\.requestID) == ["r7"])
            #expect(try await guarding.decisions(["detector": "pii"]).count == 6)
            #expect(try await guarding.decisions(["detector": "injection"]).isEmpty)
            let read = try await guarding.call(GuardUnderTest.admin.decisions.get, GetRequest(id: one.id))
            #expect(read == one)
            let segment = InspectSegment(id: 0, role: "user", kind: .text, text: "see a@example.com at 192.168.7.1")
            var trial = InspectRequest(requestID: "t", direction: .inbound, scope: scope, segments: [segment])
            trial.trial = true
            let seen = try await guarding.call(GuardMethods.inspect, trial)
            #expect(seen.findings.map(\.entity) == ["EMAIL_ADDRESS", "IP_ADDRESS"] && seen.decisionID.isEmpty)
            #expect(seen.findings.map(\.action) == [.mask, .logOnly] && seen.edits.count == 1)
            #expect(TestFile.holding("secret.person", below: guarding.folder.path).isEmpty)
        }
    }
}
