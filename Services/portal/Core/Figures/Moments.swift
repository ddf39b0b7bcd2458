/// Times as people read them, in UTC; the page's script says them in the reader's own zone.
package enum Moments {
    package static let second = 1_000_000
    package static let minute = 60 * second
    package static let hour = 60 * minute
    package static let day = 24 * hour
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]

    /// A day of the calendar.
    package struct Day: Hashable, Sendable {
        package var year: Int
        package var month: Int
        package var day: Int
    }

    /// The day that a time is in.
    package static func date(_ timeUS: Int) -> Day {
        // Days to civil date after Howard Hinnant's algorithm.
        let shifted = floorDivide(timeUS, day) + 719_468
        let era = floorDivide(shifted, 146_097)
        let ofEra = shifted - era * 146_097
        let year = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * year + year / 4 - year / 100)
        let month = (5 * ofYear + 2) / 153
        let isNext = month >= 10
        return Day(
            year: year + era * 400 + (isNext ? 1 : 0),
            month: isNext ? month - 9 : month + 3,
            day: ofYear - (153 * month + 2) / 5 + 1
        )
    }

    /// `13:47:52`.
    package static func clock(_ timeUS: Int) -> String {
        let seconds = floorDivide(timeUS - floorDivide(timeUS, day) * day, second)
        return "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }

    /// `2026-11-27T13:47:52Z`, for machines.
    package static func iso(_ timeUS: Int) -> String {
        let date = date(timeUS)
        return "\(date.year)-\(two(date.month))-\(two(date.day))T\(clock(timeUS))Z"
    }

    /// `27 Nov`.
    package static func dayMonth(_ timeUS: Int) -> String {
        let date = date(timeUS)
        return "\(date.day) \(months[date.month - 1])"
    }

    /// `27 Nov 2026, 13:47 UTC`.
    package static func full(_ timeUS: Int) -> String {
        "\(dayMonth(timeUS)) \(date(timeUS).year), \(clock(timeUS).prefix(5)) UTC"
    }

    /// `Fri`.
    package static func weekday(_ timeUS: Int) -> String {
        let index = floorDivide(timeUS, day) % 7
        return weekdays[index < 0 ? index + 7 : index]
    }

    /// The clock for today, the day and the clock before.
    package static func short(_ timeUS: Int, nowUS: Int) -> String {
        floorDivide(timeUS, day) == floorDivide(nowUS, day)
            ? clock(timeUS) : "\(dayMonth(timeUS)), \(clock(timeUS).prefix(5))"
    }

    /// `3 minutes ago`.
    package static func ago(_ timeUS: Int, nowUS: Int) -> String {
        let past = max(0, nowUS - timeUS)
        if past < minute { return "just now" }
        if past < hour { return Counts.of(past / minute, "minute", "minutes") + " ago" }
        if past < 2 * day { return Counts.of(past / hour, "hour", "hours") + " ago" }
        return Counts.of(past / day, "day", "days") + " ago"
    }

    /// `412 ms`, `2.9 s`, `3 min 20 s`.
    package static func duration(ms: Int) -> String {
        if ms < 1000 { return "\(ms) ms" }
        if ms < 99_950 {
            let tenths = (ms + 50) / 100
            return "\(tenths / 10).\(tenths % 10) s"
        }
        return "\(ms / 60_000) min \(ms / 1000 % 60) s"
    }

    /// `2026-11-27`, as a form's date.
    package static func calendar(_ timeUS: Int) -> String { String(iso(timeUS).prefix(10)) }

    /// The first moment of a day such as `2026-11-27`, in UTC; `nil` when it is none, or before 1970.
    package static func parseDay(_ text: String) -> Int? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count == 10, parts.count == 3, let year = Int(parts[0]), let month = Int(parts[1]),
            let number = Int(parts[2]), (1970...9999).contains(year), (1...12).contains(month),
            (1...31).contains(number)
        else { return nil }
        // The other way round of `date`, after Howard Hinnant's algorithm.
        let shifted = month > 2 ? year : year - 1
        let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + number - 1
        let ofEra = shifted % 400 * 365 + shifted % 400 / 4 - shifted % 400 / 100 + ofYear
        let timeUS = (shifted / 400 * 146_097 + ofEra - 719_468) * day
        // The 31st of a month with thirty days is another day.
        return date(timeUS) == Day(year: year, month: month, day: number) ? timeUS : nil
    }

    /// The first moment of a time's hour or day.
    package static func floor(_ timeUS: Int, to unit: Int) -> Int { floorDivide(timeUS, unit) * unit }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func floorDivide(_ value: Int, _ by: Int) -> Int {
        value >= 0 ? value / by : -((-value + by - 1) / by)
    }
}
