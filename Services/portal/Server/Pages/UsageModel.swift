import Contracts
import PortalCore

/// The usage page as its template shows it.
struct UsageModel {
    /// What usage is split by.
    enum Split: String, CaseIterable {
        case model
        case provider
        case key

        var title: String {
            switch self {
            case .model: "Model"
            case .provider: "Provider"
            case .key: "Key"
            }
        }
    }

    /// What is drawn.
    enum Measure: String, CaseIterable {
        case cost
        case tokens
        case requests

        var title: String {
            switch self {
            case .cost: "Cost"
            case .tokens: "Tokens"
            case .requests: "Requests"
            }
        }

        func values(_ series: UsageSeries) -> [Int] {
            switch self {
            case .cost: series.costNanoUSD
            case .tokens: series.tokens
            case .requests: series.requests
            }
        }

        func value(_ sum: UsageSum) -> Int {
            switch self {
            case .cost: sum.costNanoUSD
            case .tokens: sum.inputTokens + sum.outputTokens
            case .requests: sum.requests
            }
        }

        func text(_ value: Int) -> String {
            switch self {
            case .cost: Dollars.sum(value)
            case .tokens: Counts.short(value)
            case .requests: Counts.grouped(value)
            }
        }
    }

    /// What the address asks for.
    struct Ask {
        let span: UsageSpan
        let split: Split
        var measure: Measure
        let key: String?
        let query: PageQuery
    }

    struct Facts: Sendable {
        var reply: SummarizeReply?
        /// Names by id.
        var keys: [String: String] = [:]
        /// Names by id.
        var providers: [String: String] = [:]
        var down: Down?
    }

    struct Entry {
        let colour: String
        let name: String
        let value: String
    }

    struct Row {
        let colour: String
        let name: String
        let title: String
        let href: String
        let requests: String
        let input: String
        let output: String
        let saved: String
        let paid: String
        let meter: String
    }

    struct Hidden {
        let name: String
        let value: String
    }

    let heading: String
    let sentence: String
    let ranges: [RangeLink]
    let splits: [RangeLink]
    let measures: [RangeLink]
    let down: Down?
    let figures: [OverviewModel.Figure]?
    let chartTitle: String
    let chart: ChartView?
    let legend: [Entry]
    let estimated: String?
    let hasRows: Bool
    let rowsTitle: String
    let heads: [Sorting.Head]
    let rows: [Row]
    let csv: String
    let json: String
    let isFiltered: Bool
    let hidden: [Hidden]
    let from: String
    let to: String
    let keyChoices: [Shell.Choice]

    static let columns = [
        Sorting.Column(name: "name", title: "Name"),
        Sorting.Column(name: "requests", title: "Requests", isFigure: true),
        Sorting.Column(name: "input", title: "Read", isFigure: true),
        Sorting.Column(name: "output", title: "Written", isFigure: true),
        Sorting.Column(name: "saved", title: "Kept off", isFigure: true),
        Sorting.Column(name: "cost", title: "Paid", isFigure: true),
    ]

    init(_ facts: Facts, _ ask: Ask, nowUS: Int) {
        let (query, split, measure) = (ask.query, ask.split, ask.measure)
        let totals = facts.reply?.totals ?? UsageSum()
        let sums = Self.sums(facts.reply, split)
        let palette = UsagePalette(sums, split, measure)
        heading = "Usage, \(ask.span.title)"
        sentence = Self.sentence(facts, totals, ask)
        let relative = query.with("from", nil).with("to", nil)
        let shown: [TimeRange] = [.day, .week, .month, .quarter]
        ranges = shown.map {
            RangeLink(
                href: "/usage" + relative.with("range", $0.rawValue).text,
                title: $0.title,
                isCurrent: $0 == ask.span.range
            )
        }
        splits = Split.allCases.map {
            RangeLink(
                href: "/usage" + query.with("by", $0 == .model ? nil : $0.rawValue).text,
                title: $0.title,
                isCurrent: $0 == split
            )
        }
        measures = Measure.allCases.map {
            RangeLink(
                href: "/usage" + query.with("of", $0.rawValue).text,
                title: $0.title,
                isCurrent: $0 == measure
            )
        }
        down = facts.down
        let buckets = Self.filled(facts.reply?.buckets ?? [], ask.span)
        figures = totals.requests > 0 ? Self.figures(totals, buckets) : nil
        chartTitle = "\(measure.title) by \(split.title.lowercased())"
        let drawing = Self.drawing(facts, ask, palette, buckets, nowUS: nowUS)
        chart = drawing?.chart
        legend = drawing?.legend ?? []
        estimated =
            totals.unpriced > 0
            ? "\(Counts.of(totals.unpriced, "request has", "requests have")) no known price and count as nothing in what "
                + "was paid."
            : nil
        let order = Sorting(query, Self.columns, standard: measure == .tokens ? "input" : measure.rawValue)
        let whole = max(1, sums.reduce(0) { $0 + measure.value($1) })
        rows = Self.sorted(sums, order).map {
            Self.row($0, facts, ask, colour: palette.colour(of: $0.name), whole: whole)
        }
        hasRows = !rows.isEmpty
        rowsTitle = "By \(split.title.lowercased())"
        heads = order.heads("/usage", query, Self.columns)
        csv = "/usage.csv" + query.with("sort", nil).with("of", nil).text
        json = "/usage.json" + query.with("sort", nil).with("of", nil).text
        isFiltered = ask.key != nil || ask.span.range == nil
        hidden = query.items.filter { !["key", "from", "to", "range"].contains($0.name) }.map {
            Hidden(name: $0.name, value: $0.value)
        }
        from = ask.span.range == nil ? Moments.calendar(ask.span.sinceUS) : ""
        to = ask.span.range == nil ? Moments.calendar(ask.span.untilUS - 1) : ""
        keyChoices = KeyNames.choices(facts.keys, chosen: ask.key)
    }

