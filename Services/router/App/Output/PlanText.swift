package import Contracts

/// Plans as people read them.
package enum PlanText {
    package static func table(_ plans: [PlanItem]) -> Table {
        var table = Table([
            .init("name"), .init("budget", .right), .init("tokens", .right), .init("period"), .init("rpm", .right),
            .init("tpm", .right), .init("at once", .right), .init("models"), .init("alerts"), .init("when spent"),
        ])
        for plan in plans {
            table.add([
                plan.declared ? "\(plan.name) (declared)" : plan.name, Money.limit(nanoUSD: plan.limitNanoUSD),
                plan.limitTokens == 0 ? "none" : TimeText.count(plan.limitTokens), plan.period, rate(plan.rpm),
                rate(plan.tpm), rate(plan.concurrency),
                plan.allowedModels.isEmpty ? "all" : plan.allowedModels.joined(separator: " "),
                plan.alertAt.isEmpty ? "none" : plan.alertAt.map { "\($0)%" }.joined(separator: " "),
                plan.hardCutoff ? "denies" : "alerts",
            ])
        }
        return table
    }

    private static func rate(_ rate: Int?) -> String {
        guard let rate else { return "default" }
        return rate == 0 ? "none" : TimeText.count(rate)
    }
}
