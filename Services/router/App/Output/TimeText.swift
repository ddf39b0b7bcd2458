/// Moments and spans as people read them.
package enum TimeText {
    private static let units: [(name: String, seconds: Int)] = [
        ("d", 86_400), ("h", 3600), ("min", 60), ("s", 1),
    ]

    /// `3 s`, `5 min`, `2 h`, `4 d`: the largest unit that fits, rounded down.
    package static func span(seconds: Int) -> String {
        let seconds = max(0, seconds)
        let unit = units.first { seconds >= $0.seconds } ?? ("s", 1)
        return "\(seconds / unit.seconds) \(unit.name)"
    }

    /// `just now`, `5 min ago`, `in 3 d`; what never was is `never`.
    ///
    /// - Parameters:
    ///   - moment: Microseconds since 1970; `nil` or zero for never.
    ///   - now: The same of now.
    /// - Returns: The distance in words.
    package static func relative(_ moment: Int?, now: Int) -> String {
        guard let moment, moment != 0 else { return "never" }
        let seconds = (now - moment) / 1_000_000
        if seconds <= -1 { return "in \(span(seconds: -seconds))" }
        return seconds < 1 ? "just now" : "\(span(seconds: seconds)) ago"
    }

    /// `1234567` as `1.23M`, below ten thousand in full.
    package static func count(_ number: Int) -> String {
        for (name, size) in [("G", 1_000_000_000), ("M", 1_000_000), ("k", 1000)]
        where number >= size * (size == 1000 ? 10 : 1) {
            let hundredths = number / (size / 100)
            let fraction = String(hundredths % 100 + 100).dropFirst()
            return "\(hundredths / 100).\(fraction)\(name)"
        }
        return String(number)
    }
}
