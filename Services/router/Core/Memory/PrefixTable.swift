import Synchronization

/// What conversations sent last, to find out why a provider's cache did not help; bounded, the longest unused first out.
package final class PrefixTable: Sendable {
    /// What it holds unless told otherwise.
    package static let standardLimit = 8 << 20
    /// A provider forgets what was not asked for during so long: from then on nothing is lost by a change.
    package static let cacheLife = Duration.seconds(300)

    private let memory: Mutex<BoundedMemory<PrefixTrail>>

    /// - Parameter limit: The most bytes to hold.
    package init(limit: Int = PrefixTable.standardLimit) {
        memory = Mutex(BoundedMemory(limit: max(0, limit)) { $0.weight })
    }

    package var bytes: Int { memory.withLock { $0.bytes } }

    /// Puts a request in the place of the one before it.
    ///
    /// - Returns: Where the two part, if a provider still had the earlier one.
    package func note(_ trail: PrefixTrail, for key: MemoryKey) -> PrefixTrail.Difference? {
        let earlier = memory.withLock { memory in
            let earlier = memory.value(of: key)
            memory.insert(trail, for: key)
            return earlier
        }
        guard let earlier, trail.lastUsed - earlier.lastUsed < Self.cacheLife else { return nil }
        return trail.difference(from: earlier)
    }
}
