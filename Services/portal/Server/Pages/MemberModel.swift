import Contracts
import PortalCore

/// A teammate's page as its template shows it.
struct MemberModel {
    struct Facts {
        let key: KeyItem
        let plan: PlanItem?
        let budget: BudgetItem?
        let summary: SummarizeReply?
        let period: SummarizeReply?
        let rows: [UsageItem]
        let next: String?
        let down: Down?
        /// What providers are called, by id.
        var providers: [String: String] = [:]
    }

    struct Budget {
        let title: String
        let text: String
        let spent: String
        /// The plan's limit, where it has one.
        let limit: String?
        let chart: ChartView
        let projection: String
    }

    struct Limit {
        let title: String
        let used: String
        let limit: String
        let meter: String
    }

    struct Tokens {
        let total: String
        let chart: ChartView
        let fresh: String
        let cached: String
        let output: String
    }

    struct Model {
        let name: String
        let colour: String
        let requests: String
        let spent: String
        let meter: String
    }

    let name: String
    let display: String
    let left: String?
    let spent: String
    let until: String
    let pace: String?
    /// The same, said with alarm.
    let warning: String?
    let rangeTitle: String
    let ranges: [RangeLink]
    let down: Down?
    let budget: Budget?
    let kept: String
    let keptText: String
    let split: String
    let cached: String
    let saved: String
    let hasLimits: Bool
    let limits: [Limit]
    let tokens: Tokens?
    let hasModels: Bool
    let models: [Model]
    let allowed: String?
    let environment: String
    let hasKeys = false
    let hasRows: Bool
    let rows: [UsageRow]
    let next: String?

    init(_ facts: Facts, range: TimeRange, query: PageQuery, base: String, nowUS: Int) {
        let budget = facts.budget
        let totals = facts.summary?.totals
        name = facts.key.name
        display = facts.key.display
        let limit = budget?.limitNanoUSD ?? 0
        let used = budget?.spentNanoUSD ?? facts.key.spentNanoUSD
        left = limit > 0 ? Dollars.sum(max(0, limit - used)) : nil
        spent = Dollars.sum(used)
        let hasEnd = (budget?.periodEndUS ?? 0) > nowUS
        until = hasEnd ? "until \(Moments.dayMonth(budget?.periodEndUS ?? 0))" : "so far"
        let projection = budget.map {
            Projection(spent: used, limit: limit, startUS: $0.periodStartUS, endUS: $0.periodEndUS, nowUS: nowUS)
        }
        warning = Self.warning(projection, limit: limit, used: used)
        pace = warning == nil && limit > 0 && projection?.nanoUSD != nil ? "inside your plan" : nil
        rangeTitle = range.title
        let ranges: [TimeRange] = [.day, .week, .month, .quarter]
        self.ranges = RangeLink.all("/portal", query.with("page", nil), range, ranges)
        down = facts.down
        self.budget = budget.flatMap { Self.budget($0, facts, projection, nowUS: nowUS) }
        let gap = max(0, (totals?.listNanoUSD ?? 0) - (totals?.costNanoUSD ?? 0))
        kept = Dollars.sum(gap)
        let off = (totals?.savedTokens ?? 0) + (totals?.cachedTokens ?? 0)
        keptText = "\(Counts.short(off)) tokens in \(range.title) that cost less or nothing"
        split = Plot.split([totals?.cachedTokens ?? 0, totals?.savedTokens ?? 0])
        cached = Counts.short(totals?.cachedTokens ?? 0)
        saved = Counts.short(totals?.savedTokens ?? 0)
        limits = budget.map(Self.limits) ?? []
        hasLimits = !limits.isEmpty
        tokens = totals.map { Self.tokens($0, facts, range, nowUS) }
        let most = (facts.summary?.models ?? []).sorted { $0.costNanoUSD > $1.costNanoUSD }.prefix(8)
        let whole = totals?.costNanoUSD ?? 0
        models = most.map {
            Model(
                name: $0.name,
                colour: RouteColour.name(of: String($0.name.prefix { $0 != "/" })),
                requests: Counts.grouped($0.requests),
                spent: OverviewModel.paid($0),
                meter: Plot.meter($0.costNanoUSD, of: whole)
            )
        }
        hasModels = !models.isEmpty
        let names = facts.key.allowedModels.isEmpty ? facts.plan?.allowedModels ?? [] : facts.key.allowedModels
        allowed = names.isEmpty ? nil : "Your key may use " + names.joined(separator: ", ") + "."
        environment =
            "OPENAI_BASE_URL=\(base)/v1\nOPENAI_API_KEY=\(facts.key.display)\n\n"
            + "ANTHROPIC_BASE_URL=\(base)\nANTHROPIC_AUTH_TOKEN=\(facts.key.display)"
        rows = UsageRow.rows(facts.rows, nowUS: nowUS, base: "", keys: nil, providers: facts.providers)
        hasRows = !rows.isEmpty
        next = facts.next.map { "/portal" + query.with("page", $0, keepsPage: true).text }
    }

    private static func warning(_ projection: Projection?, limit: Int, used: Int) -> String? {
        if limit > 0, used >= limit { return "The plan is used up; requests are refused until then." }
        return projection?.exhaustedUS.map { "At this pace it is used up on \(Moments.dayMonth($0))." }
    }

