/// The offset from UTC in which a plan's days begin.
///
/// UTC and fixed offsets only: named zones need tables that Foundation ships with ICU alone, and those cost a service
/// tens of megabytes. README.md says so to operators.
package struct PeriodZone: Hashable, Sendable {
    /// Seconds east of UTC.
    package let offsetSeconds: Int

    package static let utc = Self(offsetSeconds: 0)

    private init(offsetSeconds: Int) {
        self.offsetSeconds = offsetSeconds
    }

    /// Reads `UTC`, `GMT`, `Z`, `+07:00`, `-0330`, `UTC+7` or `GMT-03:30`; up to 14 hours either way, as on Earth.
    package init?(_ text: String) {
        var rest = text.uppercased()[...]
        if rest.isEmpty || rest == "Z" { rest = "UTC" }
        if rest.hasPrefix("UTC") || rest.hasPrefix("GMT") { rest = rest.dropFirst(3) }
        guard let sign = rest.first else {
            self = .utc
            return
        }
        guard sign == "+" || sign == "-", let minutes = Self.minutes(in: rest.dropFirst()) else { return nil }
        self.init(offsetSeconds: (sign == "-" ? -60 : 60) * minutes)
    }

    /// Minutes in `7`, `07`, `0730` or `07:30`.
    private static func minutes(in text: Substring) -> Int? {
        let digits = text.utf8.filter { $0 != UInt8(ascii: ":") }
        guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        guard !digits.isEmpty, digits.count <= 4, text.utf8.count - digits.count <= 1 else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        let minutes = digits.count <= 2 ? number * 60 : number / 100 * 60 + number % 100
        guard minutes <= 14 * 60, digits.count <= 2 || number % 100 < 60 else { return nil }
        return minutes
    }

    /// The canonical spelling: `UTC` or `+07:00`.
    package var name: String {
        guard offsetSeconds != 0 else { return "UTC" }
        let minutes = abs(offsetSeconds) / 60
        return (offsetSeconds < 0 ? "-" : "+") + Self.twoDigits(minutes / 60) + ":" + Self.twoDigits(minutes % 60)
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
