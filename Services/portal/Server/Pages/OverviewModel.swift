import Contracts
import PortalCore

/// The overview as its template shows it.
struct OverviewModel {
    struct Figure {
        let title: String
        let value: String
        let detail: String
        let spark: String
    }

    struct From {
        let name: String
        let requests: String
    }

    struct To {
        let name: String
        let models: String
        let colour: String
        let kind: String
        let icon: String
        let service: String
        let why: String?
        let requests: String
        let errors: String
        let paid: String
    }

    struct Map {
        let from: [From]
        let to: [To]
        let svg: String
    }

    struct Money {
        let list: String
        let paid: String
        /// Nothing to draw while nothing has a price.
        let chart: ChartView?
        let estimated: String?
    }

    struct Latency {
        let middle: String
        let slow: String
        let chart: ChartView
    }

    struct Savings {
        let kept: String
        let text: String
        let split: String
        let cached: String
        let saved: String
    }

    /// Since midnight; the page's script keeps it up to date.
    struct Today {
        let requests: String
        let paid: String
        let errors: String
    }

    struct Todo {
        let kind: String
        let icon: String
        let title: String
        let text: String
        let meter: String
        let href: String
        let action: String
    }

    struct Plan {
        let name: String
        let meter: String
        let text: String
    }

    let rangeTitle: String
    let ranges: [RangeLink]
    let hasRequests: Bool
    let requests: String
    let verb: String
    let paid: String
    let kept: String?
    let emptySentence: String
    let down: Down?
    let figures: [Figure]?
    let map: Map?
    let money: Money?
    let latency: Latency?
    let savings: Savings?
    let today: Today?
    let hasTodo: Bool
    let todo: [Todo]
    let hasPlans: Bool
    let plans: [Plan]
    let hasKeys = true
    let hasRows: Bool
    let rows: [UsageRow]

