/// Numbers as people read them.
package enum Counts {
    /// `12,847`.
    package static func grouped(_ number: Int) -> String {
        let digits = Array(String(number.magnitude).utf8)
        var bytes: [UInt8] = []
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { bytes.append(UInt8(ascii: ",")) }
            bytes.append(digit)
        }
        return (number < 0 ? "−" : "") + String(decoding: bytes, as: UTF8.self)
    }

    /// `640`, `41 k`, `9.6 M`, `1.2 bn`.
    package static func short(_ number: Int) -> String {
        switch number.magnitude {
        case ..<1000: grouped(number)
        case ..<1_000_000: scaled(number, 1000) + " k"
        case ..<1_000_000_000: scaled(number, 1_000_000) + " M"
        default: scaled(number, 1_000_000_000) + " bn"
        }
    }

    /// `99.3%`; a part that is not all never reads as 100%, one that is not nothing never as 0%.
    package static func percent(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "–" }
        let mille = (part * 1000 + whole / 2) / whole
        if part < whole, mille >= 1000 { return "99.9%" }
        if part > 0, mille == 0 { return "0.1%" }
        return mille.isMultiple(of: 10) ? "\(mille / 10)%" : "\(mille / 10).\(mille % 10)%"
    }

    /// `1 request`, `2 requests`.
    package static func of(_ number: Int, _ one: String, _ many: String) -> String {
        "\(grouped(number)) \(number == 1 ? one : many)"
    }

    /// Reads `1000`, `1,000` or `1 000`; `nil` when it is no whole number from zero up, or too large.
    package static func parse(_ text: String) -> Int? {
        let digits = text.utf8.filter { $0 != 0x2C && $0 != 0x20 }
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(String(decoding: digits, as: UTF8.self))
    }

    /// One decimal below ten, none above.
    private static func scaled(_ number: Int, _ unit: Int) -> String {
        let tenths = (Int(number.magnitude) * 10 + unit / 2) / unit
        let sign = number < 0 ? "−" : ""
        return tenths < 100 && !tenths.isMultiple(of: 10)
            ? "\(sign)\(tenths / 10).\(tenths % 10)" : "\(sign)\(grouped((tenths + 5) / 10))"
    }
}
