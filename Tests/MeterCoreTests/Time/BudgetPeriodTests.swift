import MeterCore
import Testing

@Suite("Budget periods")
struct BudgetPeriodTests {
    private static let day = 86_400_000_000

    /// Microseconds of a date by walking every year and month since 1970: slow, and nothing like the code under test.
    private static func epochUS(_ year: Int, _ month: Int, _ date: Int) -> Int {
        var days = date - 1
        for past in 1970..<year { days += isLeap(past) ? 366 : 365 }
        for past in 1..<month { days += length(ofMonth: past, year: year) }
        return days * day
    }

    private static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    private static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    @Test("every month from 1970 to 2110 begins and ends where the calendar says")
    func months() {
        for year in 1970...2110 {
            for month in 1...12 {
                let start = Self.epochUS(year, month, 1)
                let end = start + Self.length(ofMonth: month, year: year) * Self.day
                for instant in [start, start + Self.day * 14, end - 1] {
                    let bounds = BudgetPeriod.monthly.bounds(of: instant, in: .utc)
                    #expect(bounds.start == start && bounds.end == end)
                }
            }
        }
    }

    @Test("weeks begin on Monday")
    func weeks() {
        let monday = Self.epochUS(2026, 11, 23)
        for offset in [0, Self.day, 6 * Self.day, 7 * Self.day - 1] {
            let bounds = BudgetPeriod.weekly.bounds(of: monday + offset, in: .utc)
            #expect(bounds.start == monday && bounds.end == monday + 7 * Self.day)
        }
        #expect(BudgetPeriod.weekly.start(of: monday - 1, in: .utc) == monday - 7 * Self.day)
    }

    @Test("a day begins at midnight of the plan's zone")
    func zones() throws {
        let midnight = Self.epochUS(2026, 11, 24)
        let jakarta = try #require(PeriodZone("+07:00"))
        let start = BudgetPeriod.daily.start(of: midnight, in: jakarta)
        #expect(start == midnight - 7 * 3600 * 1_000_000)
        #expect(BudgetPeriod.daily.start(of: start - 1, in: jakarta) == start - Self.day)
        let newYear = Self.epochUS(2026, 12, 31) + 20 * 3600 * 1_000_000
        #expect(BudgetPeriod.monthly.start(of: newYear, in: jakarta) == Self.epochUS(2027, 1, 1) - 7 * 3600 * 1_000_000)
    }

    @Test("a total has neither start nor end")
    func total() {
        let bounds = BudgetPeriod.total.bounds(of: Self.epochUS(2026, 1, 1), in: .utc)
        #expect(bounds.start == 0 && bounds.end == nil)
    }

    @Test("instants before the epoch fall into a period that holds them", arguments: BudgetPeriod.allCases)
    func before(period: BudgetPeriod) {
        for instant in [-1, -Self.day, -Self.day - 1, -40 * Self.day] where period != .total {
            let bounds = period.bounds(of: instant, in: .utc)
            #expect(bounds.start <= instant && (bounds.end ?? .max) > instant)
        }
    }

    @Test(
        "zones read as offsets",
        arguments: [
            ("UTC", 0, "UTC"), ("", 0, "UTC"), ("gmt", 0, "UTC"), ("Z", 0, "UTC"), ("+07:00", 25_200, "+07:00"),
            ("-0330", -12_600, "-03:30"), ("UTC+7", 25_200, "+07:00"), ("GMT-03:30", -12_600, "-03:30"),
            ("+14:00", 50_400, "+14:00"),
        ]
    )
    func zone(text: String, seconds: Int, name: String) throws {
        let zone = try #require(PeriodZone(text))
        #expect(zone.offsetSeconds == seconds)
        #expect(zone.name == name)
        #expect(PeriodZone(zone.name) == zone)
    }

    @Test(
        "what is no offset is refused",
        arguments: ["Asia/Jakarta", "+15:00", "+7:99", "7", "+", "+12345", "+1:2:3", "UTC7", "+٧"]
    )
    func refusedZone(text: String) {
        #expect(PeriodZone(text) == nil)
    }
}
