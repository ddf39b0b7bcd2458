/// 128 bits that stand for a text and for what was decided about it: a keyed hash, so nobody can make two meet.
package struct MemoryKey: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    package init(_ words: (UInt64, UInt64)) {
        self.init(high: words.0, low: words.1)
    }

    /// The key for a text in a context, from the keys of both.
    ///
    /// Both are keyed hashes that nobody outside can compute, so nobody can look for pairs that meet.
    package func within(_ context: MemoryKey) -> MemoryKey {
        MemoryKey(high: high ^ context.high, low: low ^ context.low)
    }

    /// The bits are evenly spread already: half of them are enough to find a place by.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(low)
    }
}

/// Puts the parts of a key together, each set apart from the next.
package struct KeyParts: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {
        bytes.reserveCapacity(128)
    }

    package mutating func reset() {
        bytes.removeAll(keepingCapacity: true)
    }

    package mutating func add(_ number: UInt64) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func add(_ key: MemoryKey) {
        add(key.high)
        add(key.low)
    }

    package mutating func add(_ flag: Bool) {
        bytes.append(flag ? 1 : 0)
    }

    /// Its length stands in front, so that ("ab", "c") and ("a", "bc") differ.
    package mutating func add(_ text: String) {
        add(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// Nothing differs from the empty text.
    package mutating func add(_ text: String?) {
        add(text != nil)
        if let text { add(text) }
    }
}
