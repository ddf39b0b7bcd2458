import MeterCore
import Observability

/// Counts on `/metrics` what settled requests cost.
struct CostFigures: Sendable {
    /// What a key without a project is counted under.
    private static let noTeam = "none"

    private struct Label: Hashable {
        var provider: String
        var model: String
        var team: String
    }

    let registry: MetricsRegistry

    /// Counts records that the ledger has just taken; what has no price has no cost here either.
    ///
    /// - Parameters:
    ///   - records: The records.
    ///   - teams: The project of each record's key.
    func count(_ records: [PricedRecord], teams: [String?]) {
        var sums: [Label: Int] = [:]
        for (record, team) in zip(records, teams) {
            let team = team ?? Self.noTeam
            for share in record.shares where share.costNanoUSD > 0 {
                sums[Label(provider: share.provider, model: share.model, team: team), default: 0] += share.costNanoUSD
            }
        }
        for (label, nano) in sums {
            registry.counter(
                MetricNames.cost.label,
                [("provider", label.provider), ("model", label.model), ("team", label.team)]
            ).increment(by: Double(nano) / 1e9)
        }
    }
}
