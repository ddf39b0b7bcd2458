/// The span of time that a page is about.
package enum TimeRange: String, CaseIterable, Hashable, Sendable {
    case hour = "1h"
    case day = "24h"
    case week = "7d"
    case month = "30d"
    case quarter = "90d"

    /// The words of the control.
    package var title: String {
        switch self {
        case .hour: "1 hour"
        case .day: "24 hours"
        case .week: "7 days"
        case .month: "30 days"
        case .quarter: "90 days"
        }
    }

    /// Its length in microseconds.
    package var lengthUS: Int {
        switch self {
        case .hour: Moments.hour
        case .day: Moments.day
        case .week: 7 * Moments.day
        case .month: 30 * Moments.day
        case .quarter: 90 * Moments.day
        }
    }

    /// The meter's bucket for its charts.
    package var bucket: String {
        switch self {
        case .hour: "minute"
        case .day, .week: "hour"
        case .month, .quarter: "day"
        }
    }

    /// The bucket's length in microseconds.
    package var bucketUS: Int {
        switch self {
        case .hour: Moments.minute
        case .day, .week: Moments.hour
        case .month, .quarter: Moments.day
        }
    }

    /// The labels under a chart, evenly spread: every day of a week, otherwise five.
    package func labels(untilUS: Int) -> [String] {
        let last = self == .week ? 7 : 4
        return (0...last).map { step in
            let time = untilUS - lengthUS + lengthUS * step / last
            switch self {
            case .hour, .day: return step == last ? "now" : String(Moments.clock(time).prefix(5))
            case .week: return step == last ? "today" : Moments.weekday(time)
            case .month, .quarter: return step == last ? "today" : Moments.dayMonth(time)
            }
        }
    }

    /// How a table names the time of a row.
    package func name(of timeUS: Int) -> String {
        switch self {
        case .hour, .day: String(Moments.clock(timeUS).prefix(5))
        case .week: "\(Moments.weekday(timeUS)) \(Moments.clock(timeUS).prefix(5))"
        case .month, .quarter: Moments.dayMonth(timeUS)
        }
    }
}
