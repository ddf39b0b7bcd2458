/// One entry of an allow-list: a model name in which `*` stands for any run of characters.
///
/// Letters compare without case (ASCII). Matching goes once over the name for each piece between stars.
public struct ModelRule: Hashable, Sendable {
    /// The longest rule accepted, in bytes.
    public static let maximumLength = 256

    /// The literal pieces between the stars, in lower case.
    private let pieces: [[UInt8]]

    /// Makes a rule of what stands in the list; what is past the longest length is not read.
    public init(_ pattern: String) {
        pieces = pattern.utf8.prefix(Self.maximumLength)
            .map(Self.lowercased)
            .split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
            .map(Array.init)
    }

    /// Whether the rule matches a name; both as UTF-8, the name already in lower case.
    public func matches(lowercased name: [UInt8]) -> Bool {
        guard let first = pieces.first, let last = pieces.last else { return false }
        guard pieces.count > 1 else { return name == first }
        guard name.count >= first.count + last.count, name.starts(with: first) else { return false }
        guard name.suffix(last.count).elementsEqual(last) else { return false }
        var position = first.count
        let end = name.count - last.count
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let found = Self.find(piece, in: name[position..<end]) else { return false }
            position = found + piece.count
        }
        return position <= end
    }

    /// A byte as it is compared.
    public static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    /// Where a piece first stands; the lengths are capped, so the plain search stays small.
    private static func find(_ piece: [UInt8], in name: ArraySlice<UInt8>) -> Int? {
        guard name.count >= piece.count else { return nil }
        return (name.startIndex...(name.endIndex - piece.count)).first { start in
            name[start..<start + piece.count].elementsEqual(piece)
        }
    }
}
