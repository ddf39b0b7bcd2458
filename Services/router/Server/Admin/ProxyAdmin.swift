import Contracts
import Secrets

/// Lists, makes, changes and deletes proxies; an address comes in with a put and goes out without its credential.
struct ProxyAdmin: Sendable {
    private static let noun = "proxy"

    let keeper: BookKeeper
    let health: any AccountHealthSource

    func list(_ request: ListRequest) throws(ServiceError) -> ListReply<ProxyItem> {
        try AdminPage.check(request.filter, allowed: [])
        return AdminPage.make(keeper.shelf.proxies, request, key: \.id, item: Self.item)
    }

    func get(_ request: GetRequest) throws(ServiceError) -> ProxyItem {
        try Self.item(request.id, keeper.shelf)
    }

    /// Makes a proxy, or changes the one with the item's id; without an address it keeps the one that it has.
    func put(_ request: PutRequest<ProxyItem>) async throws(ServiceError) -> ProxyItem {
        let item = request.item
        try checked("name") { () throws(RuleError) in try BookRules.label(item.name) }
        guard item.strict else {
            throw .invalid("strict", "a request never goes around its proxy when that is down, so this must be true")
        }
        let url = try item.url.map { text throws(ServiceError) in
            try checked("url") { () throws(RuleError) in try ProxyURL(text) }
        }
        let (vault, etag) = (keeper.vault, request.etag)
        let edited = try await keeper.edit(refusing: .field("url")) { rows throws(ServiceError) -> String in
            let old = rows.proxies[item.id]
            guard item.id.isEmpty || old != nil else { throw .noSuch(Self.noun, item.id) }
            try EditRules.check(old, Self.noun, item.id, etag: etag)
            let row = try Self.row(item, url, over: old, rows, vault)
            rows.proxies[row.id] = row
            return row.id
        }
        clearPauses(behind: edited.value, edited.shelf)
        return try Self.item(edited.value, edited.shelf)
    }

    func delete(_ request: DeleteRequest) async throws(ServiceError) -> Empty {
        _ = try await keeper.edit(refusing: .need("proxy \(request.id)")) { rows throws(ServiceError) -> Bool in
            _ = try EditRules.existing(rows.proxies, Self.noun, request)
            guard !rows.accounts.values.contains(where: { $0.proxy == request.id }) else {
                throw .inUse("proxy \(request.id)", "accounts go through it; give them another one first")
            }
            rows.proxies[request.id] = nil
            return true
        }
        return Empty()
    }

    private func clearPauses(behind proxy: String, _ shelf: BookShelf) {
        for account in shelf.accounts where account.proxy == proxy { health.clear(account: account.id) }
    }

    private static func row(
        _ item: ProxyItem,
        _ url: ProxyURL?,
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
            ?? ProxyRow(
                id: id,
                name: item.name,
                url: [],
                display: "",
                isEnabled: true,
                life: RowLife(createdUS: BookTime.nowUS)
            )
        row.name = item.name
        row.isEnabled = item.enabled
        guard let url else {
            guard old != nil else { throw .invalid("url", "a new proxy needs its address") }
            return row
        }
        if (try? vault.url(of: row)) == url { return row }
        do throws(SecretsError) {
            row.url = try vault.seal(url: url, proxy: id)
        } catch {
            throw .notSealed
        }
        row.display = url.display
        return row
    }

    private static func item(_ id: String, _ shelf: BookShelf) throws(ServiceError) -> ProxyItem {
        guard let row = shelf.rows.proxies[id] else { throw .noSuch(noun, id) }
        return item(row)
    }

    private static func item(_ row: ProxyRow) -> ProxyItem {
        ProxyItem(
            id: row.id,
            name: row.name,
            display: row.display,
            enabled: row.isEnabled,
            declared: row.life.isDeclared,
            etag: row.etag
        )
    }
}
