/// What a node of the tape stands for; the order matters, containers come last.
enum NodeKind: UInt64 {
    case null
    case `false`
    case `true`
    case number
    case string
    case array
    case object
}

/// One word of the tape that describes a value: kind (3 bits), mark (1), length (28), start (32).
///
/// The length covers the whole token, quotes and brackets included. An array or object has a second word: the index
/// of the node after it (32 bits), which is how a reader steps over it, and the number of its children (32 bits).
struct TapeNode {
    /// The highest length and start that fit.
    static let lengthMask: UInt64 = 0xFFF_FFFF
    /// Set on a string that holds an escape and on a number that has a fraction or an exponent.
    static let mark: UInt64 = 1 << 60

    let word: UInt64

    init(_ word: UInt64) {
        self.word = word
    }

    @inline(__always)
    init(_ kind: NodeKind, start: Int, length: Int, marked: Bool = false) {
        let flag = marked ? Self.mark : 0
        word = kind.rawValue << 61 | flag | UInt64(truncatingIfNeeded: length) << 32 | UInt64(truncatingIfNeeded: start)
    }

    @inline(__always)
    var isContainer: Bool { word >> 61 >= NodeKind.array.rawValue }

    var kind: NodeKind { NodeKind(rawValue: word >> 61) ?? .null }
    var isMarked: Bool { word & Self.mark != 0 }
    var start: Int { Int(truncatingIfNeeded: word & 0xFFFF_FFFF) }
    var length: Int { Int(truncatingIfNeeded: word >> 32 & Self.lengthMask) }
    var range: Range<Int> { start..<start + length }
}

/// A parsed document: its bytes as they came, and the tape.
///
/// Immutable, so that cursors may cross threads; shared, so that copying a cursor copies a reference.
final class JSONStorage: Sendable {
    let bytes: [UInt8]
    let nodes: [UInt64]
    /// Of each string with escapes, in order: where it starts (upper half), and how many bytes shorter its text is than what
    /// stands between its quotes; all bits of the lower half where that was not counted, as with `\u`.
    private let shortenings: [UInt64]

    init(bytes: [UInt8], nodes: [UInt64], shortenings: [UInt64]) {
        self.bytes = bytes
        self.nodes = nodes
        self.shortenings = shortenings
    }

    /// How much shorter the text of the string with escapes at this byte is than what is written; `nil` if nobody counted.
    func shortening(of start: Int) -> Int? {
        var (low, high) = (0, shortenings.count)
        while low < high {
            let middle = (low + high) / 2
            if shortenings[middle] >> 32 < start { low = middle + 1 } else { high = middle }
        }
        guard low < shortenings.count, shortenings[low] >> 32 == start else { return nil }
        let kept = UInt32(truncatingIfNeeded: shortenings[low])
        return kept == .max ? nil : Int(kept)
    }

    func node(_ index: Int) -> TapeNode {
        TapeNode(nodes[index])
    }

    /// The index of the node after the value at `index`, its children skipped.
    func next(after index: Int) -> Int {
        node(index).isContainer ? Int(nodes[index + 1] >> 32) : index + 1
    }

    /// How many children the container at `index` has.
    func count(of index: Int) -> Int {
        Int(nodes[index + 1] & 0xFFFF_FFFF)
    }
}
