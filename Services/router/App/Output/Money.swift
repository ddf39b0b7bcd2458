/// Nano-dollars as people read and write them.
package enum Money {
    private static let nanoPerDollar = 1_000_000_000
    private static let decimals = 9

    /// `$12.35`, `$0.50`, `$0.000123`: two decimals, and below a dollar as many as three significant digits need.
    package static func text(nanoUSD: Int) -> String {
        let magnitude = nanoUSD.magnitude
        let sign = nanoUSD < 0 ? "-" : ""
        let wanted = magnitude >= UInt(nanoPerDollar) || magnitude == 0 ? 2 : shown(magnitude)
        var power: UInt = 1
        for _ in wanted..<decimals { power *= 10 }
        let (sum, overflow) = magnitude.addingReportingOverflow(power / 2)
        let rounded = (overflow ? magnitude : sum) / power * power
        let dollars = rounded / UInt(nanoPerDollar)
        let fraction = String(rounded % UInt(nanoPerDollar))
        var digits = String(repeating: "0", count: decimals - fraction.count) + fraction
        digits = String(digits.prefix(wanted))
        while digits.count > 2, digits.last == "0" { digits.removeLast() }
        return "\(sign)$\(dollars).\(digits)"
    }

    /// What was spent, where some of it may have no known price: that part is never shown as nothing.
    package static func spent(nanoUSD: Int, unpricedRequests: Int) -> String {
        guard unpricedRequests > 0 else { return text(nanoUSD: nanoUSD) }
        return nanoUSD == 0 ? "unpriced" : "\(text(nanoUSD: nanoUSD)) + \(unpricedRequests) unpriced"
    }

    /// A limit, where zero is none.
    package static func limit(nanoUSD: Int) -> String {
        nanoUSD == 0 ? "none" : text(nanoUSD: nanoUSD)
    }

    /// Reads `25`, `0.5`, `$12.34`; `nil` for anything else, more than nine decimals and more than a billion dollars.
    package static func nanoUSD(_ text: String) -> Int? {
        let number = text.hasPrefix("$") ? text.dropFirst() : text[...]
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), !parts[0].isEmpty,
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let dollars = Int(parts[0]), dollars <= nanoPerDollar
        else { return nil }
        guard parts.count == 2 else { return dollars * nanoPerDollar }
        guard (1...decimals).contains(parts[1].count) else { return nil }
        let fraction = parts[1] + String(repeating: "0", count: decimals - parts[1].count)
        return Int(fraction).map { dollars * nanoPerDollar + $0 }
    }

    /// The decimals that show three significant digits of less than a dollar.
    private static func shown(_ magnitude: UInt) -> Int {
        min(decimals, max(2, decimals - String(magnitude).count + 3))
    }
}
