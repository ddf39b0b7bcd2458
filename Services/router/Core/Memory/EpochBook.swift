import Synchronization

/// Under which settings each API key's conversations were last sent, for when the memory of them is lost.
///
/// Kept in memory for reading and told to a store when it changes, which is seldom.
package final class EpochBook: Sendable {
    /// Keys that are remembered; of more, any one is forgotten.
    package static let limit = 16_384

    private struct Epochs {
        /// The first that is known: what a conversation from before this process, or from before its loss, was sent under.
        var first: String
        var last: String
    }

    private let epochs: Mutex<[String: Epochs]>
    private let onChange: @Sendable (String, String) -> Void

    /// - Parameters:
    ///   - stored: What was stored, by key id.
    ///   - onChange: Told a key and its epoch when they are to be stored; must return at once.
    package init(stored: [String: String] = [:], onChange: @escaping @Sendable (String, String) -> Void = { _, _ in }) {
        epochs = Mutex(stored.mapValues { Epochs(first: $0, last: $0) })
        self.onChange = onChange
    }

    /// Takes note that a key's requests are sent under an epoch.
    ///
    /// - Returns: The epoch for texts whose first sending is not remembered.
    @discardableResult
    package func note(_ key: String, epoch: String) -> String {
        let (first, isNew) = epochs.withLock { epochs -> (String, Bool) in
            if let known = epochs[key] {
                if known.last == epoch { return (known.first, false) }
                epochs[key]?.last = epoch
                return (known.first, true)
            }
            if epochs.count >= Self.limit, let any = epochs.first?.key { epochs[any] = nil }
            epochs[key] = Epochs(first: epoch, last: epoch)
            return (epoch, true)
        }
        if isNew { onChange(key, epoch) }
        return first
    }
}
