/// Reads an expression for what it needs; what it does not know of it takes to match anything, or gives up.
struct PatternReader {
    /// Characters of a class that are told apart.
    private static let mostOfClass = 4

    private let bytes: [UInt8]
    private let known: [RequiredWords.Word]
    private var index = 0

    init(_ bytes: [UInt8], known: [RequiredWords.Word]) {
        self.bytes = bytes
        self.known = known
    }

    /// `nil` where it is not understood at all.
    mutating func pattern() -> PatternPiece? {
        guard let piece = alternatives(), index == bytes.count else { return nil }
        return piece
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func takes(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard index + count <= bytes.count else { return false }
        for offset in 0..<count where bytes[index + offset] != text.utf8Start[offset] { return false }
        index += count
        return true
    }

    private mutating func alternatives() -> PatternPiece? {
        var pieces: [PatternPiece] = []
        repeat {
            var row: [PatternPiece] = []
            while let byte = next, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
                guard let piece = item() else { return nil }
                row.append(piece)
            }
            pieces.append(.row(row))
        } while takes("|")
        return pieces.count == 1 ? pieces[0] : .any(pieces, known: known)
    }

    /// Letters that stand side by side, each of them once.
    private mutating func letters() -> PatternPiece? {
        var end = index
        while end < bytes.count, !Self.isSpecial(bytes[end]) { end += 1 }
        // What follows may say how often the last one stands there.
        if end < bytes.count, Self.isQuantifier(bytes[end]) { end -= 1 }
        guard end > index else { return nil }
        defer { index = end }
        return PatternPiece(exact: [bytes[index..<end].map(LiteralTrie.folded)])
    }

    private static func isQuantifier(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"): true
        default: false
        }
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "|"), UInt8(ascii: "\\"),
            UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "$"):
            true
        default: isQuantifier(byte)
        }
    }

    /// One thing and how often it stands there.
    private mutating func item() -> PatternPiece? {
        if let letters = letters() { return letters }
        guard let piece = atom() else { return nil }
        guard let (least, most) = quantifier() else { return piece }
        if !takes("?") { _ = takes("+") }
        return piece.repeated(least, most)
    }

    private mutating func quantifier() -> (Int, Int?)? {
        if takes("?") { return (0, 1) }
        if takes("*") { return (0, nil) }
        if takes("+") { return (1, nil) }
        guard next == UInt8(ascii: "{") else { return nil }
        let start = index
        index += 1
        let least = number()
        var most = least
        if takes(",") { most = number() }
        // Braces that count nothing are text.
        guard let least, takes("}") else {
            index = start
            return nil
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var number: Int?
        while let byte = next, byte &- 0x30 < 10, (number ?? 0) < 100_000 {
            number = (number ?? 0) * 10 + Int(byte - 0x30)
            index += 1
        }
        return number
    }

    private mutating func atom() -> PatternPiece? {
        guard let byte = next else { return nil }
        switch byte {
        case UInt8(ascii: "("): return group()
        case UInt8(ascii: "["): return characters()
        case UInt8(ascii: "\\"): return escape()
        case UInt8(ascii: "."):
            index += 1
            return PatternPiece()
        case UInt8(ascii: "^"), UInt8(ascii: "$"):
            index += 1
            return .empty
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"): return nil
        default:
            index += 1
            return PatternPiece(exact: [[LiteralTrie.folded(byte)]])
        }
    }

    /// Letters are folded anyway, so switches of case change nothing; what looks ahead or back is left out, which says less.
    private mutating func group() -> PatternPiece? {
        index += 1
        var isAssertion = false
        if takes("?") {
            if takes("=") || takes("!") || takes("<=") || takes("<!") {
                isAssertion = true
            } else if !(takes(":") || takes("i:") || takes("-i:") || takes("s:") || takes("-s:") || takes(">")) {
                return nil
            }
        }
        guard let piece = alternatives(), takes(")") else { return nil }
        return isAssertion ? .empty : piece
    }

    private mutating func escape() -> PatternPiece? {
        guard index + 1 < bytes.count else { return nil }
        let byte = bytes[index + 1]
        index += 2
        switch byte {
        case UInt8(ascii: "b"), UInt8(ascii: "B"), UInt8(ascii: "A"), UInt8(ascii: "z"), UInt8(ascii: "Z"):
            return .empty
        case UInt8(ascii: "w"), UInt8(ascii: "W"), UInt8(ascii: "d"), UInt8(ascii: "D"), UInt8(ascii: "s"),
            UInt8(ascii: "S"), UInt8(ascii: "h"), UInt8(ascii: "R"), UInt8(ascii: "N"):
            return PatternPiece()
        case UInt8(ascii: "n"): return PatternPiece(exact: [[0x0A]])
        case UInt8(ascii: "t"): return PatternPiece(exact: [[0x09]])
        // Letters and digits have meanings that none of our patterns needs.
        default: return ByteSetOfWords.contains(byte) ? nil : PatternPiece(exact: [[byte]])
        }
    }

    private mutating func characters() -> PatternPiece? {
        index += 1
        var isPlain = !takes("^")
        var members: Set<RequiredWords.Word> = []
        var isFirst = true
        while let byte = next, byte != UInt8(ascii: "]") || isFirst {
            isFirst = false
            index += 1
            if byte == UInt8(ascii: "\\") {
                guard let escaped = next else { return nil }
                index += 1
                isPlain = isPlain && !ByteSetOfWords.contains(escaped)
                members.insert([escaped])
            } else {
                // A range, a named class, or a part of a character that is none by itself.
                if byte == UInt8(ascii: "["), next == UInt8(ascii: ":") { return nil }
                let isRange =
                    next == UInt8(ascii: "-") && index + 1 < bytes.count && bytes[index + 1] != UInt8(ascii: "]")
                if byte >= 0x80 || isRange { isPlain = false }
                members.insert([LiteralTrie.folded(byte)])
            }
        }
        guard takes("]") else { return nil }
        return isPlain && members.count <= Self.mostOfClass ? PatternPiece(exact: members) : PatternPiece()
    }
}

private enum ByteSetOfWords {
    static func contains(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 }
}
