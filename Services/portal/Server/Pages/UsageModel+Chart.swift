import Contracts
import PortalCore

/// Which colour class each of the largest has; the others share one.
struct UsagePalette {
    /// Names that have a colour of their own.
    static let most = 6
    static let rest = "kx"

    private let colours: [String: String]
    /// Those with a colour, the largest first.
    let names: [String]

    init(_ sums: [UsageSum], _ split: UsageModel.Split, _ measure: UsageModel.Measure) {
        let ranked = sums.filter { measure.value($0) > 0 && !$0.name.isEmpty }.sorted {
            measure.value($0) > measure.value($1)
        }
        names = ranked.prefix(Self.most).map(\.name)
        // A provider has its colour on every page; models and keys get the palette's in their order.
        colours = Dictionary(
            names.enumerated().map { index, name in
                (name, split == .provider ? RouteColour.name(of: name) : "u\(index + 1)")
            },
            uniquingKeysWith: { first, _ in first }
        )
    }

    func colour(of name: String) -> String { colours[name] ?? Self.rest }
}

/// What the usage page draws.
extension UsageModel {
    /// Bars: as many as a page is wide enough for.
    private static let mostBars = 62

    static func drawing(
        _ facts: Facts,
        _ ask: Ask,
        _ palette: UsagePalette,
        _ buckets: [UsageSum],
        nowUS: Int
    ) -> (chart: ChartView, legend: [Entry])? {
        let (span, measure) = (ask.span, ask.measure)
        let whole = buckets.map(measure.value)
        guard whole.contains(where: { $0 > 0 }) else { return nil }
        let known = Dictionary(
            (facts.reply?.series ?? []).map { ($0.name, measure.values($0)) },
            uniquingKeysWith: { first, _ in first }
        )
        var rest = whole
        var parts: [(name: String, title: String, values: [Int])] = []
        for name in palette.names {
            guard let values = known[name], values.count == whole.count else { continue }
            for (index, value) in values.enumerated() { rest[index] = max(0, rest[index] - value) }
            parts.append((palette.colour(of: name), title(name, ask.split, facts), values))
        }
        if rest.contains(where: { $0 > 0 }) { parts.append((UsagePalette.rest, "Everything else", rest)) }
        let thinned = parts.map { (name: $0.name, values: OverviewModel.thinned($0.values, to: mostBars)) }
        let heights = (0..<(thinned.first?.values.count ?? 0)).map { index in
            thinned.reduce(0) { $0 + $1.values[index] }
        }
        let largest = heights.max() ?? 0
        let ticks = Plot.scale(measure == .cost ? max(largest, 30_000) : largest)
        let chart = ChartView(
            svg: Plot.bars(thinned, top: ticks.last ?? 1),
            ticks: measure == .cost ? Dollars.axis(ticks) : ticks.map { Counts.short($0) },
            labels: span.labels(nowUS: nowUS),
            sentence: words(parts, measure, span),
            caption: "\(measure.title) by \(ask.split.title.lowercased())",
            size: span.count <= 8 ? "columns" : nil,
            wideY: true,
            table: true,
            heads: ["From"] + parts.map(\.title),
            lines: whole.indices.filter { whole[$0] > 0 }.map { index in
                [span.name(of: span.startUS + index * span.bucketUS)]
                    + parts.map { measure.text($0.values[index]) }
            }
        )
        let legend = parts.map {
            Entry(colour: $0.name, name: $0.title, value: measure.text($0.values.reduce(0, +)))
        }
        return (chart, legend)
    }

    private static func words(
        _ parts: [(name: String, title: String, values: [Int])],
        _ measure: Measure,
        _ span: UsageSpan
    ) -> String {
        let list = parts.map { "\($0.title) \(measure.text($0.values.reduce(0, +)))" }
        return "\(measure.title), \(span.title): \(list.joined(separator: ", "))."
    }
}
