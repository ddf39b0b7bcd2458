#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Keeps a conversation with one account without remembering it.
///
/// Weighted rendezvous hashing: every router orders the accounts of a conversation alike, an account gets the share of
/// conversations that its weight is of the sum, and one that comes or goes moves only the conversations that were or will
/// be its own. Source: https://www.snia.org/sites/default/files/SDC15_presentations/dist_sys/Jason_Resch_New_Consistent_Hashings_Rev.pdf
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
                let group = ordered[start..<end].map { (score: score($0, affinity), account: $0) }
                ordered.replaceSubrange(
                    start..<end,
                    with: group.sorted { ($0.score, $0.account.id) < ($1.score, $1.account.id) }.map(\.account)
                )
            }
            start = end
        }
        return ordered
    }

    /// An exponential variate of the account's hash at the rate of its weight: the least of several falls to each as often
    /// as its rate says.
    private static func score(_ account: Account, _ affinity: UInt64) -> Double {
        // 53 bits, and never 0, whose logarithm is none.
        let uniform = (Double(hash(account.id, affinity) >> 11) + 0.5) * 0x1p-53
        return -log(uniform) / Double(max(1, account.weight))
    }

    /// FNV-1a over the id, then a finalizer: the same in every process, unlike `Hasher`.
    private static func hash(_ id: String, _ affinity: UInt64) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ affinity
        for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
        return hash ^ (hash >> 31)
    }
}
