/// Money as people read it: exact, from nano-dollars, without a floating-point number on the way.
package enum Dollars {
    private static let nanosPerDollar = 1_000_000_000

    /// A sum: two decimals from one cent on, four below, and all of them where these would read as nothing.
    package static func sum(_ nanos: Int) -> String {
        let size = nanos.magnitude
        if size == 0 || size >= UInt(nanosPerDollar / 100) { return rounded(nanos, decimals: 2) }
        return size >= 100_000 ? rounded(nanos, decimals: 4) : exact(nanos)
    }

    /// The words of an axis: as many decimals on all of them as the finest needs, one alone read as cents.
    package static func axis(_ ticks: [Int]) -> [String] {
        var decimals = 0
        var unit = nanosPerDollar
        while unit > 1, ticks.contains(where: { !$0.isMultiple(of: unit) }) {
            unit /= 10
            decimals += 1
        }
        return ticks.map { rounded($0, decimals: decimals == 1 ? 2 : decimals) }
    }

    /// The price of one request: four decimals, more where these would read as nothing; `nil` has no price.
    package static func price(_ nanos: Int?) -> String {
        guard let nanos else { return "–" }
        return nanos != 0 && nanos.magnitude < 100_000 ? exact(nanos) : rounded(nanos, decimals: 4)
    }

    /// Every digit there is, two at least.
    package static func exact(_ nanos: Int) -> String {
        var text = rounded(nanos, decimals: 9)
        while text.hasSuffix("0"), !text.dropLast(2).hasSuffix(".") { text.removeLast() }
        return text
    }

    /// A number of decimals, half away from zero.
    package static func rounded(_ nanos: Int, decimals: Int) -> String {
        var unit: UInt = 1
        for _ in 0..<(9 - min(max(decimals, 0), 9)) { unit *= 10 }
        let count = (nanos.magnitude + unit / 2) / unit
        let scale = UInt(nanosPerDollar) / unit
        let fraction = String(count % scale)
        let zeros = String(repeating: "0", count: max(0, decimals - fraction.utf8.count))
        let whole = Counts.grouped(Int(count / scale))
        let sign = nanos < 0 && count > 0 ? "−" : ""
        return decimals > 0 ? "\(sign)$\(whole).\(zeros)\(fraction)" : "\(sign)$\(whole)"
    }

    /// Reads `12`, `12.5` or `$0.25` as nano-dollars; `nil` when it is none or too large.
    package static func parse(_ text: String) -> Int? {
        let digits = text.hasPrefix("$") ? text.dropFirst() : text[...]
        let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let whole = Int(first.isEmpty ? "0" : first), (0...1_000_000_000).contains(whole)
        else { return nil }
        guard parts.count == 2 else { return digits.isEmpty ? nil : whole * nanosPerDollar }
        guard parts[1].utf8.count <= 9, parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let fraction = parts[1] + String(repeating: "0", count: 9 - parts[1].utf8.count)
        return Int(fraction).map { whole * nanosPerDollar + $0 }
    }
}
