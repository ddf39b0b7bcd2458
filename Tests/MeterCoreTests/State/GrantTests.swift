import Contracts
import MeterCore
import Testing

@Suite("Grants")
struct GrantTests {
    private static func unit(input: Int = 1000, output: Int = 1000, digest: String = Fixture.digest) -> AdmitRequest {
        AdmitRequest(
            requestID: "unit",
            keySHA256: digest,
            operation: .chat,
            requestedModel: "small",
            targets: [Fixture.small],
            estimatedInputTokens: input,
            maxOutputTokens: output
        )
    }

    @Test("reserve as much as asked for where nothing is limited, and take back what was not used")
    func account() throws {
        var fixture = Fixture(plan: PlanTerms(name: "p", limitNanoUSD: 1_000_000_000_000, rpm: 10_000, tpm: 0))
        let reply = try fixture.grant(Self.unit(), 16)
        let grant = try #require(reply.grant)
        #expect(grant.requests == 16 && grant.nanoUSD == 3_000_000 && grant.tokens == 2000)
        #expect(grant.useMS == MeterState.grantUseMS)
        #expect(reply.terms?.identity?.keyID == Fixture.keyID && reply.terms?.targets == [0])
        #expect(reply.terms?.reservation == nil)
        var view = try fixture.view(at: .start)
        #expect(view.inUse == 16 && view.reservedNanoUSD == 16 * 3_000_000 && view.reservedTokens == 16 * 2000)
        #expect(view.rpmUsed == 16)

        try fixture.account(grant, used: 5)
        view = try fixture.view(at: .start)
        #expect(view.inUse == 5 && view.reservedNanoUSD == 5 * 3_000_000 && view.rpmUsed == 5 && view.tpmUsed == 10_000)
        // Once more changes nothing.
        try fixture.account(grant, used: 0)
        #expect(try fixture.view(at: .start).inUse == 5)
        for number in 0..<5 {
            _ = try fixture.settle("r\(number)", reservation: "\(grant.id).\(number)")
        }
        view = try fixture.view(at: .start)
        #expect(view.inUse == 0 && view.reservedNanoUSD == 0 && view.spent.nanoUSD == 5 * 3_000_000)
        #expect(fixture.state.openLeases == 0)
    }

