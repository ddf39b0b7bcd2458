import Contracts
import GuardCore
import GuardServer
import TestSupport
import Testing

/// Policies as a whole: what holds and why, and moving them.
@Suite("Bundles of policies", .bothEngines)
struct BundleTests {
    private static let admin = AdminMethods.guardV1

    @Test("what holds for a request names the scope of every field")
    func effective() async throws {
        try await withGuard { guarding async throws in
            try await guarding.put(
                PolicyItem(
                    scope: "global",
                    allowExternalEngines: false,
                    pii: PIISection(enabled: true, action: .mask, strategy: "hash"),
                    custom: [CustomPattern(name: "names", words: ["Falcon"], action: .warn)]
                )
            )
            try await guarding.put(PolicyItem(scope: "key:ci", onFailure: "open", pii: PIISection(action: .block)))
            let scope = RequestScope(tenant: "default", key: "ci", provider: "openai", model: "gpt-5")
            let reply = try await guarding.call(Self.admin.effectivePolicy, scope)
            #expect(reply.policy.pii?.action == .block && reply.policy.pii?.strategy == "hash")
            #expect(reply.policy.onFailure == "open" && !reply.policy.allowExternalEngines)
            #expect(
                reply.provenance == [
                    "on_failure": "key:ci", "allow_external_engines": "global", "pii.enabled": "global",
                    "pii.action": "key:ci", "pii.strategy": "global", "custom.names": "global",
                ]
            )
            let other = try await guarding.call(Self.admin.effectivePolicy, RequestScope(tenant: "default"))
            #expect(other.policy.pii?.action == .mask && other.provenance["pii.action"] == "global")
        }
    }

    @Test("a bundle moves to another guard, as a whole or not at all")
    func moving() async throws {
        var bundle = PolicyBundle()
        try await withGuard { guarding async throws in
            try await guarding.put(.personalData())
            try await guarding.put(.personalData("chain:fast", action: .warn))
            bundle = try await guarding.call(Self.admin.exportPolicies, Empty())
            #expect(bundle.policies.map(\.scope) == ["chain:fast", "global"])
        }
        let moved = bundle
        try await withGuard { guarding async throws in
            try await guarding.put(.personalData("key:old"))
            try await guarding.put(.personalData(action: .block))
            let trial = ImportRequest(bundle: moved, replace: true, dryRun: true)
            let expected = ImportReply(created: ["chain:fast"], changed: ["global"], deleted: ["key:old"])
            #expect(try await guarding.call(Self.admin.importPolicies, trial) == expected)
            #expect(try await guarding.inspect("j.doe@example.com").action == .block)
            let real = ImportRequest(bundle: moved, replace: true)
            #expect(try await guarding.call(Self.admin.importPolicies, real) == expected)
            #expect(try await guarding.inspect("j.doe@example.com").action == .mask)
            #expect(try await guarding.call(Self.admin.exportPolicies, Empty()) == moved)
            #expect(try await guarding.call(Self.admin.importPolicies, real) == ImportReply())
            var broken = moved
            broken.policies[0].pii?.action = .block
            broken.policies[1].pii?.entities = ["SHOE_SIZE": ""]
            let refused = ImportRequest(bundle: broken)
            #expect(try await guarding.refusal(Self.admin.importPolicies, refused) == .invalidArgument)
            #expect(try await guarding.call(Self.admin.exportPolicies, Empty()) == moved)
            let foreign = ImportRequest(bundle: PolicyBundle(format: 2))
            #expect(try await guarding.refusal(Self.admin.importPolicies, foreign) == .invalidArgument)
        }
    }

    @Test("what is declared is not imported over")
    func declared() async throws {
        var setup = GuardSetup()
        var item = PolicyItem.personalData()
        item.declared = true
        setup.declaration.policies = [item]
        try await withGuard(setup) { guarding async throws in
            let same = PolicyBundle(policies: [.personalData()])
            #expect(try await guarding.call(Self.admin.importPolicies, ImportRequest(bundle: same)) == ImportReply())
            let other = ImportRequest(bundle: PolicyBundle(policies: [.personalData(action: .block)]))
            #expect(try await guarding.refusal(Self.admin.importPolicies, other) == .failedPrecondition)
        }
    }
}
