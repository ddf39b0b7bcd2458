/// What a byte can mean to the scanner.
///
/// Not an `OptionSet`: its generic `contains` is a call per byte, four times the cost of the whole scan.
struct ByteClass: Sendable {
    private var bits: UInt8 = 0

    private init(_ bits: UInt8) {
        self.bits = bits
    }

    static var alphanumeric: ByteClass { ByteClass(1) }
    /// Letters, digits, `_`, `-` and `.`: what names are made of.
    static var name: ByteClass { ByteClass(2) }
    /// Space, quotes, brackets, separators and controls: where an unquoted value ends.
    static var endsValue: ByteClass { ByteClass(4) }
    /// `:`, `=`, `,`, `%`, `\` and `-`: where the scanner has to look closer.
    static var special: ByteClass { ByteClass(8) }
    /// What may stand between a name and its separator: quotes, backslashes, a space.
    static var aroundName: ByteClass { ByteClass(16) }
    /// Where a URL's authority ends.
    static var endsAuthority: ByteClass { ByteClass(32) }

    /// Whether this byte has that meaning.
    @inline(__always)
    func contains(_ other: ByteClass) -> Bool {
        bits & other.bits != 0
    }

    static let table: [ByteClass] = (0..<256).map { make(UInt8($0)) }

    private static func make(_ byte: UInt8) -> ByteClass {
        var result = ByteClass(0)
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: result.bits |= alphanumeric.bits | name.bits
        case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"): result.bits |= name.bits
        default: break
        }
        if byte <= 0x20 || byte == 0x7F || "\"'`,;&|()[]{}<>\\".utf8.contains(byte) { result.bits |= endsValue.bits }
        if ":=,%\\-".utf8.contains(byte) { result.bits |= special.bits }
        if "\"'\\ ".utf8.contains(byte) { result.bits |= aroundName.bits }
        if byte <= 0x20 || "/?#\"'`<>\\".utf8.contains(byte) { result.bits |= endsAuthority.bits }
        return result
    }
}

/// A set of byte pairs, one bit each: the cheap question before the dear one.
struct PairSet: Sendable {
    let bits: [UInt64]

    init(_ pairs: [(UInt8, UInt8)]) {
        var bits = [UInt64](repeating: 0, count: 1024)
        for (first, second) in pairs {
            bits[Int(first) << 2 | Int(second) >> 6] |= 1 << UInt64(second & 63)
        }
        self.bits = bits
    }
}

/// The scanner's tables as pointers, so that a byte costs a load and no reference counting.
struct ScanTables {
    let classes: UnsafeBufferPointer<ByteClass>
    private let beginnings: UnsafeBufferPointer<UInt64>
    private let endings: UnsafeBufferPointer<UInt64>

    /// Lends the tables for as long as the body runs.
    static func withTables<T>(_ body: (ScanTables) -> T) -> T {
        ByteClass.table.withUnsafeBufferPointer { classes in
            CredentialShape.beginnings.bits.withUnsafeBufferPointer { beginnings in
                CredentialName.endingPairs.bits.withUnsafeBufferPointer { endings in
                    body(ScanTables(classes: classes, beginnings: beginnings, endings: endings))
                }
            }
        }
    }

    /// Whether a credential can begin with these two bytes.
    @inline(__always)
    func canBegin(_ first: UInt8, _ second: UInt8) -> Bool {
        Self.contains(beginnings, first, second)
    }

    /// Whether a credential's name can end with these two bytes, the last one first.
    @inline(__always)
    func canEnd(_ last: UInt8, _ beforeLast: UInt8) -> Bool {
        Self.contains(endings, last | 0x20, beforeLast | 0x20)
    }

    @inline(__always)
    private static func contains(_ bits: UnsafeBufferPointer<UInt64>, _ first: UInt8, _ second: UInt8) -> Bool {
        bits[Int(first) << 2 | Int(second) >> 6] >> UInt64(second & 63) & 1 == 1
    }
}
