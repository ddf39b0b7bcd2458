/// How often a budget begins anew.
package enum BudgetPeriod: String, Sendable, CaseIterable {
    case daily
    /// Begins on Monday.
    case weekly
    case monthly
    /// Never begins anew.
    case total

    private static let dayUS = 86_400_000_000

    /// When the period that holds this instant began; 0 for `total`.
    package func start(of epochUS: Int, in zone: PeriodZone) -> Int {
        bounds(of: epochUS, in: zone).start
    }

    /// The period that holds this instant; `total` has no end.
    package func bounds(of epochUS: Int, in zone: PeriodZone) -> (start: Int, end: Int?) {
        let offsetUS = zone.offsetSeconds * 1_000_000
        let day = Self.day(of: epochUS + offsetUS)
        let first: Int
        let next: Int
        switch self {
        case .daily:
            (first, next) = (day, day + 1)
        case .weekly:
            // Day 0 of the epoch was a Thursday: three days after a Monday.
            first = day - Self.modulo(day + 3, 7)
            next = first + 7
        case .monthly:
            (first, next) = Self.month(of: day)
        case .total:
            return (0, nil)
        }
        return (first * Self.dayUS - offsetUS, next * Self.dayUS - offsetUS)
    }

    /// The number of whole days since the epoch.
    package static func day(of epochUS: Int) -> Int {
        (epochUS - modulo(epochUS, dayUS)) / dayUS
    }

    private static func modulo(_ value: Int, _ divisor: Int) -> Int {
        let rest = value % divisor
        return rest < 0 ? rest + divisor : rest
    }

    /// The first days of the month that holds a day, and of the next one.
    ///
    /// Civil calendar by eras of 400 years, March first, so that the leap day ends a year.
    private static func month(of day: Int) -> (first: Int, next: Int) {
        let shifted = day + 719_468
        let dayOfEra = modulo(shifted, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let yearStart = day - dayOfYear
        let isLeap = isLeapYear(inEra: yearOfEra + 1)
        let february = isLeap ? 366 : 365
        let next = monthFromMarch == 11 ? february : firstDay(ofMonth: monthFromMarch + 1)
        return (yearStart + firstDay(ofMonth: monthFromMarch), yearStart + next)
    }

    /// Days between the first of March and the first of a month counted from March.
    private static func firstDay(ofMonth month: Int) -> Int {
        (153 * month + 2) / 5
    }

    /// Whether the February that ends the year before this year of the era has 29 days.
    private static func isLeapYear(inEra year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }
}
