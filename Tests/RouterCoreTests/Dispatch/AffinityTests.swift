import RouterCore
import Testing

@Suite("Affinity")
struct AffinityTests {
    private func first(_ state: RouterState, _ affinity: UInt64) -> String {
        var cooldowns = Cooldowns()
        var plan = AttemptPlan(
            targets: [Samples.target(Samples.acme, "m")],
            state: state,
            cooldowns: cooldowns,
            now: Samples.start,
            affinity: affinity
        )
        guard case .attempt(let candidate) = plan.first(cooldowns: &cooldowns, now: Samples.start) else { return "" }
        return candidate.account.id
    }

    @Test("conversations are shared out by weight, within two per cent of all, and each keeps its account")
    func weights() {
        let state = Samples.state(accounts: [
            Samples.account("a", "acme", weight: 6), Samples.account("b", "acme", weight: 3),
            Samples.account("c", "acme", weight: 1),
        ])
        var generator = SplitMix(seed: 7)
        var counts: [String: Int] = [:]
        for _ in 0..<10_000 {
            let affinity = generator.next()
            let account = first(state, affinity)
            counts[account, default: 0] += 1
            if counts[account] ?? 0 < 50 { #expect(first(state, affinity) == account) }
        }
        for (account, share) in [("a", 6000), ("b", 3000), ("c", 1000)] {
            #expect(abs((counts[account] ?? 0) - share) <= 200, "\(account): \(counts[account] ?? 0)")
        }
    }

    @Test("an account that leaves moves only its own conversations")
    func leaving() {
        let all = ["a", "b", "c"].map { Samples.account($0, "acme", weight: 2) }
        let before = Samples.state(accounts: all)
        let after = Samples.state(accounts: Array(all.dropLast()))
        var generator = SplitMix(seed: 9)
        for _ in 0..<500 {
            let affinity = generator.next()
            let account = first(before, affinity)
            if account != "c" { #expect(first(after, affinity) == account) }
        }
    }
}
