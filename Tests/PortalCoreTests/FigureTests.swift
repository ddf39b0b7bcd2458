import PortalCore
import Testing

@Suite("Figures as people read them")
struct FigureTests {
    @Test(
        "Money",
        arguments: [
            (0, "$0.00"), (400_000, "$0.0004"), (41_200_000, "$0.04"), (8_400_000, "$0.0084"),
            (38_120_000_000, "$38.12"),
            (1, "$0.000000001"),
            (999_999_999, "$1.00"), (1_234_567_000_000_000, "$1,234,567.00"), (-2_500_000_000, "−$2.50"),
        ]
    )
    func money(nanos: Int, text: String) { #expect(Dollars.sum(nanos) == text) }

    @Test(
        "The words of an axis have one number of decimals",
        arguments: [
            ([0, 2_000_000_000, 4_000_000_000], ["$0", "$2", "$4"]), ([0, 200_000_000], ["$0.00", "$0.20"]),
            ([0, 2_500_000], ["$0.0000", "$0.0025"]), ([0], ["$0"]), ([0, 1], ["$0.000000000", "$0.000000001"]),
        ]
    )
    func axis(ticks: [Int], words: [String]) { #expect(Dollars.axis(ticks) == words) }

    @Test(
        "Whole numbers are read with or without their commas",
        arguments: [
            ("0", 0), ("1,000", 1000), ("10 000", 10_000), ("", nil), ("-1", nil), ("1.5", nil), ("1e6", nil),
            ("99999999999999999999", nil), (",", nil),
        ] as [(String, Int?)]
    )
    func numbers(text: String, number: Int?) { #expect(Counts.parse(text) == number) }

    @Test(
        "A day is read as its first moment, and what the calendar does not have is none",
        arguments: [
            ("1970-01-01", 0), ("2024-02-29", 19_782), ("2026-11-27", 20_784), ("2000-03-01", 11_017),
            ("2026-02-29", nil), ("2026-04-31", nil), ("2026-13-01", nil), ("2026-1-1", nil), ("", nil),
            ("1969-12-31", nil), ("-026-01-01", nil), ("2026-01-01x", nil),
        ] as [(String, Int?)]
    )
    func days(text: String, day: Int?) {
        #expect(Moments.parseDay(text) == day.map { $0 * Moments.day })
        if let day { #expect(Moments.calendar(day * Moments.day) == text) }
    }

    @Test("A week has a label for every day, on the day")
    func labels() {
        let time = 1_795_787_272_000_000
        #expect(TimeRange.week.labels(untilUS: time) == ["Fri", "Sat", "Sun", "Mon", "Tue", "Wed", "Thu", "today"])
        #expect(TimeRange.day.labels(untilUS: time).count == 5)
    }

    @Test("The price of one request never reads as nothing when it is something")
    func price() {
        #expect(Dollars.price(nil) == "–")
        #expect(Dollars.price(0) == "$0.0000")
        #expect(Dollars.price(12_345) == "$0.000012345")
        #expect(Dollars.exact(1_500_000_000) == "$1.50")
    }

    @Test(
        "What is typed comes back as it was",
        arguments: [("12", 12_000_000_000), ("$0.25", 250_000_000), ("0.000000001", 1)]
    )
    func parsing(text: String, nanos: Int) { #expect(Dollars.parse(text) == nanos) }

    @Test("What is no amount is none", arguments: ["", "-1", "1.2.3", "x", "0.0000000001", "9999999999999"])
    func refusing(text: String) { #expect(Dollars.parse(text) == nil) }

    @Test("Counts")
    func counts() {
        #expect(Counts.grouped(12_847) == "12,847")
        #expect(Counts.short(9_600_000) == "9.6 M")
        #expect(Counts.short(41_000) == "41 k")
        #expect(Counts.short(999) == "999")
        #expect(Counts.percent(993, of: 1000) == "99.3%")
        #expect(Counts.percent(99_999, of: 100_000) == "99.9%")
        #expect(Counts.percent(1, of: 100_000) == "0.1%")
        #expect(Counts.percent(1, of: 0) == "–")
    }

    @Test("Times")
    func times() {
        let time = 1_795_787_272_000_000
        #expect(Moments.iso(time) == "2026-11-27T13:47:52Z")
        #expect(Moments.weekday(time) == "Fri")
        #expect(Moments.full(time) == "27 Nov 2026, 13:47 UTC")
        #expect(Moments.iso(951_782_400_000_000) == "2000-02-29T00:00:00Z")
        #expect(Moments.duration(ms: 412) == "412 ms")
        #expect(Moments.duration(ms: 2940) == "2.9 s")
        #expect(Moments.ago(time - 3 * Moments.hour, nowUS: time) == "3 hours ago")
    }

    @Test("A course is drawn once there is one, and says when the plan is used up")
    func projection() {
        let early = Projection(spent: 5, limit: 100, startUS: 0, endUS: 1000, nowUS: 5)
        #expect(early.nanoUSD == nil)
        let half = Projection(spent: 60, limit: 100, startUS: 0, endUS: 1000, nowUS: 500)
        #expect(half.nanoUSD == 120)
        #expect(half.exhaustedUS == 833)
        #expect(Projection(spent: 40, limit: 100, startUS: 0, endUS: 1000, nowUS: 500).exhaustedUS == nil)
    }
}