    init(_ facts: OverviewPage.Facts, range: TimeRange, query: PageQuery, nowUS: Int) {
        let totals = facts.summary?.totals
        let names = KeyNames.of(facts.keys)
        let titles = Dictionary(facts.providers.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        rangeTitle = range.title
        ranges = RangeLink.all("/", query, range, [.day, .week, .month, .quarter])
        hasRequests = (totals?.requests ?? 0) > 0
        requests = Counts.grouped(totals?.requests ?? 0)
        verb = totals?.requests == 1 ? "request found" : "requests found"
        paid = Dollars.sum(totals?.costNanoUSD ?? 0)
        let gap = (totals?.listNanoUSD ?? 0) - (totals?.costNanoUSD ?? 0)
        kept = gap > 0 ? Dollars.sum(gap) : nil
        emptySentence =
            totals == nil ? "The figures are out of reach right now." : "No request in the last \(range.title) yet."
        down = facts.down.map { Down($0.service, $0.error) }
        let buckets = Self.filled(facts.summary?.buckets ?? [], range: range, nowUS: nowUS)
        figures = hasRequests ? Self.figures(facts, buckets) : nil
        map = hasRequests ? Self.map(facts, names, nowUS) : nil
        money = hasRequests ? Self.money(facts, buckets, range, nowUS) : nil
        latency = hasRequests ? Self.latency(facts, range, nowUS) : nil
        savings = hasRequests ? Self.savings(facts, range) : nil
        today = totals == nil ? nil : Self.today(buckets, nowUS)
        todo = Self.todo(facts, names, nowUS)
        hasTodo = !todo.isEmpty
        plans = Self.plans(facts, names)
        hasPlans = !plans.isEmpty
        rows = UsageRow.rows(facts.rows, nowUS: nowUS, base: "/requests/", keys: names, providers: titles)
        hasRows = !rows.isEmpty
    }

    /// Buckets without gaps: what the meter leaves out had no request.
    static func filled(_ buckets: [UsageSum], range: TimeRange, unit: Int? = nil, nowUS: Int) -> [UsageSum] {
        let known = Dictionary(buckets.map { ($0.startUS, $0) }, uniquingKeysWith: { first, _ in first })
        let unit = unit ?? range.bucketUS
        let first = Moments.floor(nowUS - range.lengthUS, to: unit)
        return stride(from: first, through: Moments.floor(nowUS, to: unit), by: unit).map { start in
            known[start]
                ?? UsageSum(
                    name: "",
                    startUS: start,
                    requests: 0,
                    errors: 0,
                    blocked: 0,
                    unpriced: 0,
                    costNanoUSD: 0,
                    listNanoUSD: 0,
                    inputTokens: 0,
                    outputTokens: 0,
                    cachedTokens: 0,
                    savedTokens: 0
                )
        }
    }

    /// At most so many values, neighbours added up.
    static func thinned(_ values: [Int], to count: Int) -> [Int] {
        guard values.count > count else { return values }
        let size = (values.count + count - 1) / count
        return stride(from: 0, to: values.count, by: size).map {
            values[$0..<min($0 + size, values.count)].reduce(0, +)
        }
    }

    private static func figures(_ facts: OverviewPage.Facts, _ buckets: [UsageSum]) -> [Figure] {
        guard let summary = facts.summary else { return [] }
        let totals = summary.totals
        let before = facts.before?.totals.requests ?? 0
        let change = before > 0 ? (totals.requests - before) * 100 / before : nil
        let spoken = change.map {
            $0 == 0 ? "as many as before" : "\(abs($0))% \($0 > 0 ? "more" : "fewer") than before"
        }
        let all = totals.inputTokens + totals.outputTokens + totals.savedTokens
        let off = totals.savedTokens + totals.cachedTokens
        func spark(_ read: (UsageSum) -> Int) -> String { Plot.spark(thinned(buckets.map(read), to: 28)) }
        let first = facts.summary?.latencies.compactMap(\.firstTokenP50MS) ?? []
        return [
            Figure(
                title: "Requests",
                value: Counts.grouped(totals.requests),
                detail: spoken ?? "the first of this length",
                spark: spark { $0.requests }
            ),
            Figure(
                title: "Answered without error",
                value: Counts.percent(totals.requests - totals.errors, of: totals.requests),
                detail: "\(Counts.grouped(totals.errors)) failed, \(Counts.grouped(totals.blocked)) blocked",
                spark: Plot.spark(answered(buckets))
            ),
            Figure(
                title: "First token, typical",
                value: summary.latency.firstTokenP50MS.map { Moments.duration(ms: $0) } ?? "–",
                detail: summary.latency.firstTokenP95MS.map { "slowest 5%: \(Moments.duration(ms: $0))" }
                    ?? "not measured",
                spark: first.count > 1 ? Plot.spark(first) : ""
            ),
            Figure(
                title: "Tokens kept off the bill",
                value: Counts.short(off),
                detail: "\(Counts.percent(off, of: max(all, off))) of all tokens",
                spark: spark { $0.savedTokens + $0.cachedTokens }
            ),
        ]
    }

    /// The share that was answered in each stretch, per mille; a stretch without a request is as the one before.
    private static func answered(_ buckets: [UsageSum]) -> [Int] {
        let requests = thinned(buckets.map(\.requests), to: 28)
        let errors = thinned(buckets.map(\.errors), to: 28)
        var last = 1000
        return zip(requests, errors).map { all, failed in
            if all > 0 { last = (all - failed) * 1000 / all }
            return last
        }
    }

    /// What was paid, or that no price is known for any of it.
    static func paid(_ sum: UsageSum) -> String {
        if sum.unpriced > 0, sum.costNanoUSD == 0 { return "no price" }
        return Dollars.sum(sum.costNanoUSD)
    }

    private static func map(_ facts: OverviewPage.Facts, _ names: [String: String], _ nowUS: Int) -> Map {
        guard let summary = facts.summary else { return Map(from: [], to: [], svg: "") }
        let keys = summary.keys.sorted { $0.requests > $1.requests }
        var from = keys.prefix(5).map { (name: names[$0.name] ?? $0.name, count: $0.requests) }
        let rest = keys.dropFirst(5).reduce(0) { $0 + $1.requests }
        if rest > 0 { from.append(("Everybody else", rest)) }
        let providers = Array(
            summary.providers.filter { $0.requests > 0 }.sorted { $0.requests > $1.requests }.prefix(7)
        )
        let titles = Dictionary(facts.providers.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        let to = providers.map { sum in
            let words = ProviderWords(
                accounts: facts.accounts.filter { $0.provider == sum.name },
                health: facts.health.filter { $0.provider == sum.name },
                nowUS: nowUS
            )
            let isCache = sum.name.isEmpty
            let isDemo = sum.name == "demo"
            let models = summary.models.filter { $0.name.hasPrefix("\(sum.name)/") }.sorted {
                $0.requests > $1.requests
            }
            return To(
                name: isCache ? "Answered here" : titles[sum.name] ?? sum.name,
                models: isCache
                    ? "cache, guardrails, refusals"
                    : models.prefix(2).map { String($0.name.dropFirst(sum.name.utf8.count + 1)) }.joined(
                        separator: ", "
                    ),
                colour: isCache ? "kc" : RouteColour.name(of: sum.name),
                kind: isCache || isDemo ? "good" : words.kind,
                icon: isCache ? "bolt" : isDemo ? "ok" : words.icon,
                service: isCache ? "Instant" : isDemo ? "Good service" : words.service,
                why: isCache || isDemo ? nil : words.why.flatMap { $0.isEmpty ? nil : $0 },
                requests: Counts.grouped(sum.requests),
                errors: Counts.grouped(sum.errors),
                paid: paid(sum)
            )
        }
        let lines = zip(providers, to).map { RouteMap.Line(count: $0.requests, colour: $1.colour) }
        let drawing = RouteMap(from: from.map { RouteMap.Line(count: $0.count, colour: "c") }, to: lines)
        return Map(
            from: from.map { From(name: $0.name, requests: Counts.grouped($0.count)) },
            to: to,
            svg: drawing.svg
        )
    }

    private static func todo(_ facts: OverviewPage.Facts, _ names: [String: String], _ nowUS: Int) -> [Todo] {
        var items: [Todo] = []
        for provider in facts.providers {
            let accounts = facts.accounts.filter { $0.provider == provider.id }
            guard !accounts.isEmpty else { continue }
            let words = ProviderWords(
                accounts: accounts,
                health: facts.health.filter { $0.provider == provider.id },
                nowUS: nowUS
            )
            guard words.kind == "bad" || words.kind == "warn" else { continue }
            items.append(
                Todo(
                    kind: words.kind,
                    icon: words.icon,
                    title: "\(provider.name): \(words.service.lowercased())",
                    text: (words.why ?? "Some requests to it fail").capitalizedFirst + ". Chains pass it by meanwhile.",
                    meter: "",
                    href: "/providers/\(PathText.segment(provider.id))",
                    action: "Open"
                )
            )
        }
        for budget in facts.budgets where budget.limitNanoUSD > 0 && budget.spentNanoUSD * 5 >= budget.limitNanoUSD * 4
        {
            guard let name = names[budget.id] else { continue }
            let isOver = budget.spentNanoUSD >= budget.limitNanoUSD
            items.append(
                Todo(
                    kind: isOver ? "bad" : "info",
                    icon: isOver ? "bad" : "info",
                    title: isOver ? "Key “\(name)” has used up its plan" : "Key “\(name)” is near its limit",
                    text: "\(Dollars.sum(budget.spentNanoUSD)) of \(Dollars.sum(budget.limitNanoUSD)) used.",
                    meter: Plot.meter(budget.spentNanoUSD, of: budget.limitNanoUSD, kind: isOver ? "bad" : "warn"),
                    href: "/keys",
                    action: "Adjust"
                )
            )
        }
        if facts.down == nil, facts.accounts.allSatisfy({ !$0.enabled }) {
            items.append(
                Todo(
                    kind: "info",
                    icon: "info",
                    title: "No provider is connected",
                    text: "Only the built-in demo answers until a credential is here.",
                    meter: "",
                    href: "/welcome/connect",
                    action: "Connect"
                )
            )
        }
        return Array(items.prefix(6))
    }

    private static func plans(_ facts: OverviewPage.Facts, _ names: [String: String]) -> [Plan] {
        let limited = facts.budgets.filter { $0.limitNanoUSD > 0 && names[$0.id] != nil }
        return limited.sorted { $0.spentNanoUSD > $1.spentNanoUSD }.prefix(4).map { budget in
            Plan(
                name: names[budget.id] ?? budget.id,
                meter: Plot.meter(
                    budget.spentNanoUSD,
                    of: budget.limitNanoUSD,
                    kind: budget.spentNanoUSD * 5 >= budget.limitNanoUSD * 4 ? "warn" : ""
                ),
                text: "\(Dollars.sum(budget.spentNanoUSD)) of \(Dollars.sum(budget.limitNanoUSD))"
            )
        }
    }
}
