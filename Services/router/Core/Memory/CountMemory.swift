import Synchronization

/// How many tokens texts have, so that a conversation which grows by a turn is counted by its new texts alone.
///
/// A text is found by a keyed hash of its bytes, whose key is made anew with each process. The memory is divided, so that
/// loops seldom wait for each other.
package final class CountMemory: Sendable {
    /// The most bytes of all parts together: some 50 000 counts.
    ///
    /// It grows with use.
    package static let limit = 8 << 20
    /// A shorter text is counted as quickly as it is found.
    package static let shortest = 48
    private static let parts = 16

    private final class Part: Sendable {
        let counts: Mutex<BoundedMemory<Int32>>

        init(limit: Int) {
            counts = Mutex(BoundedMemory(limit: limit) { _ in 0 })
        }
    }

    private let hash: @Sendable (ArraySlice<UInt8>) -> MemoryKey
    private let parts: [Part]

    /// - Parameters:
    ///   - limit: The most bytes to hold.
    ///   - hash: A keyed hash of a text's bytes.
    package init(limit: Int = CountMemory.limit, hash: @escaping @Sendable (ArraySlice<UInt8>) -> MemoryKey) {
        self.hash = hash
        parts = (0..<Self.parts).map { _ in Part(limit: limit / Self.parts) }
    }

    /// The bytes that are held now.
    package var bytes: Int { parts.reduce(0) { $0 + $1.counts.withLock { $0.bytes } } }

    /// The tokens of a text.
    ///
    /// - Parameters:
    ///   - text: In UTF-8.
    ///   - vocabulary: A number for what it is counted with: a text may be remembered for several.
    ///   - count: Counts one that is not remembered; no lock is held meanwhile.
    /// - Returns: The count.
    package func count(
        _ text: ArraySlice<UInt8>,
        in vocabulary: UInt64,
        by count: (ArraySlice<UInt8>) -> Int
    ) -> Int {
        guard text.count >= Self.shortest else { return count(text) }
        let hashed = hash(text)
        // The hash is keyed and has 128 bits: another number in its lower half is another key.
        let key = MemoryKey(high: hashed.high, low: hashed.low ^ vocabulary)
        let part = parts[Int(truncatingIfNeeded: key.high % UInt64(Self.parts))]
        if let known = part.counts.withLock({ $0.value(of: key) }) { return Int(known) }
        let tokens = count(text)
        if let kept = Int32(exactly: tokens) { part.counts.withLock { $0.insert(kept, for: key) } }
        return tokens
    }
}
