import Contracts
import MeterCore
import MeterServer
import TestSupport
import Testing

/// What the configuration file declares, start after start.
@Suite("Declarations", .bothEngines)
struct DeclarationTests {
    private static let admin = AdminMethods.meterV1
    private static let secrets = (1...3).map { "kr_declared_\($0)_0123456789_0123456789" }

    private static func setup(
        plans: [PlanTerms] = [],
        keys: [(name: String, secret: Int, plan: String?)] = []
    ) -> MeterSetup {
        var setup = MeterSetup()
        setup.declaration.plans = plans
        setup.declaration.keys = keys.map { .init(name: $0.name, secret: secrets[$0.secret], plan: $0.plan) }
        return setup
    }

    private static let team = PlanTerms(name: "team", limitNanoUSD: 9_000_000, alertAt: [50])

    /// A key as its holder has it.
    private static func holder(of secret: Int) -> KeyItem {
        KeyItem(name: "", secret: secrets[secret])
    }

    @Test("declared plans and keys work, and are not changed by calls")
    func readOnly() async throws {
        let setup = Self.setup(plans: [Self.team], keys: [("ci", 0, "team")])
        try await withMeter(setup) { meter in
            #expect(try await meter.admit("a", Self.holder(of: 0)).admitted)
            let plan = try await meter.call(Self.admin.plans.get, GetRequest(id: "team"))
            #expect(plan.declared && plan.limitNanoUSD == 9_000_000)
            let key = try #require(try await meter.all(Self.admin.keys.list).first)
            #expect(key.declared && key.name == "ci" && key.plan == "team")
            #expect(try await meter.refusal(Self.admin.plans.put, PutRequest(item: plan)) == .failedPrecondition)
            let deletePlan = DeleteRequest(id: "team")
            #expect(try await meter.refusal(Self.admin.plans.delete, deletePlan) == .failedPrecondition)
            #expect(try await meter.refusal(Self.admin.keys.put, PutRequest(item: key)) == .failedPrecondition)
            let deleteKey = DeleteRequest(id: key.id)
            #expect(try await meter.refusal(Self.admin.keys.delete, deleteKey) == .failedPrecondition)
            #expect(TestFile.holding(Self.secrets[0], below: meter.folder.path).isEmpty)
        }
    }

    @Test("applying a declaration again changes nothing, not even a version")
    func idempotent() async throws {
        let folder = try TemporaryFolder()
        let setup = Self.setup(plans: [Self.team], keys: [("ci", 0, "team"), ("cd", 1, nil)])
        var seen: [(plans: [PlanItem], keys: [KeyItem])] = []
        for _ in 0..<3 {
            try await withMeter(in: folder, setup) { meter in
                seen.append((try await meter.all(Self.admin.plans.list), try await meter.all(Self.admin.keys.list)))
            }
        }
        #expect(seen.allSatisfy { $0.plans == seen[0].plans && $0.keys == seen[0].keys })
        #expect(seen[0].keys.map(\.etag) == ["1", "1"])
    }

    @Test("what is no longer declared: a plan stays as an ordinary one, a key is revoked, and both can come back")
    func removed() async throws {
        let folder = try TemporaryFolder()
        let declared = Self.setup(plans: [Self.team], keys: [("ci", 0, "team")])
        try await withMeter(in: folder, declared) { meter in
            _ = try await meter.makeKey("own", plan: "team")
        }
        try await withMeter(in: folder) { meter in
            let plan = try await meter.call(Self.admin.plans.get, GetRequest(id: "team"))
            #expect(!plan.declared)
            try await meter.putPlan(plan)
            #expect(try await meter.admit("a", Self.holder(of: 0)).denial?.reason == .revoked)
            let keys = try await meter.all(Self.admin.keys.list)
            #expect(keys.map { $0.revokedUS == nil } == [false, true])
        }
        try await withMeter(in: folder, declared) { meter async throws in
            #expect(try await meter.admit("a", Self.holder(of: 0)).admitted)
            #expect(try await meter.call(Self.admin.plans.get, GetRequest(id: "team")).declared)
        }
    }

    @Test("a declared key keeps its row and its spending when its secret, its name or its plan changes")
    func changed() async throws {
        let folder = try TemporaryFolder()
        var id = ""
        try await withMeter(in: folder, Self.setup(keys: [("ci", 0, nil)])) { meter in
            id = try #require(try await meter.all(Self.admin.keys.list).first?.id)
            let key = KeyItem(id: id, name: "ci", secret: Self.secrets[0])
            _ = try await meter.settle([meter.record("r", key)])
        }
        let changes = [
            Self.setup(keys: [("ci", 1, nil)]), Self.setup(keys: [("renamed", 1, nil)]),
            Self.setup(plans: [Self.team], keys: [("renamed", 1, "team")]),
        ]
        for setup in changes {
            try await withMeter(in: folder, setup) { meter in
                let keys = try await meter.all(Self.admin.keys.list)
                #expect(keys.map(\.id) == [id] && keys.map(\.spentNanoUSD) == [3_000_000])
                #expect(try await meter.admit("a", Self.holder(of: 0)).denial?.reason == .unknownKey)
                let reply = try await meter.admit("b", Self.holder(of: 1))
                #expect(reply.admitted)
                _ = try await meter.settle([meter.record("b", keys[0], reply.reservation, usage: TokenUsage())])
                let spent = try await meter.budget(keys[0]).spentNanoUSD
                #expect(spent == 3_000_000)
            }
        }
    }

    @Test("names and secrets may change places, and every declared secret works")
    func moved() async throws {
        let folder = try TemporaryFolder()
        let steps: [[(name: String, secret: Int, plan: String?)]] = [
            [("a", 0, nil), ("b", 1, nil)], [("a", 1, nil), ("b", 0, nil)], [("a", 0, nil), ("b", 2, nil)],
            [("b", 0, nil), ("a", 1, nil)], [("c", 2, nil), ("a", 0, nil), ("b", 1, nil)],
        ]
        for (number, keys) in steps.enumerated() {
            try await withMeter(in: folder, Self.setup(keys: keys)) { meter in
                for secret in 0..<3 {
                    let reply = try await meter.admit("\(number)-\(secret)", Self.holder(of: secret))
                    #expect(reply.admitted == keys.contains { $0.secret == secret }, "step \(number), secret \(secret)")
                }
                let live = try await meter.all(Self.admin.keys.list).filter { $0.revokedUS == nil }
                #expect(Set(live.map(\.name)) == Set(keys.map(\.name)))
            }
        }
    }

    @Test("a declaration that cannot be applied stops the start, says why and changes nothing")
    func refused() async throws {
        let folder = try TemporaryFolder()
        let broken: [(MeterSetup, String)] = [
            (Self.setup(keys: [("ci", 0, "nope")]), "declare.keys: ci: there is no plan nope"),
            (Self.setup(plans: [Self.team, Self.team]), "declare.plans: team is declared twice"),
            (Self.setup(keys: [("ci", 0, nil), ("ci", 1, nil)]), "declare.keys: ci is declared twice"),
            (
                Self.setup(keys: [("ci", 0, nil), ("cd", 0, nil)]),
                "declare.keys: cd has the same secret as another key"
            ),
        ]
        for (setup, problem) in broken {
            let service = setup.service(in: folder)
            let error = await #expect(throws: DeclarationError.self) { try await service.run {} }
            #expect(error?.problem == problem)
        }
        try await withMeter(in: folder) { meter async throws in
            #expect(try await meter.all(Self.admin.keys.list).isEmpty)
            #expect(try await meter.all(Self.admin.plans.list).isEmpty)
        }
    }
}