    private static func sentence(_ facts: Facts, _ totals: UsageSum, _ ask: Ask) -> String {
        guard facts.reply != nil else { return "The figures are out of reach right now." }
        let who = ask.key.map { "“\(facts.keys[$0] ?? $0)” " } ?? ""
        guard totals.requests > 0 else { return "\(who)No request in this time.".capitalizedFirst }
        let tokens = Counts.short(totals.inputTokens + totals.outputTokens)
        let paid =
            totals.unpriced >= totals.requests && totals.costNanoUSD == 0
            ? "No price is known for" : "You paid \(Dollars.sum(totals.costNanoUSD)) for"
        return "\(paid) \(Counts.of(totals.requests, "request", "requests")) \(ask.key == nil ? "" : "of \(who)")"
            + "and \(tokens) tokens."
    }

    static func sums(_ reply: SummarizeReply?, _ split: Split) -> [UsageSum] {
        switch split {
        case .model: reply?.models ?? []
        case .provider: reply?.providers ?? []
        case .key: reply?.keys ?? []
        }
    }

    /// What is called by a name of its own.
    static func title(_ name: String, _ split: Split, _ facts: Facts) -> String {
        switch split {
        case .model: name
        case .provider: facts.providers[name] ?? name
        case .key: facts.keys[name] ?? name
        }
    }

    private static func filled(_ buckets: [UsageSum], _ span: UsageSpan) -> [UsageSum] {
        var all = [UsageSum](repeating: UsageSum(), count: span.count)
        for bucket in buckets {
            let index = (bucket.startUS - span.startUS) / span.bucketUS
            if all.indices.contains(index) { all[index] = bucket }
        }
        return all
    }

    private static func figures(_ totals: UsageSum, _ buckets: [UsageSum]) -> [OverviewModel.Figure] {
        func spark(_ read: (UsageSum) -> Int) -> String {
            Plot.spark(OverviewModel.thinned(buckets.map(read), to: 28))
        }
        let gap = max(0, totals.listNanoUSD - totals.costNanoUSD)
        return [
            .init(
                title: "Paid",
                value: OverviewModel.paid(totals),
                detail: gap > 0 ? "\(Dollars.sum(totals.listNanoUSD)) at list price" : "at list price",
                spark: spark(\.costNanoUSD)
            ),
            .init(
                title: "Requests",
                value: Counts.grouped(totals.requests),
                detail: "\(Counts.grouped(totals.errors)) failed, \(Counts.grouped(totals.blocked)) blocked",
                spark: spark(\.requests)
            ),
            .init(
                title: "Tokens read",
                value: Counts.short(totals.inputTokens),
                detail: "\(Counts.percent(totals.cachedTokens, of: totals.inputTokens)) from a cache",
                spark: spark(\.inputTokens)
            ),
            .init(
                title: "Tokens written",
                value: Counts.short(totals.outputTokens),
                detail: totals.requests > 0
                    ? "\(Counts.grouped(totals.outputTokens / totals.requests)) a request" : "",
                spark: spark(\.outputTokens)
            ),
        ]
    }

    private static func sorted(_ sums: [UsageSum], _ order: Sorting) -> [UsageSum] {
        switch order.column {
        case "name": order.sorted(sums) { $0.name.lowercased() }
        case "requests": order.sorted(sums, by: \.requests)
        case "input": order.sorted(sums, by: \.inputTokens)
        case "output": order.sorted(sums, by: \.outputTokens)
        case "saved": order.sorted(sums) { $0.savedTokens + $0.cachedTokens }
        default: order.sorted(sums, by: \.costNanoUSD)
        }
    }

    private static func row(_ sum: UsageSum, _ facts: Facts, _ ask: Ask, colour: String, whole: Int) -> Row {
        let blank = PageQuery("", names: [])
        let range = ask.span.range.map { blank.with("range", $0.rawValue) } ?? blank
        let href =
            switch ask.split {
            case .key: range.with("key", sum.name)
            case .provider: range.with("provider", sum.name)
            case .model:
                range.with("provider", String(sum.name.prefix { $0 != "/" })).with(
                    "model",
                    String(sum.name.drop { $0 != "/" }.dropFirst())
                )
            }
        return Row(
            colour: colour,
            name: title(sum.name, ask.split, facts),
            title: sum.name,
            href: "/requests" + href.text,
            requests: Counts.grouped(sum.requests),
            input: Counts.short(sum.inputTokens),
            output: Counts.short(sum.outputTokens),
            saved: Counts.short(sum.savedTokens + sum.cachedTokens),
            paid: OverviewModel.paid(sum),
            meter: Plot.meter(ask.measure.value(sum), of: whole)
        )
    }
}
