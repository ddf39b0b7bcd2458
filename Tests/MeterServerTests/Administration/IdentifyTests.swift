import Contracts
import MeterCore
import Secrets
import TestSupport
import Testing

@testable import MeterServer

/// What a member who signs in with a key is told.
@Suite("Whose key this is", .bothEngines)
struct IdentifyTests {
    private static func identify(_ meter: MeterUnderTest, _ key: KeyItem) async throws -> IdentifyReply {
        let request = IdentifyRequest(keySHA256: APIKey.digestHex(key.secret ?? ""))
        return try await meter.call(MeterMethods.identify, request)
    }

    @Test("a good key is told its plan and its limits as they stand, and never its secret")
    func good() async throws {
        try await withMeter { meter in
            try await meter.putPlan(
                PlanItem(name: "team", limitNanoUSD: 50_000_000, rpm: 5, tpm: 100_000, concurrency: 0)
            )
            let key = try await meter.makeKey(plan: "team")
            let admitted = try await meter.admit("r1", key)
            #expect(admitted.admitted)
            let reply = try await Self.identify(meter, key)
            #expect(reply.denial == nil)
            #expect(reply.key?.id == key.id)
            #expect(reply.key?.secret == nil)
            #expect(reply.plan?.name == "team")
            let budget = try #require(reply.budget)
            #expect(budget.limitNanoUSD == 50_000_000)
            #expect(budget.reservedNanoUSD == 3_000_000)
            #expect(budget.rpmLimit == 5)
            #expect(budget.rpmUsed == 1)
            #expect(budget.tpmLimit == 100_000)
            #expect(budget.tpmUsed == 2000)
            #expect(budget.concurrency == 1)
            #expect(budget.concurrencyLimit == nil)
            #expect(try await meter.budget(key) == budget)
        }
    }

    @Test("a key without a plan has no plan and no limits")
    func bare() async throws {
        try await withMeter { meter in
            let reply = try await Self.identify(meter, try await meter.makeKey())
            #expect(reply.denial == nil)
            #expect(reply.plan == nil)
            #expect(reply.budget?.rpmLimit == nil)
        }
    }

    @Test("a key that is unknown, revoked or expired is told why and nothing else")
    func denied() async throws {
        try await withMeter { meter in
            let stranger = try await Self.identify(meter, KeyItem(name: "", secret: "kr_nobody"))
            #expect(stranger.denial?.reason == .unknownKey)
            let revoked = try await meter.makeKey("revoked")
            _ = try await meter.call(AdminMethods.meterV1.keys.delete, DeleteRequest(id: revoked.id))
            let answer = try await Self.identify(meter, revoked)
            #expect(answer == IdentifyReply(denial: answer.denial))
            #expect(answer.denial?.reason == .revoked)
            let expiring = try await meter.makeKey("late", expiresUS: meter.clock.now.epochUS + 1_000_000)
            meter.clock.advance(seconds: 2)
            #expect(try await Self.identify(meter, expiring).denial?.reason == .expired)
        }
    }
}
