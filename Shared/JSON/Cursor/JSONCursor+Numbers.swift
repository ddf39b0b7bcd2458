extension JSONCursor {
    /// The value of a number that is a whole one and fits, or `nil`.
    ///
    /// Judged by value, not by spelling: `1.0`, `10e-1` and `1e2` are whole. Nothing is rounded.
    public var integer: Int? {
        let node = node
        guard node.kind == .number else { return nil }
        return storage.bytes.withUnsafeBufferPointer { bytes in
            let text = UnsafeBufferPointer(rebasing: bytes[node.range])
            if node.isMarked { return Self.exactInteger(text) }
            return Self.plainInteger(text)
        }
    }

    /// The value of a number, rounded to the nearest double; `nil` for anything else and for a number past the range.
    public var double: Double? {
        let node = node
        guard node.kind == .number else { return nil }
        if !node.isMarked, node.length <= 16, let integer {
            // Fewer than 2⁵³, so exact; the sign of "-0" is all that an integer loses.
            return integer == 0 && storage.bytes[node.start] == UInt8(ascii: "-") ? -0.0 : Double(integer)
        }
        guard let value = Double(String(decoding: storage.bytes[node.range], as: UTF8.self)), value.isFinite else {
            return nil
        }
        return value
    }

    /// Reads digits with an optional sign.
    private static func plainInteger(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
        let isNegative = text.first == UInt8(ascii: "-")
        var value = 0
        // Counts down for the sake of the lowest integer, which has no positive counterpart.
        for byte in text.dropFirst(isNegative ? 1 : 0) {
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (difference, tooLow) = product.subtractingReportingOverflow(Int(byte &- 0x30))
            if tooLarge || tooLow { return nil }
            value = difference
        }
        if isNegative { return value }
        return value == Int.min ? nil : -value
    }

    /// Reads a number with a fraction or an exponent, if its value is whole and fits.
    private static func exactInteger(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = text.dropFirst(isNegative ? 1 : 0)
        let mantissa = digits.prefix { $0 | 0x20 != UInt8(ascii: "e") }
        let point = mantissa.firstIndex(of: UInt8(ascii: ".")) ?? mantissa.endIndex
        let fraction = mantissa.endIndex - min(point + 1, mantissa.endIndex)
        // Zeros at either end change the exponent, not the value.
        guard let last = mantissa.lastIndex(where: { 0x31...0x39 ~= $0 }) else { return 0 }
        var scale = (point > last ? point - 1 - last : point - last) + Self.exponent(digits[mantissa.endIndex...])
        guard scale >= 0, fraction >= 0 else { return nil }
        var value = 0
        for byte in mantissa[...last] where byte != UInt8(ascii: ".") {
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (difference, tooLow) = product.subtractingReportingOverflow(Int(byte &- 0x30))
            if tooLarge || tooLow { return nil }
            value = difference
        }
        while scale > 0 {
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            if tooLarge { return nil }
            value = product
            scale -= 1
        }
        if isNegative { return value }
        return value == Int.min ? nil : -value
    }

    /// Reads `e±digits`; the result stops growing far beyond what any document's digits could make up for.
    private static func exponent(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
        var value = 0
        for byte in text where 0x30...0x39 ~= byte {
            value = min(value * 10 + Int(byte &- 0x30), 1 << 40)
        }
        return text.contains(UInt8(ascii: "-")) ? -value : value
    }
}