    private static func budget(_ item: BudgetItem, _ facts: Facts, _ course: Projection?, nowUS: Int) -> Budget? {
        let days = (item.periodEndUS - item.periodStartUS) / Moments.day
        guard days > 1, days < 400, let period = facts.period else { return nil }
        let known = Dictionary(
            period.buckets.map { (Moments.floor($0.startUS, to: Moments.day), $0.costNanoUSD) },
            uniquingKeysWith: +
        )
        let first = Moments.floor(item.periodStartUS, to: Moments.day)
        var sum = 0
        let spent = stride(from: first, through: Moments.floor(nowUS, to: Moments.day), by: Moments.day).map { day in
            sum += known[day] ?? 0
            return sum
        }
        let end = course?.nanoUSD ?? item.spentNanoUSD
        let ticks = Plot.scale(max(item.limitNanoUSD, end, spent.last ?? 0, 30_000))
        let chart = ChartView(
            svg: Plot.budget(
                spent: spent,
                periods: days,
                limit: item.limitNanoUSD,
                projection: end,
                top: ticks.last ?? 1
            ),
            ticks: Dollars.axis(ticks),
            labels: [0, 1, 2, 3, 4].map {
                Moments.dayMonth(item.periodStartUS + (item.periodEndUS - item.periodStartUS - 1) * $0 / 4)
            },
            sentence: "Spent in this period: \(Dollars.sum(item.spentNanoUSD))"
                + (item.limitNanoUSD > 0 ? ", of \(Dollars.sum(item.limitNanoUSD)) in the plan." : "."),
            caption: "Spending by day",
            size: "tall",
            wideY: true,
            table: true,
            heads: ["Day", "Spent until then"],
            lines: spent.enumerated().map {
                [Moments.dayMonth(first + $0.offset * Moments.day), Dollars.sum($0.element)]
            }
        )
        return Budget(
            title: item.limitNanoUSD > 0 ? "Spend against plan" : "Spend in this period",
            text: "\(facts.plan.map { "Plan \($0.name)" } ?? "No plan"), starts again on \(Moments.dayMonth(item.periodEndUS))",
            spent: Dollars.sum(item.spentNanoUSD),
            limit: item.limitNanoUSD > 0 ? Dollars.sum(item.limitNanoUSD) : nil,
            chart: chart,
            projection: course?.nanoUSD.map { "about \(Dollars.sum($0)) by the end, at this pace (est.)" }
                ?? "too early to say where it leads"
        )
    }

    private static func limits(_ item: BudgetItem) -> [Limit] {
        let all: [(String, Int, Int?)] = [
            ("Requests per minute", item.rpmUsed, item.rpmLimit), ("Tokens per minute", item.tpmUsed, item.tpmLimit),
            ("At once", item.concurrency, item.concurrencyLimit),
            ("Tokens in this period", item.tokens, item.limitTokens > 0 ? item.limitTokens : nil),
        ]
        return all.compactMap { title, used, limit in
            limit.map {
                Limit(
                    title: title,
                    used: Counts.short(used),
                    limit: Counts.short($0),
                    meter: Plot.meter(used, of: $0, kind: used * 5 >= $0 * 4 ? "warn" : "")
                )
            }
        }
    }

    private static func tokens(_ totals: UsageSum, _ facts: Facts, _ range: TimeRange, _ nowUS: Int) -> Tokens {
        let buckets = OverviewModel.filled(facts.summary?.buckets ?? [], range: range, nowUS: nowUS)
        func thin(_ read: (UsageSum) -> Int) -> [Int] { OverviewModel.thinned(buckets.map(read), to: 31) }
        let parts = [thin { max(0, $0.inputTokens - $0.cachedTokens) }, thin(\.cachedTokens), thin(\.outputTokens)]
        let sums = parts[0].indices.map { index in parts.reduce(0) { $0 + $1[index] } }
        let ticks = Plot.scale(sums.max() ?? 0)
        let chart = ChartView(
            svg: Plot.bars(parts, top: ticks.last ?? 1),
            ticks: ticks.map { Counts.short($0) },
            labels: range.labels(untilUS: nowUS),
            sentence: "Tokens in the last \(range.title): \(Counts.grouped(totals.inputTokens)) in, "
                + "\(Counts.grouped(totals.outputTokens)) out.",
            caption: "Tokens over time",
            size: "low",
            wideY: true,
            table: true,
            heads: ["From", "New input", "From cache", "Output"],
            lines: buckets.filter { $0.requests > 0 }.map {
                [
                    range.name(of: $0.startUS), Counts.grouped(max(0, $0.inputTokens - $0.cachedTokens)),
                    Counts.grouped($0.cachedTokens), Counts.grouped($0.outputTokens),
                ]
            }
        )
        return Tokens(
            total: Counts.short(totals.inputTokens + totals.outputTokens),
            chart: chart,
            fresh: Counts.short(max(0, totals.inputTokens - totals.cachedTokens)),
            cached: Counts.short(totals.cachedTokens),
            output: Counts.short(totals.outputTokens)
        )
    }
}
