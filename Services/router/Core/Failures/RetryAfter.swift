/// Reads how long a provider asks to be left alone.
package enum RetryAfter {
    /// The longest wait that the headers of a response ask for.
    ///
    /// - Parameters:
    ///   - now: Seconds since the epoch, for headers that name a date.
    ///   - header: The value of a response header by its lower-case name.
    /// - Returns: The wait, a day at most; `nil` when no header asks for one.
    package static func read(now: Int, _ header: (String) -> String?) -> Duration? {
        let milliseconds = header("retry-after-ms").flatMap { Double($0) }.flatMap(duration(milliseconds:))
        let seconds = header("retry-after").flatMap { parse($0, now: now) }
        guard let milliseconds else { return seconds }
        return seconds.map { max($0, milliseconds) } ?? milliseconds
    }

    /// Reads a `Retry-After` value: seconds, or a date of RFC 9110's preferred form.
    package static func parse(_ text: String, now: Int) -> Duration? {
        let text = text.drop { $0 == " " }
        if let seconds = Double(text.prefix { $0 != " " }) { return duration(milliseconds: seconds * 1000) }
        guard let date = date(text) else { return nil }
        return bounded(.seconds(max(0, date - now)))
    }

    private static func duration(milliseconds: Double) -> Duration? {
        guard milliseconds.isFinite, milliseconds >= 0 else { return nil }
        return bounded(.milliseconds(Int(min(milliseconds.rounded(.up), 1e12))))
    }

    private static func bounded(_ duration: Duration) -> Duration {
        min(duration, FailureClass.longestRetryAfter)
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT` as seconds since the epoch.
    private static func date(_ text: Substring) -> Int? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), let year = Int(parts[3]),
            let month = months.firstIndex(of: String(parts[2])), (1...31).contains(day), (1970...9999).contains(year)
        else { return nil }
        let clock = parts[4].split(separator: ":").compactMap { Int($0) }
        guard clock.count == 3, (0..<24).contains(clock[0]), (0..<60).contains(clock[1]), (0...60).contains(clock[2])
        else { return nil }
        return days(year, month + 1, day) * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Days since the epoch in the Gregorian calendar, counted in years that begin in March.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
