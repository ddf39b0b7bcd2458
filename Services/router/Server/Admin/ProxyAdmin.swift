import Contracts
import PeerRPC
import RouterCore
import Secrets

/// Lists, makes, changes and deletes proxies and pools of them; addresses come in with a put and go out without credentials.
struct ProxyAdmin: ResourceAdmin {
    private static let noun = "proxy"

    let keeper: BookKeeper
    let health: any AccountHealthSource

    func list(_ request: ListRequest) throws(ServiceError) -> ListReply<ProxyItem> {
        try AdminPage.check(request.filter, allowed: [])
        let shelf = keeper.shelf
        return AdminPage.make(shelf.proxies, request, key: \.id) { item($0, shelf) }
    }

    func get(_ request: GetRequest) throws(ServiceError) -> ProxyItem {
        try item(request.id, keeper.shelf)
    }

    /// Makes a proxy, or changes the one with the item's id; without an address it keeps those that it has.
    func put(_ request: PutRequest<ProxyItem>) async throws(ServiceError) -> ProxyItem {
        let item = request.item
        try checked("name") { () throws(RuleError) in try BookRules.label(item.name) }
        let urls = try Self.urls(of: item)
        let (vault, catalogue, etag) = (keeper.vault, keeper.catalogue, request.etag)
        let edited = try await keeper.edit(refusing: .field("url")) { rows throws(ServiceError) -> String in
            let before = rows
            let old = rows.proxies[item.id]
            guard item.id.isEmpty || old != nil else { throw .noSuch(Self.noun, item.id) }
            try EditRules.check(old, Self.noun, item.id, etag: etag)
            let row = try Self.row(item, urls, over: old, rows, vault)
            rows.proxies[row.id] = row
            if let account = KeyPlaces.moved(from: before, to: rows, catalogue) {
                throw .inUse(
                    "proxy \(row.id)",
                    "without TLS it could read the key of the account \"\(account.place)\", which goes to no other address unasked; "
                        + "make another proxy, and give the key again with the account that is to go through it"
                )
            }
            return row.id
        }
        clearPauses(behind: edited.value, edited.shelf)
        return try self.item(edited.value, edited.shelf)
    }

    func delete(_ request: DeleteRequest) async throws(ServiceError) -> Empty {
        _ = try await keeper.edit(refusing: .need("proxy \(request.id)")) { rows throws(ServiceError) -> Bool in
            _ = try EditRules.existing(rows.proxies, Self.noun, request)
            guard !rows.accounts.values.contains(where: { $0.proxy == request.id }) else {
                throw .inUse("proxy \(request.id)", "accounts go through it; give them another one first")
            }
            guard !rows.providers.values.contains(where: { $0.proxy == request.id }) else {
                throw .inUse("proxy \(request.id)", "providers go through it; give them another one first")
            }
            rows.proxies[request.id] = nil
            return true
        }
        return Empty()
    }

    private func clearPauses(behind proxy: String, _ shelf: BookShelf) {
        for account in shelf.accounts where shelf.rows.proxy(of: account) == proxy { health.clear(account: account.id) }
        for provider in shelf.rows.providers.values where provider.proxy == proxy {
            health.clear(account: "none:\(provider.id)")
        }
    }

    /// The addresses that an item brings; `nil` for one without.
    private static func urls(of item: ProxyItem) throws(ServiceError) -> [ProxyURL]? {
        if let url = item.url {
            guard item.urls.isEmpty else { throw .invalid("urls", "give either url or urls") }
            return [try checked("url") { () throws(RuleError) in try ProxyURL(url) }]
        }
        guard !item.urls.isEmpty else { return nil }
        return try checked("urls") { () throws(RuleError) in try [ProxyURL](pool: item.urls) }
    }

    private static func row(
        _ item: ProxyItem,
        _ urls: [ProxyURL]?,
        over old: ProxyRow?,
        _ rows: BookRows,
        _ vault: BookVault
    ) throws(ServiceError) -> ProxyRow {
        guard old != nil || rows.proxies.count < RouterCaps.proxies else {
            throw .full("proxies", RouterCaps.proxies)
        }
        guard !rows.proxies.values.contains(where: { $0.name == item.name && $0.id != old?.id }) else {
            throw .exists("proxy", "one is called \(item.name)")
        }
        let id = old?.id ?? BookNames.makeProxy()
        var row =
            old
            ?? ProxyRow(id: id, name: item.name, life: RowLife(createdUS: BookTime.nowUS))
        row.name = item.name
        row.isEnabled = item.enabled
        row.isStrict = item.strict
        guard let urls else {
            guard old != nil else { throw .invalid("url", "a new proxy needs its address") }
            return row
        }
        if (try? vault.urls(of: row)) == urls { return row }
        do throws(SecretsError) {
            row.url = try vault.seal(urls: urls, proxy: id)
        } catch {
            throw .notSealed
        }
        row.display = urls.display
        return row
    }

    private func item(_ id: String, _ shelf: BookShelf) throws(ServiceError) -> ProxyItem {
        guard let row = shelf.rows.proxies[id] else { throw .noSuch(Self.noun, id) }
        return item(row, shelf)
    }

    private func item(_ row: ProxyRow, _ shelf: BookShelf) -> ProxyItem {
        let pool = shelf.pools[row.id]
        let down = pool.map(health.down) ?? []
        return ProxyItem(
            id: row.id,
            name: row.name,
            display: row.display,
            enabled: row.isEnabled,
            strict: row.isStrict,
            down: down.compactMap { place in
                pool.flatMap { try? ProxyURL($0.addresses[place]).display }
            },
            declared: row.life.isDeclared,
            etag: row.etag
        )
    }
}
