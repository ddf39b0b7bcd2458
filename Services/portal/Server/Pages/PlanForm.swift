import Contracts
import PortalCore

/// A plan's form: its fields, and the plan that they make.
enum PlanForm {
    static let names = [
        "name", "money", "tokens", "period", "timezone", "rpm", "tpm", "concurrency", "models", "alerts", "cutoff",
        "cache", "strict",
    ]
    /// What the meter calls the fields.
    static let fields = [
        "limit_nano_usd": "money", "limit_tokens": "tokens", "allowed_models": "models", "alert_at": "alerts",
    ]
    private static let rateHint = "Empty: as configured. 0: no limit."

    /// The fields, filled with a plan or with what was sent.
    static func fields(_ plan: PlanItem, _ state: FormState, isNew: Bool) -> [FieldView] {
        let name = FieldView(
            "name",
            "Name",
            form: state,
            hint: "What keys are given: team, ci, guests. It does not change later.",
            isRequired: true,
            isWide: true,
            value: plan.name
        )
        return (isNew ? [name] : []) + budget(plan, state) + rates(plan, state) + rules(plan, state)
    }

    private static func budget(_ plan: PlanItem, _ state: FormState) -> [FieldView] {
        let money = plan.limitNanoUSD > 0 ? String(Dollars.exact(plan.limitNanoUSD).filter { $0 != "," }) : ""
        return [
            FieldView("money", "Budget", form: state, hint: "In dollars, like $25. Empty: no limit.", value: money),
            FieldView(
                "period",
                "Starts anew",
                .select(PlanWords.periods.map { ($0.name, $0.starts) }),
                form: state,
                value: plan.period
            ),
            FieldView(
                "tokens",
                "Tokens",
                form: state,
                hint: "In the same period. Empty: no limit.",
                value: plan.limitTokens > 0 ? Counts.grouped(plan.limitTokens) : ""
            ),
            FieldView(
                "timezone",
                "Whose midnight",
                form: state,
                hint: "UTC, or an offset like +07:00.",
                value: plan.timezone
            ),
        ]
    }

    private static func rates(_ plan: PlanItem, _ state: FormState) -> [FieldView] {
        func rate(_ name: String, _ label: String, _ value: Int?) -> FieldView {
            FieldView(name, label, form: state, hint: rateHint, value: value.map { Counts.grouped($0) })
        }
        return [
            rate("rpm", "Requests a minute", plan.rpm), rate("tpm", "Tokens a minute", plan.tpm),
            rate("concurrency", "Requests at once", plan.concurrency),
            FieldView(
                "alerts",
                "Warn at",
                form: state,
                hint: "Percent of the budget, like 50, 80, 100.",
                value: plan.alertAt.map { "\($0)" }.joined(separator: ", ")
            ),
        ]
    }

    private static func rules(_ plan: PlanItem, _ state: FormState) -> [FieldView] {
        [
            FieldView(
                "models",
                "Models",
                .area(rows: 3),
                form: state,
                hint: "One a line: openai/gpt-*, a chain's or an alias's name. Empty: all.",
                isCode: true,
                isWide: true,
                value: plan.allowedModels.joined(separator: "\n")
            ),
            FieldView(
                "cache",
                "Answers from the cache",
                .select([
                    ("off", "Never"), ("exact", "For the very same request"),
                    ("semantic", "Also for one that means the same"),
                ]),
                form: state,
                isWide: true,
                value: plan.cache.isEmpty ? "off" : plan.cache
            ),
            FieldView(
                "cutoff",
                "Refuse requests once the budget is used up",
                .tick,
                form: state,
                hint: "Without it there is a warning and no more.",
                value: plan.hardCutoff ? "on" : ""
            ),
            FieldView(
                "strict",
                "Refuse requests that a translation would take something from",
                .tick,
                form: state,
                hint: "Otherwise what the provider's wire does not know is left out, and the answer says so.",
                value: plan.strictLossless ? "on" : ""
            ),
        ]
    }

