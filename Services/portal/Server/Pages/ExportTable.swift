import Contracts
import PortalCore

/// How items are written as a table.
struct ExportTable<Item: Sendable>: Sendable {
    /// The names of the columns.
    let names: [String]
    let cells: @Sendable (Item) -> [String]

    /// RFC 4180, with a row of names.
    func csv(_ items: [Item]) -> String {
        var text = names.joined(separator: ",") + "\r\n"
        for item in items { text += cells(item).map(ExportTables.cell).joined(separator: ",") + "\r\n" }
        return text
    }
}

/// The tables of all lists.
enum ExportTables {
    static let requests = ExportTable<UsageItem>(
        names: [
            "id", "time", "key", "asked_for", "provider", "model", "outcome", "attempts", "input", "output", "saved",
            "cost_usd", "first_token_ms", "total_ms",
        ]
    ) { item in
        [
            item.requestID, Moments.iso(item.startedUS), item.keyID, item.requestedModel, item.provider, item.model,
            item.outcome.rawValue, "\(item.attempts)", "\(item.usage.wholeInput)", "\(item.usage.output)",
            "\(item.savedTokens)", dollars(item.costNanoUSD), item.firstTokenMS.map { "\($0)" } ?? "",
            "\(item.totalMS)",
        ]
    }

    static let keys = ExportTable<KeyItem>(
        names: [
            "id", "name", "key", "plan", "made", "expires", "revoked", "last_used", "requests", "tokens", "spent_usd",
            "unpriced_requests",
        ]
    ) { key in
        [
            key.id, key.name, key.display, key.plan ?? "", Moments.iso(key.createdUS), time(key.expiresUS),
            time(key.revokedUS), time(key.lastUsedUS), "\(key.requests)", "\(key.tokens)", dollars(key.spentNanoUSD),
            "\(key.unpricedRequests)",
        ]
    }

    static let usage = ExportTable<UsageCell>(names: ["from", "name", "requests", "tokens", "cost_usd"]) { cell in
        [
            Moments.iso(cell.startUS), cell.name, "\(cell.requests)", "\(cell.tokens)", dollars(cell.costNanoUSD),
        ]
    }

    static let budgets = ExportTable<BudgetItem>(
        names: [
            "key", "from", "until", "spent_usd", "budget_usd", "tokens", "tokens_limit", "rpm", "rpm_limit", "tpm",
            "tpm_limit", "at_once", "at_once_limit",
        ]
    ) { budget in
        func limit(_ number: Int?) -> String { number.map { "\($0)" } ?? "" }
        return [
            budget.id, Moments.iso(budget.periodStartUS), budget.periodEndUS > 0 ? Moments.iso(budget.periodEndUS) : "",
            dollars(budget.spentNanoUSD), dollars(budget.limitNanoUSD), "\(budget.tokens)", "\(budget.limitTokens)",
            "\(budget.rpmUsed)", limit(budget.rpmLimit), "\(budget.tpmUsed)", limit(budget.tpmLimit),
            "\(budget.concurrency)", limit(budget.concurrencyLimit),
        ]
    }

    static let plans = ExportTable<PlanItem>(
        names: [
            "name", "budget_usd", "tokens", "period", "timezone", "rpm", "tpm", "concurrency", "models", "warn_at",
            "refuses", "lossless_only", "cache",
        ]
    ) { plan in
        func rate(_ number: Int?) -> String { number.map { "\($0)" } ?? "" }
        return [
            plan.name, dollars(plan.limitNanoUSD), "\(plan.limitTokens)", plan.period, plan.timezone, rate(plan.rpm),
            rate(plan.tpm), rate(plan.concurrency), plan.allowedModels.joined(separator: " "),
            plan.alertAt.map { "\($0)" }.joined(separator: " "), "\(plan.hardCutoff)", "\(plan.strictLossless)",
            plan.cache,
        ]
    }

    static let chains = ExportTable<ChainItem>(names: ["name", "strategy", "targets", "weights"]) { chain in
        [
            chain.id, chain.strategy, chain.steps.joined(separator: " "),
            chain.weights.map { "\($0)" }.joined(separator: " "),
        ]
    }

    static let providers = ExportTable<HealthItem>(
        names: ["provider", "account", "model", "state", "failures", "reason", "left_alone_until", "first_token_ms"]
    ) { item in
        [
            item.provider, item.account ?? "", item.model ?? "", item.state, "\(item.failures)", item.reason ?? "",
            time(item.cooldownUntilUS), item.latencyMS.map { "\($0)" } ?? "",
        ]
    }

    static let decisions = ExportTable<DecisionItem>(
        names: ["id", "time", "request", "direction", "action", "reason", "policy", "took_us"]
    ) { item in
        [
            item.id, Moments.iso(item.atUS), item.requestID, item.direction.rawValue, item.action.rawValue,
            item.reason, item.policyVersion, "\(item.durationUS)",
        ]
    }

    static let sums = ExportTable<UsageSum>(
        names: [
            "day", "requests", "errors", "blocked", "input", "output", "read_from_cache", "never_sent", "paid_usd",
            "list_usd",
        ]
    ) { sum in
        [
            Moments.iso(sum.startUS), "\(sum.requests)", "\(sum.errors)", "\(sum.blocked)", "\(sum.inputTokens)",
            "\(sum.outputTokens)", "\(sum.cachedTokens)", "\(sum.savedTokens)", dollars(sum.costNanoUSD),
            dollars(sum.listNanoUSD),
        ]
    }

    static let audit = ExportTable<AuditItem>(
        names: ["id", "time", "who", "peer", "act", "resource", "item", "outcome", "request"]
    ) { row in
        [
            row.row.id, Moments.iso(row.row.atUS), row.row.who, row.row.peer, row.row.act, row.row.resource,
            row.row.item, row.row.outcome, row.row.requestID,
        ]
    }

    private static func time(_ timeUS: Int?) -> String { timeUS.map { Moments.iso($0) } ?? "" }

    private static func dollars(_ nanos: Int?) -> String {
        nanos.map { String(Dollars.exact($0).filter { $0 != "$" && $0 != "," }) } ?? ""
    }

    /// Quoted where it must be; what a spreadsheet would run as a formula is made text.
    static func cell(_ text: String) -> String {
        let isFormula = text.first.map { "=+-@\t\r".contains($0) } ?? false
        let safe = isFormula ? "'" + text : text
        guard safe.contains(where: { ",\"\r\n".contains($0) }) else { return safe }
        return "\"" + safe.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
