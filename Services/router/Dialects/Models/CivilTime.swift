/// Calendar arithmetic for the one format the dialects want, without Foundation.
public enum CivilTime {
    /// `2026-01-31T12:00:00Z` for seconds since the epoch, which count from 1970 to 9999.
    public static func iso8601(_ seconds: Int) -> String {
        written(seconds, separated: true)
    }

    /// The same without separators, `20260131T120000Z`, as signatures have it.
    public static func compact(_ seconds: Int) -> String {
        written(seconds, separated: false)
    }

    private static func written(_ seconds: Int, separated: Bool) -> String {
        let bounded = min(max(seconds, 0), 253_402_300_799)
        let (year, month, day) = date(bounded / 86_400)
        let second = bounded % 86_400
        return String(unsafeUninitializedCapacity: 20) { target in
            var count = 0
            func put(_ byte: UInt8) {
                target[count] = byte
                count += 1
            }
            func put(_ number: Int, before separator: UInt8?) {
                put(0x30 + UInt8(number / 10 % 10))
                put(0x30 + UInt8(number % 10))
                if let separator { put(separator) }
            }
            let (dash, colon) = separated ? (UInt8(ascii: "-"), UInt8(ascii: ":")) : (nil, nil)
            put(year / 100, before: nil)
            put(year % 100, before: dash)
            put(month, before: dash)
            put(day, before: UInt8(ascii: "T"))
            put(second / 3600, before: colon)
            put(second / 60 % 60, before: colon)
            put(second % 60, before: UInt8(ascii: "Z"))
            return count
        }
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
}
