/// Keeps a conversation with one account without remembering it.
///
/// Rendezvous hashing: every router orders the accounts of a conversation alike, and an account that comes or goes
/// moves only the conversations that were or will be its own.
package enum Affinity {
    /// Orders accounts that are sorted by priority: those of equal priority by what the conversation's hash says.
    static func ordered(_ accounts: [Account], by affinity: UInt64?) -> [Account] {
        guard let affinity, accounts.count > 1 else { return accounts }
        var ordered = accounts
        var start = 0
        while start < ordered.count {
            var end = start + 1
            while end < ordered.count, ordered[end].priority == ordered[start].priority { end += 1 }
            if end - start > 1 {
                let group = ordered[start..<end].map { (score: score($0.id, affinity), account: $0) }
                ordered.replaceSubrange(
                    start..<end,
                    with: group.sorted { ($0.score, $0.account.id) < ($1.score, $1.account.id) }.map(\.account)
                )
            }
            start = end
        }
        return ordered
    }

    /// FNV-1a over the id, then a finalizer: the same in every process, unlike `Hasher`.
    private static func score(_ id: String, _ affinity: UInt64) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ affinity
        for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
        return hash ^ (hash >> 31)
    }
}
