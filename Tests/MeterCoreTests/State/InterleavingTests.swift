import Contracts
import MeterCore
import Testing

@Suite("Interleavings")
struct InterleavingTests {
    /// What the simple model knows of one open lease.
    private struct Open {
        var id: String
        var reservation: String
        var nanoUSD: Int
        var expires: Int
    }

    /// A meter that keeps lists and adds them up: slow, and right at a glance.
    private struct Model {
        var open: [Open] = []
        var settled: Set<String> = []
        var spent = 0
        var admitted: [Int] = []

        mutating func advance(to now: Int) {
            open.removeAll { $0.expires <= now }
            admitted.removeAll { now / 1_000_000 - $0 / 1_000_000 > 60 }
        }

        var reserved: Int { open.reduce(0) { $0 + $1.nanoUSD } }
    }

    private static let limit = 40_000_000
    private static let plan = PlanTerms(name: "p", limitNanoUSD: limit, rpm: 30, concurrency: 6, period: .total)

    @Test("any mix of calls agrees with a simple model, and ends with nothing held", arguments: 0..<40 as Range<UInt64>)
    func mix(seed: UInt64) throws {
        var random = Seeded(seed)
        var fixture = Fixture(plan: Self.plan)
        var model = Model()
        var now = Moment.start
        var everything: [Open] = []
        for step in 0..<400 {
            now = now.advanced(byMilliseconds: Int.random(in: 0...4000, using: &random))
            model.advance(to: now.uptimeUS)
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1, 2:
                let opened = try Self.admit(step, &fixture, &model, at: now, using: &random)
                everything.append(contentsOf: opened)
            case 3:
                guard let lease = everything.randomElement(using: &random) else { continue }
                try Self.settle(lease, &fixture, &model, at: now, using: &random)
            case 4:
                Self.renew(everything, &fixture, &model, at: now, using: &random)
            default:
                guard let lease = model.open.randomElement(using: &random) else { continue }
                let again = try fixture.admit(lease.id, at: now)
                #expect(again.reservation?.id == lease.reservation)
            }
            let view = try fixture.view(at: now)
            #expect(view.inUse == model.open.count)
            #expect(view.reservedNanoUSD == model.reserved)
            #expect(view.spent.nanoUSD == model.spent)
        }
        let end = try fixture.view(at: now.plus(seconds: 61))
        #expect(end.inUse == 0 && end.reservedNanoUSD == 0 && end.reservedTokens == 0 && fixture.state.openLeases == 0)
    }

    private static func admit(
        _ step: Int,
        _ fixture: inout Fixture,
        _ model: inout Model,
        at now: Moment,
        using random: inout Seeded
    ) throws -> [Open] {
        let input = Int.random(in: 0...2000, using: &random)
        let cost = input * 1000 + 500 * 2000
        let reply = try fixture.admit("r\(step)", input: input, output: 500, at: now)
        let room = limit - model.spent - model.reserved
        let fits = cost <= room && model.open.count < 6 && model.admitted.count < 30
        #expect(reply.admitted == fits)
        guard let reservation = reply.reservation else { return [] }
        let lease = Open(id: "r\(step)", reservation: reservation.id, nanoUSD: cost, expires: now.uptimeUS + 60_000_000)
        #expect(reservation.nanoUSD == cost)
        model.open.append(lease)
        model.admitted.append(now.uptimeUS)
        return [lease]
    }

    private static func settle(
        _ lease: Open,
        _ fixture: inout Fixture,
        _ model: inout Model,
        at now: Moment,
        using random: inout Seeded
    ) throws {
        let input = Int.random(in: 0...500, using: &random)
        let isNew = !model.settled.contains(lease.id)
        _ = try fixture.settle(
            lease.id,
            reservation: lease.reservation,
            usage: TokenUsage(input: input),
            isNew: isNew,
            at: now
        )
        if isNew { model.spent += input * 1000 }
        model.settled.insert(lease.id)
        model.open.removeAll { $0.id == lease.id }
    }

    private static func renew(
        _ everything: [Open],
        _ fixture: inout Fixture,
        _ model: inout Model,
        at now: Moment,
        using random: inout Seeded
    ) {
        let chosen = everything.filter { _ in Bool.random(using: &random) }
        let renewal = RenewRequest(instance: "r", reservations: chosen.map(\.reservation))
        let reply = fixture.state.renew(renewal, now: now, signer: fixture.signer)
        let live = Set(model.open.map(\.id))
        #expect(reply.unknown == chosen.filter { !live.contains($0.id) }.map(\.reservation))
        for index in model.open.indices where chosen.contains(where: { $0.id == model.open[index].id }) {
            model.open[index].expires = now.uptimeUS + 60_000_000
        }
    }
}
