import Contracts
import Storage

/// All rows of the book as one value.
///
/// An edit changes the value; what differs from before is then written. There are at most some thousand small rows, so
/// that reading them all costs less than being clever would.
struct BookRows: Hashable, Sendable {
    var providers: [String: ProviderRow] = [:]
    var accounts: [String: AccountRow] = [:]
    var aliases: [String: AliasRow] = [:]
    var chains: [String: ChainRow] = [:]
    var proxies: [String: ProxyRow] = [:]

    init() {}

    init(_ connection: any SQLConnection) throws(StoreError) {
        providers = try ProviderRow.all(connection)
        accounts = try AccountRow.all(connection)
        aliases = try AliasRow.all(connection)
        chains = try ChainRow.all(connection)
        proxies = try ProxyRow.all(connection)
    }

    /// The id of the proxy that an account goes through: its own, or its provider's.
    func proxy(of account: AccountRow) -> String? {
        account.proxy ?? providers[account.provider]?.proxy
    }

    /// Gives changed rows their new versions.
    ///
    /// - Returns: What has changed, as `Watch` tells it.
    mutating func stamp(over before: BookRows, nowUS: Int) -> [AdminChange] {
        let admin = AdminMethods.routerV1
        return Self.stamp(&providers, over: before.providers, admin.providers.name, nowUS)
            + Self.stamp(&proxies, over: before.proxies, admin.proxies.name, nowUS)
            + Self.stamp(&accounts, over: before.accounts, admin.accounts.name, nowUS)
            + Self.stamp(&aliases, over: before.aliases, admin.aliases.name, nowUS)
            + Self.stamp(&chains, over: before.chains, admin.chains.name, nowUS)
    }

    /// What somebody else has changed since, as `Watch` tells it.
    func changes(since before: BookRows) -> [AdminChange] {
        let admin = AdminMethods.routerV1
        return Self.changes(providers, since: before.providers, admin.providers.name)
            + Self.changes(proxies, since: before.proxies, admin.proxies.name)
            + Self.changes(accounts, since: before.accounts, admin.accounts.name)
            + Self.changes(aliases, since: before.aliases, admin.aliases.name)
            + Self.changes(chains, since: before.chains, admin.chains.name)
    }

    private static func changes<Row: BookRow>(
        _ rows: [String: Row],
        since before: [String: Row],
        _ resource: String
    ) -> [AdminChange] {
        let gone = before.keys.filter { rows[$0] == nil }.sorted()
        let other = rows.filter { $0.value != before[$0.key] }.sorted { $0.key < $1.key }
        return gone.map { AdminChange(resource: resource, id: $0, deleted: true) }
            + other.map { AdminChange(resource: resource, id: $0.key, etag: $0.value.etag) }
    }

    /// What other routers on a database server listen to.
    static let channel = "book"

    /// Writes what differs.
    func save(over before: BookRows, _ connection: any SQLConnection) throws(StoreError) {
        if self != before { try connection.notify(Self.channel) }
        try Self.save(providers, over: before.providers, connection)
        try Self.save(proxies, over: before.proxies, connection)
        try Self.save(accounts, over: before.accounts, connection)
        try Self.save(aliases, over: before.aliases, connection)
        try Self.save(chains, over: before.chains, connection)
    }

    private static func stamp<Row: BookRow>(
        _ rows: inout [String: Row],
        over before: [String: Row],
        _ resource: String,
        _ nowUS: Int
    ) -> [AdminChange] {
        var changes: [AdminChange] = []
        for key in before.keys.sorted() where rows[key] == nil {
            changes.append(AdminChange(resource: resource, id: key, deleted: true))
        }
        for key in rows.keys.sorted() {
            guard var row = rows[key], row != before[key] else { continue }
            row.life.version = before[key].map { $0.life.version + 1 } ?? nowUS
            rows[key] = row
            changes.append(AdminChange(resource: resource, id: key, etag: row.etag))
        }
        return changes
    }

    /// Deletions come first: what takes a deleted row's place may have its name.
    private static func save<Row: BookRow>(
        _ rows: [String: Row],
        over before: [String: Row],
        _ connection: any SQLConnection
    ) throws(StoreError) {
        for key in before.keys where rows[key] == nil { try Row.delete(key, connection) }
        for (key, row) in rows where row != before[key] { try row.put(connection) }
    }
}
