import Contracts
import MeterCore
import Observability

/// Counts on `/metrics` what settled requests cost.
struct CostFigures: Sendable {
    /// What a key without a project is counted under.
    private static let noTeam = "none"
    /// What a model is counted under whose name may be a caller's invention: each would be a series for ever.
    private static let otherModel = "_other"

    /// Who pays for what.
    private struct Share: Hashable {
        var key: String
        var provider: String
        var model: String
    }

    /// A series with what it grows by.
    struct Sum: Sendable {
        var team: String
        var provider: String
        var model: String
        var nanoUSD: Int
    }

    let registry: MetricsRegistry

    /// Sums up records that the ledger has just taken; what has no price has no cost here either.
    func sums(of records: [PricedRecord], _ state: MeterState) -> [Sum] {
        var sums = RunningSums<Share, Int>(zero: 0)
        for record in records {
            for share in record.shares where share.costNanoUSD > 0 {
                let payer = Share(key: record.record.keyID, provider: share.provider, model: share.model)
                sums.add(to: payer) { $0.addClamped(share.costNanoUSD) }
            }
        }
        return sums.all.map { payer, nanoUSD in
            let isListed = state.prices.lists(Target(provider: payer.provider, model: payer.model))
            return Sum(
                team: state.project(keyID: payer.key) ?? Self.noTeam,
                provider: payer.provider,
                model: isListed ? payer.model : Self.otherModel,
                nanoUSD: nanoUSD
            )
        }
    }

    func count(_ sums: [Sum]) {
        for sum in sums {
            registry.counter(
                MetricNames.cost.label,
                [("provider", sum.provider), ("model", sum.model), ("team", sum.team)]
            ).increment(by: Double(sum.nanoUSD) / 1e9)
        }
    }
}
