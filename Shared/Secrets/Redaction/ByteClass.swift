/// What a byte can mean to the scanner.
struct ByteClass: OptionSet, Sendable {
    let rawValue: UInt8

    static let alphanumeric = ByteClass(rawValue: 1)
    /// Letters, digits, `_`, `-` and `.`: what names are made of.
    static let name = ByteClass(rawValue: 2)
    /// Space, quotes, brackets, separators and controls: where an unquoted value ends.
    static let endsValue = ByteClass(rawValue: 4)
    /// `:`, `=`, `,`, `%`, `\` and `-`: where the scanner has to look closer.
    static let special = ByteClass(rawValue: 8)
    /// What may stand between a name and its separator: quotes, backslashes, a space.
    static let aroundName = ByteClass(rawValue: 16)
    /// Where a URL's authority ends.
    static let endsAuthority = ByteClass(rawValue: 32)

    static let table: [ByteClass] = (0..<256).map { make(UInt8($0)) }

    private static func make(_ byte: UInt8) -> ByteClass {
        var result: ByteClass = []
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: result.formUnion([.alphanumeric, .name])
        case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"): result.insert(.name)
        default: break
        }
        if byte <= 0x20 || byte == 0x7F || "\"'`,;&|()[]{}<>\\".utf8.contains(byte) { result.insert(.endsValue) }
        if ":=,%\\-".utf8.contains(byte) { result.insert(.special) }
        if "\"'\\ ".utf8.contains(byte) { result.insert(.aroundName) }
        if byte <= 0x20 || "/?#\"'`<>\\".utf8.contains(byte) { result.insert(.endsAuthority) }
        return result
    }
}
