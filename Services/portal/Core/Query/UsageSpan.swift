/// The stretch of time that usage is shown for: so long until now, or from one day to another.
package struct UsageSpan: Hashable, Sendable {
    /// Days that are read at most.
    package static let longestDays = 400
    /// Shorter stretches are shown by the hour.
    private static let hoursUntilUS = 2 * Moments.day

    package let sinceUS: Int
    package let untilUS: Int
    /// How it is said: `last 7 days`, `1 Nov to 14 Nov`.
    package let title: String
    /// The control's choice; `nil` between two days.
    package let range: TimeRange?

    /// Reads `range`, or `from` and `to` as days; what is no stretch of time counts as the last seven days.
    package init(_ query: PageQuery, nowUS: Int) {
        if let from = query["from"].flatMap(Moments.parseDay) {
            let last = query["to"].flatMap(Moments.parseDay) ?? Moments.floor(nowUS, to: Moments.day)
            let end = min(last, from + (Self.longestDays - 1) * Moments.day)
            if end >= from {
                sinceUS = from
                untilUS = end + Moments.day
                title =
                    end == from ? Moments.dayMonth(from) : "\(Moments.dayMonth(from)) to \(Moments.dayMonth(end))"
                range = nil
                return
            }
        }
        let range = query["range"].flatMap(TimeRange.init(rawValue:)) ?? .week
        self.range = range
        sinceUS = nowUS - range.lengthUS
        untilUS = nowUS
        title = "last \(range.title)"
    }

    /// The meter's bucket.
    package var bucket: String { isByHour ? "hour" : "day" }

    /// The bucket's length in microseconds.
    package var bucketUS: Int { isByHour ? Moments.hour : Moments.day }

    private var isByHour: Bool { untilUS - sinceUS <= Self.hoursUntilUS }

    /// Where the first bucket begins.
    package var startUS: Int { Moments.floor(sinceUS, to: bucketUS) }

    /// Its buckets, the one that has only begun included.
    package var count: Int { (untilUS - 1 - startUS) / bucketUS + 1 }

    /// The labels under so many bars: each of a few, otherwise five that stand evenly.
    package func labels(nowUS: Int) -> [String] {
        let indices = count <= 8 ? Array(0..<count) : (0...4).map { (count - 1) * $0 / 4 }
        return indices.map { label(startUS + $0 * bucketUS, nowUS: nowUS) }
    }

    private func label(_ timeUS: Int, nowUS: Int) -> String {
        if isByHour { return String(Moments.clock(timeUS).prefix(5)) }
        if Moments.floor(nowUS, to: Moments.day) == timeUS { return "today" }
        return count <= 8 ? Moments.weekday(timeUS) : Moments.dayMonth(timeUS)
    }

    /// How a table names a bucket.
    package func name(of timeUS: Int) -> String {
        isByHour ? "\(Moments.dayMonth(timeUS)), \(Moments.clock(timeUS).prefix(5))" : Moments.dayMonth(timeUS)
    }
}