    /// The plan that a form asks for.
    ///
    /// - Parameters:
    ///   - form: What was sent.
    ///   - plan: What it changes.
    ///   - state: Takes what is wrong with a field.
    /// - Returns: The plan; of no use when something was wrong.
    static func plan(_ form: FormFields, over plan: PlanItem, _ state: inout FormState) -> PlanItem {
        var item = plan
        func number(_ name: String, _ problem: String, _ read: (String) -> Int?) -> Int? {
            guard let text = form[name], !text.isEmpty else { return nil }
            let number = read(text)
            if number == nil { state.errors[name] = problem }
            return number
        }
        let whole = "A whole number, like 60 or 100,000."
        item.limitNanoUSD = number("money", "An amount in dollars, like 25 or 0.50.") { Dollars.parse($0) } ?? 0
        item.limitTokens = number("tokens", whole, Counts.parse) ?? 0
        item.rpm = number("rpm", whole, Counts.parse)
        item.tpm = number("tpm", whole, Counts.parse)
        item.concurrency = number("concurrency", whole, Counts.parse)
        item.period = form["period"] ?? plan.period
        item.timezone = form["timezone"].flatMap { $0.isEmpty ? nil : $0 } ?? "UTC"
        item.allowedModels = FormText.lines(form["models"] ?? "")
        let alerts = (form["alerts"] ?? "").split { $0 == "," || $0 == " " || $0 == "%" }
            .map { Counts.parse(String($0)) }
        if alerts.contains(nil) { state.errors["alerts"] = "Whole percentages with commas between, like 50, 80, 100." }
        item.alertAt = alerts.compactMap(\.self)
        item.cache = form["cache"] ?? plan.cache
        item.hardCutoff = form["cutoff"] == "on"
        item.strictLossless = form["strict"] == "on"
        return item
    }
}

/// A plan's limits as people read them.
enum PlanWords {
    /// A period, how it is said behind an amount, and when it starts anew.
    static let periods: [(name: String, each: String, starts: String)] = [
        ("daily", "a day", "Every day"), ("weekly", "a week", "Every Monday"),
        ("monthly", "a month", "On the first of a month"), ("total", "in all", "Never"),
    ]

    static func each(_ period: String) -> String { periods.first { $0.name == period }?.each ?? period }

    static func budget(_ plan: PlanItem) -> String {
        guard plan.limitNanoUSD > 0 else {
            return plan.limitTokens > 0 ? tokens(plan) ?? "" : "no limit"
        }
        return "\(Dollars.sum(plan.limitNanoUSD)) \(each(plan.period))"
    }

    /// The tokens, beside an amount of money.
    static func tokens(_ plan: PlanItem) -> String? {
        plan.limitTokens > 0 ? "\(Counts.short(plan.limitTokens)) tokens \(each(plan.period))" : nil
    }

    static func rate(_ number: Int?) -> String {
        guard let number else { return "as configured" }
        return number == 0 ? "no limit" : Counts.short(number)
    }

    static func models(_ rules: [String]) -> String {
        guard let first = rules.first else { return "all" }
        return rules.count == 1 ? first : "\(first) and \(Counts.of(rules.count - 1, "more", "more"))"
    }

    /// How much of its plan a key has used: of money or tokens, whichever is nearer its end; `nil` without a limit.
    static func share(_ budget: BudgetItem) -> (used: Int, limit: Int, isMoney: Bool)? {
        let money = budget.limitNanoUSD > 0 ? Double(budget.spentNanoUSD) / Double(budget.limitNanoUSD) : -1
        let tokens = budget.limitTokens > 0 ? Double(budget.tokens) / Double(budget.limitTokens) : -1
        guard max(money, tokens) >= 0 else { return nil }
        return money >= tokens
            ? (budget.spentNanoUSD, budget.limitNanoUSD, true) : (budget.tokens, budget.limitTokens, false)
    }

    /// The bar of a share: amber from four fifths, red once it is used up.
    static func meter(_ used: Int, of limit: Int) -> String {
        Plot.meter(used, of: limit, kind: used >= limit ? "bad" : Double(used) >= Double(limit) * 0.8 ? "warn" : "")
    }
}
