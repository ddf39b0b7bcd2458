/// Calendar arithmetic for the one format the dialects want, without Foundation.
public enum CivilTime {
    /// `2026-01-31T12:00:00Z` for seconds since the epoch, which count from 1970 to 9999.
    public static func iso8601(_ seconds: Int) -> String {
        let bounded = min(max(seconds, 0), 253_402_300_799)
        let (year, month, day) = date(bounded / 86_400)
        let second = bounded % 86_400
        let time = "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
        return "\(year)-\(two(month))-\(two(day))T\(time)Z"
    }

    /// Days since the epoch to the Gregorian calendar, in years that begin in March.
    private static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// The same without separators, `20260131T120000Z`, as signatures have it.
    public static func compact(_ seconds: Int) -> String {
        iso8601(seconds).filter { $0 != "-" && $0 != ":" }
    }

    private static func two(_ number: Int) -> String {
        number < 10 ? "0\(number)" : String(number)
    }
}
