package import Bootstrap
package import Contracts

/// Keys as people read them.
package enum KeyText {
    private static let longestLife = Duration.seconds(3650 * 86_400)

    /// When a key made now ends.
    package static func expiry(_ text: String, now: Int) throws(ProgramFailure) -> Int {
        guard let life = Quantity.duration(text), life > .zero, life <= longestLife else {
            throw ProgramFailure(.usage, "--expires: expected a time such as 12h or 30d, at most 3650d")
        }
        return now + Int(life / .microseconds(1))
    }

    /// The secret on the standard output, everything else beside it.
    static func announce(_ key: KeyItem) {
        let limits = key.plan.map { "on plan \($0)" } ?? "without a plan"
        Console.note("The key \(key.name), \(limits); it is shown this once:\n")
        Console.write(key.secret ?? key.display)
    }

    package static func table(_ keys: [KeyItem], now: Int) -> Table {
        var table = Table([
            .init("name"), .init("key"), .init("plan"), .init("requests", .right), .init("tokens", .right),
            .init("cost", .right), .init("last used"), .init("state"), .init("id"),
        ])
        for key in keys {
            table.add([
                key.name, key.display, key.plan ?? "none", TimeText.count(key.requests), TimeText.count(key.tokens),
                Money.spent(nanoUSD: key.spentNanoUSD, unpricedRequests: key.unpricedRequests),
                TimeText.relative(key.lastUsedUS, now: now), state(key, now: now), key.id,
            ])
        }
        return table
    }

    package static func state(_ key: KeyItem, now: Int) -> String {
        if let revoked = key.revokedUS { return "revoked \(TimeText.relative(revoked, now: now))" }
        let origin = (key.strictLossless ? ", strict" : "") + (key.declared ? ", declared" : "")
        guard let expires = key.expiresUS else { return "live\(origin)" }
        let word = expires <= now ? "expired" : "expires"
        return "\(word) \(TimeText.relative(expires, now: now))\(origin)"
    }
}