    @Test(
        "take an eighth of what a limit has left at most",
        arguments: [
            (PlanTerms(name: "p", rpm: 160), 20), (PlanTerms(name: "p", rpm: 15), nil),
            (PlanTerms(name: "p", concurrency: 32), 4), (PlanTerms(name: "p", concurrency: 5), nil),
            (PlanTerms(name: "p", tpm: 160_000), 10), (PlanTerms(name: "p", tpm: 20_000), nil),
            (PlanTerms(name: "p", limitNanoUSD: 240_000_000), 10),
            (PlanTerms(name: "p", limitNanoUSD: 40_000_000), nil),
            (PlanTerms(name: "p", limitTokens: 48_000), 3), (PlanTerms(name: "p", limitTokens: 20_000), nil),
            (PlanTerms(name: "p", limitTokens: 20_000, hardCutoff: false), 256),
        ] as [(PlanTerms, Int?)]
    )
    func share(_ plan: PlanTerms, _ expected: Int?) throws {
        var fixture = Fixture(plan: plan)
        #expect(try fixture.grant(Self.unit(), 1_000_000).grant?.requests == expected)
        if expected == nil { #expect(fixture.state.openLeases == 0) }
    }

    @Test("nobody is granted what would be denied, nor a model that is not allowed or has no price")
    func refusals() throws {
        var fixture = Fixture(plan: PlanTerms(name: "p", limitNanoUSD: 1_000_000_000_000))
        #expect(try fixture.grant(Self.unit(digest: "nobody"), 8).grant == nil)
        var mystery = Self.unit()
        mystery.targets = [Fixture.mystery]
        #expect(try fixture.grant(mystery, 8).grant == nil)
        let revoked = KeyTerms(id: Fixture.keyID, ordinal: 1, digest: Fixture.digest, plan: "p", revokedUS: 5)
        fixture.state.setKey(revoked, now: .start)
        #expect(try fixture.grant(Self.unit(), 8).grant == nil)
    }

    @Test("a key that is about to expire is granted for so long only")
    func expiry() throws {
        var fixture = Fixture()
        let expires = Moment.start.epochUS + 700_000
        let terms = KeyTerms(id: Fixture.keyID, ordinal: 1, digest: Fixture.digest, expiresUS: expires)
        fixture.state.setKey(terms, now: .start)
        #expect(try fixture.grant(Self.unit(), 8).grant?.useMS == 700)
    }

    @Test("what no account was given of runs out; what was used lasts as any reservation does")
    func lease() throws {
        var fixture = Fixture()
        let first = try #require(try fixture.grant(Self.unit(), 8).grant)
        let second = try #require(try fixture.grant(Self.unit(), 8).grant)
        try fixture.account(first, used: 3)
        #expect(try fixture.view(at: .start.plus(seconds: 4.9)).inUse == 11)
        #expect(try fixture.view(at: .start.plus(seconds: 5)).inUse == 3)
        #expect(try fixture.view(at: .start.plus(seconds: 60)).inUse == 0)
        // A renewal knows the reservations of a grant by their names.
        let third = try #require(try fixture.grant(Self.unit(), 8, at: .start.plus(seconds: 60)).grant)
        let renewal = RenewRequest(instance: "r", reservations: ["\(third.id).0", "\(third.id).8", "\(second.id).1"])
        let reply = fixture.state.renew(renewal, now: .start.plus(seconds: 61), signer: fixture.signer)
        #expect(reply.unknown == ["\(third.id).8", "\(second.id).1"])
        #expect(try fixture.view(at: .start.plus(seconds: 70)).inUse == 1)
    }

    @Test("a restarted meter takes up what a request had taken")
    func restart() throws {
        var first = Fixture()
        let grant = try #require(try first.grant(Self.unit(), 8).grant)
        let later = Moment.start.plus(seconds: 1)
        var second = Fixture(now: later, isFresh: false)
        let renewal = RenewRequest(instance: "r", reservations: ["\(grant.id).2"])
        #expect(second.state.renew(renewal, now: later, signer: second.signer).unknown.isEmpty)
        let view = try second.view(at: later)
        #expect(view.inUse == 1 && view.reservedNanoUSD == grant.nanoUSD && view.reservedTokens == grant.tokens)
        _ = try second.settle("r", reservation: "\(grant.id).2", at: later)
        #expect(try second.view(at: later).inUse == 0)
    }

    @Test(
        "a grant's id is no reservation, and no other number than its own is",
        arguments: ["", ".8", ".-1", ".x", "..1", "."]
    )
    func names(_ suffix: String) throws {
        var fixture = Fixture()
        let grant = try #require(try fixture.grant(Self.unit(), 8).grant)
        _ = try fixture.settle("r", reservation: grant.id + suffix)
        #expect(try fixture.view(at: .start).inUse == 8)
    }

    @Test("with many routers and any order of events no budget is passed", arguments: 0..<40 as Range<UInt64>)
    func interleaving(_ seed: UInt64) throws {
        var random = Seeded(seed)
        let limit = 100 * 3_000_000
        var fixture = Fixture(plan: PlanTerms(name: "p", limitNanoUSD: limit, period: .total))
        var live: [(grant: Grant, used: Int, until: Int)] = []
        var running: [String] = []
        var now = Moment.start
        var number = 0
        for _ in 0..<400 {
            now = now.plus(seconds: Double.random(in: 0...0.05, using: &random))
            number += 1
            // A router takes nothing from a grant whose time is over, and gives account of it.
            for entry in live where entry.until <= now.uptimeUS {
                try fixture.account(entry.grant, used: entry.used, at: now)
            }
            live.removeAll { $0.until <= now.uptimeUS }
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                if let grant = try fixture.grant(Self.unit(), Int.random(in: 1...256, using: &random), at: now).grant {
                    live.append((grant, 0, now.uptimeUS + grant.useMS * 1000))
                }
            case 1, 2:
                guard let index = live.indices.randomElement(using: &random) else { continue }
                guard live[index].used < live[index].grant.requests else { continue }
                running.append("\(live[index].grant.id).\(live[index].used)")
                live[index].used += 1
            case 3:
                if let id = try fixture.admit("a\(number)", at: now).reservation?.id { running.append(id) }
            case 4:
                guard let index = live.indices.randomElement(using: &random) else { continue }
                try fixture.account(live[index].grant, used: live[index].used, at: now)
                live.remove(at: index)
            default:
                guard let index = running.indices.randomElement(using: &random) else { continue }
                _ = try fixture.settle("s\(number)", reservation: running.remove(at: index), at: now)
            }
            let view = try fixture.view(at: now)
            #expect(view.spent.nanoUSD + view.reservedNanoUSD <= limit)
        }
        for entry in live { try fixture.account(entry.grant, used: entry.used, at: now) }
        for (index, id) in running.enumerated() { _ = try fixture.settle("end\(index)", reservation: id, at: now) }
        let view = try fixture.view(at: now)
        #expect(view.inUse == 0 && view.reservedNanoUSD == 0 && view.spent.nanoUSD <= limit)
        #expect(fixture.state.openLeases == 0)
    }
}

extension Fixture {
    fileprivate mutating func grant(
        _ unit: AdmitRequest,
        _ requests: Int,
        at now: Moment = .start
    ) throws(ServiceError) -> GrantReply {
        try state.grant(GrantRequest(unit: unit, requests: requests), now: now, signer: signer)
    }

    fileprivate mutating func account(_ grant: Grant, used: Int, at now: Moment = .start) throws(ServiceError) {
        let ended = [EndedGrant(id: grant.id, used: used)]
        let none = AdmitRequest(
            requestID: "none",
            keySHA256: "",
            operation: .chat,
            requestedModel: "",
            estimatedInputTokens: 0
        )
        _ = try state.grant(GrantRequest(unit: none, requests: 0, ended: ended), now: now, signer: signer)
    }
}
