/// Spans of time and sizes as people write them.
package enum Quantity {
    /// `250ms`, `10s`, `1h30m`, `1.5s`, `0`; `nil` for anything else.
    ///
    /// Units: us, ms, s, m, h, d. A number without a unit is refused (seconds or milliseconds?), except zero.
    package static func duration(_ text: String) -> Duration? {
        if text == "0" { return .zero }
        var rest = Array(text.utf8)[...]
        var total: Int64 = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            guard let (whole, fraction) = number(&rest), let unit = nanosecondsPerUnit(&rest) else { return nil }
            let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
            let part = fraction.digits == 0 ? 0 : fraction.value * (unit / fraction.digits)
            // A fraction finer than a nanosecond is no time anybody means.
            guard !overflow, fraction.digits <= unit else { return nil }
            let (sum, tooLarge) = total.addingReportingOverflow(product)
            let (all, stillTooLarge) = sum.addingReportingOverflow(part)
            guard !tooLarge, !stillTooLarge else { return nil }
            total = all
        }
        return .nanoseconds(total)
    }

    /// `512`, `64KiB`, `32MiB`, `1GiB`, `10MB`, `512B`; `nil` for anything else.
    package static func bytes(_ text: String) -> Int? {
        var rest = Array(text.utf8)[...]
        guard let (whole, fraction) = number(&rest), fraction.digits == 0, let count = Int(exactly: whole) else {
            return nil
        }
        if rest.first == UInt8(ascii: " ") { rest = rest.dropFirst() }
        let unit: Int
        switch String(decoding: rest, as: UTF8.self).lowercased() {
        case "", "b": unit = 1
        case "kib": unit = 1 << 10
        case "mib": unit = 1 << 20
        case "gib": unit = 1 << 30
        case "kb": unit = 1000
        case "mb": unit = 1_000_000
        case "gb": unit = 1_000_000_000
        default: return nil
        }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: unit)
        return overflow ? nil : bytes
    }

    /// A duration in its largest whole unit, for messages.
    static func text(_ duration: Duration) -> String {
        let nanoseconds = Int64(duration / .nanoseconds(1))
        for (name, unit) in units.reversed() where nanoseconds % unit == 0 && (nanoseconds != 0 || name == "s") {
            return "\(nanoseconds / unit)\(name)"
        }
        return "\(nanoseconds)ns"
    }

    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("us", 1000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
        ("d", 86_400_000_000_000),
    ]

    /// Digits, and perhaps a point and more digits, where `digits` is the power of ten the fraction counts.
    private static func number(
        _ rest: inout ArraySlice<UInt8>
    ) -> (whole: Int64, fraction: (value: Int64, digits: Int64))? {
        let whole = digits(&rest)
        guard !whole.isEmpty, let value = Int64(String(decoding: whole, as: UTF8.self)) else { return nil }
        guard rest.first == UInt8(ascii: ".") else { return (value, (0, 0)) }
        rest = rest.dropFirst()
        let fraction = digits(&rest)
        guard (1...9).contains(fraction.count), let part = Int64(String(decoding: fraction, as: UTF8.self)) else {
            return nil
        }
        return (value, (part, (0..<fraction.count).reduce(1) { power, _ in power * 10 }))
    }

    private static func digits(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        rest = rest.dropFirst(digits.count)
        return digits
    }

    private static func nanosecondsPerUnit(_ rest: inout ArraySlice<UInt8>) -> Int64? {
        let name = rest.prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
        rest = rest.dropFirst(name.count)
        return units.first { name.elementsEqual($0.name.utf8) }?.nanoseconds
    }
}

extension Quantity {
    /// A duration in seconds with three decimals, for the log.
    static func seconds(_ duration: Duration) -> String {
        let milliseconds = Int64(duration / .milliseconds(1))
        let fraction = String(milliseconds % 1000)
        return "\(milliseconds / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)s"
    }
}
