#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The time of day, read and written without Foundation (and so without ICU).
package enum WallClock {
    /// Microseconds since 1970 in UTC; on Linux this is no system call.
    package static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    /// Appends `2026-01-31T23:59:59.123Z`.
    ///
    /// - Parameters:
    ///   - microseconds: Since 1970, UTC; years 0 to 9999.
    ///   - bytes: Where the 24 bytes go.
    package static func append(iso8601 microseconds: Int64, to bytes: inout [UInt8]) {
        let milliseconds = floorDivide(microseconds, 1000)
        let seconds = floorDivide(milliseconds, 1000)
        let days = floorDivide(seconds, 86_400)
        let inDay = seconds - days * 86_400
        let date = civil(days: days)
        digits(date.year, 4, &bytes)
        bytes.append(UInt8(ascii: "-"))
        digits(date.month, 2, &bytes)
        bytes.append(UInt8(ascii: "-"))
        digits(date.day, 2, &bytes)
        bytes.append(UInt8(ascii: "T"))
        digits(inDay / 3600, 2, &bytes)
        bytes.append(UInt8(ascii: ":"))
        digits(inDay / 60 % 60, 2, &bytes)
        bytes.append(UInt8(ascii: ":"))
        digits(inDay % 60, 2, &bytes)
        bytes.append(UInt8(ascii: "."))
        digits(milliseconds - seconds * 1000, 3, &bytes)
        bytes.append(UInt8(ascii: "Z"))
    }

    /// The same as text.
    package static func iso8601(_ microseconds: Int64) -> String {
        var bytes: [UInt8] = []
        append(iso8601: microseconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : (value - divisor + 1) / divisor
    }

    /// Days since 1970-01-01 as a date of the proleptic Gregorian calendar, by eras of 400 years.
    private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func digits(_ value: Int64, _ width: Int, _ bytes: inout [UInt8]) {
        var divisor: Int64 = 1
        for _ in 1..<width { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: abs(value) / divisor % 10))
            divisor /= 10
        }
    }
}
