package import Contracts
package import Dialects
import Synchronization

/// What the guard decided about a text.
package final class RememberedVerdict: Sendable {
    package let action: GuardAction
    /// What must change, in bytes of the document.
    package let edits: [ContentEdit]
    /// What placeholders in it stand for.
    package let restores: [Restore]
    /// What fired, `detector:entity=action`.
    package let fired: [String]
    package let decisionID: String
    package let reason: String
    /// Stands for what ``edits`` make of the text; 0 where there are none.
    package let change: UInt64

    package init(
        action: GuardAction,
        edits: [ContentEdit] = [],
        restores: [Restore] = [],
        fired: [String] = [],
        decisionID: String = "",
        reason: String = ""
    ) {
        self.action = action
        self.edits = edits
        self.restores = restores
        self.fired = fired
        self.decisionID = decisionID
        self.reason = reason
        var change: UInt64 = 0
        for edit in edits {
            let hash = edit.bytes.withUnsafeBytes { QuickHash.of($0) }
            change = change &* 31 &+ hash ^ UInt64(truncatingIfNeeded: edit.range.lowerBound) | 1
        }
        self.change = change
    }

    /// Nothing was found; most texts share it.
    package static let allowed = RememberedVerdict(action: .allow)

    var weight: Int {
        guard self !== Self.allowed else { return 0 }
        var sum = 160 + decisionID.utf8.count + reason.utf8.count
        for edit in edits { sum += 64 + edit.bytes.count }
        for restore in restores { sum += 64 + restore.placeholder.utf8.count + restore.original.utf8.count }
        for text in fired { sum += 32 + text.utf8.count }
        return sum
    }
}

/// What a saver made of a text.
package final class RememberedSaving: Sendable {
    /// The bytes to send, escaped as the document needs them; `nil` stands for the text itself.
    package let bytes: [UInt8]?
    package let saver: String
    package let rule: String
    package let tokensBefore: Int
    package let tokensAfter: Int
    /// Stands for ``bytes``; 0 where the text itself is sent.
    package let change: UInt64

    package init(bytes: [UInt8]?, saver: String = "", rule: String = "", tokensBefore: Int = 0, tokensAfter: Int = 0) {
        self.bytes = bytes
        self.saver = saver
        self.rule = rule
        self.tokensBefore = tokensBefore
        self.tokensAfter = tokensAfter
        change = bytes.map { $0.withUnsafeBytes { QuickHash.of($0) } | 1 } ?? 0
    }

    /// The text stays as it is; most texts share it.
    package static let original = RememberedSaving(bytes: nil)

    var weight: Int {
        guard self !== Self.original else { return 0 }
        return 160 + (bytes?.count ?? 0) + saver.utf8.count + rule.utf8.count
    }
}

/// Verdicts and replacements by text, so that only what is new crosses a socket.
package final class SegmentMemory: Sendable {
    /// What it holds unless told otherwise, its own structures included.
    package static let standardLimit = 64 << 20
    private static let shardCount = 16

    private enum Entry: Sendable {
        case verdict(RememberedVerdict)
        case saving(RememberedSaving)

        var weight: Int {
            switch self {
            case .verdict(let verdict): verdict.weight
            case .saving(let saving): saving.weight
            }
        }
    }

    /// How full it is.
    package struct Size: Hashable, Sendable {
        package var entries = 0
        package var bytes = 0
        package var evictions = 0
    }

    private final class Shard: Sendable {
        let memory: Mutex<BoundedMemory<Entry>>

        init(limit: Int) {
            memory = Mutex(BoundedMemory(limit: limit) { $0.weight })
        }
    }

    private let shards: [Shard]

    /// - Parameter limit: The most bytes to hold.
    package init(limit: Int = SegmentMemory.standardLimit) {
        shards = (0..<Self.shardCount).map { _ in Shard(limit: max(0, limit) / Self.shardCount) }
    }

    package func verdict(_ key: MemoryKey) -> RememberedVerdict? {
        guard case .verdict(let verdict) = entry(key) else { return nil }
        return verdict
    }

    package func saving(_ key: MemoryKey) -> RememberedSaving? {
        guard case .saving(let saving) = entry(key) else { return nil }
        return saving
    }

    package func remember(_ verdict: RememberedVerdict, for key: MemoryKey) {
        shard(key).memory.withLock { $0.insert(.verdict(verdict), for: key) }
    }

    package func remember(_ saving: RememberedSaving, for key: MemoryKey) {
        shard(key).memory.withLock { $0.insert(.saving(saving), for: key) }
    }

    package var size: Size {
        shards.reduce(into: Size()) { size, shard in
            shard.memory.withLock { memory in
                size.entries += memory.count
                size.bytes += memory.bytes
                size.evictions += memory.evictions
            }
        }
    }

    private func entry(_ key: MemoryKey) -> Entry? {
        shard(key).memory.withLock { $0.value(of: key) }
    }

    private func shard(_ key: MemoryKey) -> Shard {
        shards[Int(key.high & UInt64(Self.shardCount - 1))]
    }
}
