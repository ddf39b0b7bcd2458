import Contracts
import PeerRPC
import RouterCore

/// Lists, puts and deletes providers; built-in ones are listed and may be replaced, never deleted.
struct ProviderAdmin: ResourceAdmin {
    private static let noun = "provider"

    let keeper: BookKeeper
    let health: any AccountHealthSource

    func list(_ request: ListRequest) throws(ServiceError) -> ListReply<ProviderItem> {
        try AdminPage.check(request.filter, allowed: ["builtin", "q"])
        let builtin = try AdminPage.boolean("builtin", in: request.filter)
        let text = request.filter["q"]?.lowercased()
        return AdminPage.make(
            keeper.shelf.providers,
            request,
            key: \.id,
            where: { item in
                guard builtin == nil || builtin == item.builtin else { return false }
                return text.map { item.id.contains($0) || item.name.lowercased().contains($0) } ?? true
            },
            item: \.self
        )
    }

    func get(_ request: GetRequest) throws(ServiceError) -> ProviderItem {
        try Self.item(request.id, keeper.shelf)
    }

    func put(_ request: PutRequest<ProviderItem>) async throws(ServiceError) -> ProviderItem {
        let draft = try Self.row(request.item)
        let id = draft.id
        let (etag, proxy, catalogue) = (request.etag, request.item.proxy, keeper.catalogue)
        let edited = try await keeper.edit(refusing: .field("id")) { rows throws(ServiceError) -> Bool in
            let before = rows
            let old = rows.providers[id]
            try EditRules.check(old, Self.noun, id, etag: etag)
            if old == nil, rows.providers.count >= RouterCaps.providers {
                throw .full("providers", RouterCaps.providers)
            }
            var row = draft
            if let old { row.life = old.life }
            // A page that does not know of proxies takes none away.
            row.proxy = proxy == nil ? old?.proxy : try ProviderLookup.proxyID(proxy, rows)
            rows.providers[id] = row
            if let account = KeyPlaces.moved(from: before, to: rows, catalogue) {
                throw .inUse(
                    "provider \(id)",
                    "the key of its account \"\(account.label)\" was entered for another address and goes to no other one unasked; "
                        + "delete its accounts first, or make a provider of another name"
                )
            }
            return row != old
        }
        if edited.value { clearPauses(of: id, edited.shelf) }
        return try Self.item(id, edited.shelf)
    }

    func delete(_ request: DeleteRequest) async throws(ServiceError) -> Empty {
        let id = request.id
        let isBuiltin = keeper.catalogue.provider(id)?.id == id || id == Provider.demo.id
        let edited = try await keeper.edit(refusing: .need("provider \(id)")) { rows throws(ServiceError) -> Bool in
            if isBuiltin, rows.providers[id] == nil {
                throw .inUse("provider \(id)", "it comes with the product; without an account nothing goes there")
            }
            _ = try EditRules.existing(rows.providers, Self.noun, request)
            // Also where a built-in one takes over: the accounts' keys must not go to another address unasked.
            guard !rows.accounts.values.contains(where: { $0.provider == id }) else {
                throw .inUse("provider \(id)", "there are accounts at it; delete them first")
            }
            rows.providers[id] = nil
            return true
        }
        clearPauses(of: id, edited.shelf)
        return Empty()
    }

    private func clearPauses(of provider: String, _ shelf: BookShelf) {
        for account in shelf.accounts where account.provider == provider { health.clear(account: account.id) }
        health.clear(account: "none:\(provider)")
    }

    /// A provider as a put wants it, checked.
    static func row(_ item: ProviderItem) throws(ServiceError) -> ProviderRow {
        try checked("id") { () throws(RuleError) in try BookRules.providerID(item.id) }
        let name = item.name.isEmpty ? item.id : item.name
        try checked("name") { () throws(RuleError) in try BookRules.label(name) }
        let headers = item.headers.map { (name: $0.key, value: $0.value) }
        return ProviderRow(
            id: item.id,
            name: name,
            dialect: try checked("dialect") { () throws(RuleError) in try BookRules.dialect(item.dialect) },
            baseURL: try checked("base_url") { () throws(RuleError) in try BookRules.baseURL(item.baseURL) },
            headers: try checked("headers") { () throws(RuleError) in try HeaderRules.headers(headers) },
            allowsPrivate: item.allowPrivate,
            connector: try checked("connector") { () throws(RuleError) -> Connector? in
                let connector = try BookRules.connector(item.connector)
                try BookRules.connector(connector, of: try BookRules.dialect(item.dialect))
                return connector
            },
            streams: try checked("stream") { () throws(RuleError) in try BookRules.streams(item.stream) },
            writesThinkTags: item.thinkTags,
            life: RowLife(createdUS: BookTime.nowUS)
        )
    }

    private static func item(_ id: String, _ shelf: BookShelf) throws(ServiceError) -> ProviderItem {
        guard let item = shelf.providers.first(where: { $0.id == id }) else { throw .noSuch(noun, id) }
        return item
    }
}
