import Contracts
import PortalCore

/// What the overview draws over time.
extension OverviewModel {
    /// The slices that times are cut into, for charts as wide as a page.
    static let slices = 28

    static func money(
        _ facts: OverviewPage.Facts,
        _ buckets: [UsageSum],
        _ range: TimeRange,
        _ nowUS: Int
    ) -> Money? {
        guard let totals = facts.summary?.totals else { return nil }
        let estimated =
            totals.unpriced > 0
            ? "\(Counts.of(totals.unpriced, "request has", "requests have")) no known price and count as nothing here. "
                + "Set a price for the model to include them."
            : nil
        return Money(
            list: Dollars.sum(totals.listNanoUSD),
            paid: Dollars.sum(totals.costNanoUSD) + (estimated == nil ? "" : " est."),
            chart: totals.listNanoUSD > 0 ? moneyChart(totals, buckets, range, nowUS) : nil,
            estimated: estimated
        )
    }

    private static func moneyChart(
        _ totals: UsageSum,
        _ buckets: [UsageSum],
        _ range: TimeRange,
        _ nowUS: Int
    ) -> ChartView {
        let paid = thinned(buckets.map(\.costNanoUSD), to: 56)
        let list = thinned(buckets.map { max($0.listNanoUSD, $0.costNanoUSD) }, to: 56)
        let ticks = Plot.scale(max(list.max() ?? 0, 30_000))
        let days = Dictionary(grouping: buckets, by: { Moments.floor($0.startUS, to: Moments.day) }).sorted {
            $0.key < $1.key
        }
        return ChartView(
            svg: Plot.paidAgainstList(paid: paid, list: list, top: ticks.last ?? 1),
            ticks: Dollars.axis(ticks),
            labels: range.labels(untilUS: nowUS),
            sentence:
                "In the last \(range.title) you paid \(Dollars.sum(totals.costNanoUSD)); at list price it would have "
                + "been \(Dollars.sum(totals.listNanoUSD)).",
            caption: "Paid against list price by day",
            size: nil,
            wideY: true,
            table: true,
            heads: ["Day", "Paid", "List price"],
            lines: days.map { day, sums in
                [
                    Moments.dayMonth(day), Dollars.sum(sums.reduce(0) { $0 + $1.costNanoUSD }),
                    Dollars.sum(sums.reduce(0) { $0 + $1.listNanoUSD }),
                ]
            }
        )
    }

    /// The middle and the slowest 5% of each slice.
    static func latency(_ facts: OverviewPage.Facts, _ range: TimeRange, _ nowUS: Int) -> Latency? {
        guard let summary = facts.summary, let middle = summary.latency.p50MS, let slow = summary.latency.p95MS,
            !summary.latencies.isEmpty
        else { return nil }
        let length = range.lengthUS / slices
        let start = nowUS - range.lengthUS
        var (middles, slowest) = ([Int?](repeating: nil, count: slices), [Int?](repeating: nil, count: slices))
        for latency in summary.latencies {
            // The meter's clock and this one may differ by a moment.
            let index = min(slices - 1, max(0, (latency.startUS - start + length / 2) / length))
            middles[index] = latency.p50MS
            slowest[index] = latency.p95MS
        }
        let ticks = Plot.scale(slowest.compactMap(\.self).max() ?? 0)
        let words = "Half of the answers took \(Moments.duration(ms: middle)) or less, nineteen in twenty "
            + "\(Moments.duration(ms: slow)) or less."
        return Latency(
            middle: Moments.duration(ms: middle),
            slow: Moments.duration(ms: slow),
            chart: ChartView(
                svg: Plot.latency(middle: middles, slow: slowest, top: ticks.last ?? 1),
                ticks: ticks.map { $0 == 0 ? "0" : Moments.duration(ms: $0) },
                labels: range.labels(untilUS: nowUS),
                sentence: words,
                caption: "How long answers took",
                size: nil,
                wideY: true,
                table: true,
                heads: ["From", "Typical", "Slowest 5%", "First token", "Looked at"],
                lines: summary.latencies.map { latency in
                    func time(_ ms: Int?) -> String { ms.map { Moments.duration(ms: $0) } ?? "–" }
                    return [
                        range.name(of: latency.startUS), time(latency.p50MS), time(latency.p95MS),
                        time(latency.firstTokenP50MS), Counts.grouped(latency.samples),
                    ]
                }
            )
        )
    }

    static func savings(_ facts: OverviewPage.Facts, _ range: TimeRange) -> Savings? {
        guard let totals = facts.summary?.totals, totals.cachedTokens + totals.savedTokens > 0 else { return nil }
        let off = totals.cachedTokens + totals.savedTokens
        return Savings(
            kept: Dollars.sum(max(0, totals.listNanoUSD - totals.costNanoUSD)),
            text: "\(Counts.short(off)) tokens in \(range.title) that cost less or nothing",
            split: Plot.split([totals.cachedTokens, totals.savedTokens]),
            cached: Counts.short(totals.cachedTokens),
            saved: Counts.short(totals.savedTokens)
        )
    }

    static func today(_ buckets: [UsageSum], _ nowUS: Int) -> Today {
        let midnight = Moments.floor(nowUS, to: Moments.day)
        let sums = buckets.filter { $0.startUS >= midnight }
        return Today(
            requests: Counts.grouped(sums.reduce(0) { $0 + $1.requests }),
            paid: Dollars.sum(sums.reduce(0) { $0 + $1.costNanoUSD }),
            errors: Counts.grouped(sums.reduce(0) { $0 + $1.errors })
        )
    }
}
