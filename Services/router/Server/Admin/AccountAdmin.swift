import Contracts
import Dialects
import PeerRPC
import RouterCore
import Secrets

/// Lists, makes, changes, tests and deletes accounts.
///
/// A credential comes in with a put and never goes out again; lists show its last four characters.
struct AccountAdmin: ResourceAdmin {
    private static let noun = "account"

    let keeper: BookKeeper
    let health: any AccountHealthSource

    func list(_ request: ListRequest) throws(ServiceError) -> ListReply<AccountItem> {
        try AdminPage.check(request.filter, allowed: ["provider", "label", "enabled"])
        let isEnabled = try AdminPage.boolean("enabled", in: request.filter)
        let provider = request.filter["provider"]
        let label = request.filter["label"]
        let shelf = keeper.shelf
        return AdminPage.make(
            shelf.accounts,
            request,
            key: \.place,
            where: { row in
                (provider == nil || provider == row.provider) && (label == nil || label == row.label)
                    && (isEnabled == nil || isEnabled == row.isEnabled)
            },
            item: { item($0, shelf) }
        )
    }

    func get(_ request: GetRequest) throws(ServiceError) -> AccountItem {
        let shelf = keeper.shelf
        guard let row = shelf.rows.accounts[request.id] else { throw .noSuch(Self.noun, request.id) }
        return item(row, shelf)
    }

    /// Makes an account, or changes the one with the item's id; without a key it keeps the one that it has.
    func put(_ request: PutRequest<AccountItem>) async throws(ServiceError) -> AccountItem {
        let draft = try AccountDraft(request.item)
        let (vault, catalogue, etag) = (keeper.vault, keeper.catalogue, request.etag)
        let edited = try await keeper.edit(refusing: .field("provider")) { rows throws(ServiceError) -> Change in
            let old = draft.id.flatMap { rows.accounts[$0] }
            if let id = draft.id, old == nil { throw .noSuch(Self.noun, id) }
            try EditRules.check(old, Self.noun, draft.id ?? "", etag: etag)
            let row = try draft.row(over: old, rows, vault, catalogue)
            rows.accounts[row.id] = row
            let isMended =
                old.map {
                    $0.apiKey != row.apiKey || $0.proxy != row.proxy || $0.isEnabled != row.isEnabled
                        || $0.settings != row.settings
                } ?? false
            return Change(id: row.id, isMended: isMended)
        }
        let id = edited.value.id
        if edited.value.isMended { health.clear(account: id) }
        guard let row = edited.shelf.rows.accounts[id] else { throw .noSuch(Self.noun, id) }
        return item(row, edited.shelf)
    }

    /// Makes an account for each line of a label and a key; a line that is refused does not keep the others out.
    func putAll(_ request: PutAccountsRequest) async throws(ServiceError) -> PutAccountsReply {
        guard request.text.utf8.count <= Self.pasteLimit else { throw .invalid("text", "at most 1 MiB") }
        let lines = request.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let meant = lines.enumerated().compactMap { place, text -> (number: Int, fields: [Substring])? in
            let fields = text.split(maxSplits: 1, whereSeparator: \.isWhitespace)
            return fields.isEmpty || fields[0].hasPrefix("#") ? nil : (place + 1, fields)
        }
        guard (1...RouterCaps.accounts).contains(meant.count) else {
            throw .invalid("text", "expected 1 to \(RouterCaps.accounts) lines of a label and a key")
        }
        var results: [PutAccountResult] = []
        for line in meant {
            guard line.fields.count == 2, let end = line.fields[1].lastIndex(where: { !$0.isWhitespace }) else {
                // A key alone would be repeated as a label.
                let problem = "expected a label, white space and a key"
                results.append(PutAccountResult(line: line.number, label: "", problem: problem))
                continue
            }
            let item = AccountItem(
                provider: request.provider,
                label: String(line.fields[0]),
                apiKey: String(line.fields[1][...end].drop(while: \.isWhitespace)),
                priority: request.priority,
                weight: request.weight,
                settings: request.settings
            )
            do throws(ServiceError) {
                let made = try await put(PutRequest(item: item, etag: nil))
                results.append(PutAccountResult(line: line.number, label: made.label, id: made.id))
            } catch {
                results.append(PutAccountResult(line: line.number, label: item.label, problem: error.message))
            }
        }
        return PutAccountsReply(results: results)
    }

    /// The longest text of many accounts.
    private static let pasteLimit = 1 << 20

    func delete(_ request: DeleteRequest) async throws(ServiceError) -> Empty {
        _ = try await keeper.edit(refusing: .need("account \(request.id)")) { rows throws(ServiceError) -> Bool in
            _ = try EditRules.existing(rows.accounts, Self.noun, request)
            rows.accounts[request.id] = nil
            return true
        }
        health.clear(account: request.id)
        return Empty()
    }

    func test(_ request: GetRequest) async throws(ServiceError) -> AccountTest {
        let shelf = keeper.shelf
        guard let account = shelf.accountsByID[request.id] else { throw .noSuch(Self.noun, request.id) }
        if let error = shelf.unopened[request.id] {
            return AccountTest(ok: false, status: 0, message: "the stored key does not open: \(error)", latencyMS: 0)
        }
        if let row = shelf.rows.accounts[request.id], shelf.isCutOff(row) {
            return AccountTest(ok: false, status: 0, message: "its proxy is switched off", latencyMS: 0)
        }
        guard let provider = shelf.state.providers[account.provider] else {
            throw .noSuch("provider", account.provider)
        }
        if let obstacle = provider.obstacle {
            let message = "provider \(provider.id) is not supported yet (\(obstacle))"
            return AccountTest(ok: false, status: 0, message: message, latencyMS: 0)
        }
        return await health.test(account: account, provider: provider)
    }

    private struct Change: Sendable {
        var id: String
        /// Whether what it was left alone for may be over.
        var isMended: Bool
    }

    private func item(_ row: AccountRow, _ shelf: BookShelf) -> AccountItem {
        let pause = health.pause(account: row.id)
        let isUnusable = shelf.unopened[row.id] != nil || shelf.isCutOff(row)
        return AccountItem(
            id: row.id,
            provider: row.provider,
            label: row.label,
            priority: row.priority,
            weight: row.weight,
            enabled: row.isEnabled,
            display: row.display,
            proxy: row.proxy,
            settings: row.settings,
            declared: row.life.isDeclared,
            etag: row.etag,
            health: isUnusable ? "failing" : pause.map { Self.health($0.reason) } ?? "ok",
            cooldownUntilUS: pause?.untilUS
        )
    }

    /// What time alone mends is cooling down; the rest somebody has to look at.
    private static func health(_ reason: String) -> String {
        let needsSomebody = [FailureKind.authentication.rawValue, FailureKind.quotaExhausted.rawValue]
        return needsSomebody.contains(reason) ? "failing" : "cooling_down"
    }
}

/// An account as a put wants it, checked as far as it can be without the book.
struct AccountDraft: Sendable {
    let id: String?
    let provider: String
    let label: String
    let priority: Int
    let weight: Int
    let isEnabled: Bool
    let secret: String?
    /// A proxy's id or name.
    let proxy: String?
    let settings: [String: String]

    init(_ item: AccountItem) throws(ServiceError) {
        try checked("label") { () throws(RuleError) in try BookRules.label(item.label) }
        try checked("priority") { () throws(RuleError) in try BookRules.priority(item.priority) }
        try checked("weight") { () throws(RuleError) in try BookRules.weight(item.weight) }
        if let secret = item.apiKey {
            try checked("api_key") { () throws(RuleError) in try BookRules.apiKey(secret) }
        }
        id = item.id.isEmpty ? nil : item.id
        provider = item.provider
        label = item.label
        priority = item.priority
        weight = item.weight
        isEnabled = item.enabled
        secret = item.apiKey
        proxy = item.proxy
        settings = item.settings
    }

    func row(
        over old: AccountRow?,
        _ rows: BookRows,
        _ vault: BookVault,
        _ catalogue: Catalogue
    ) throws(ServiceError) -> AccountRow {
        let provider = try providerID(rows, catalogue)
        guard old == nil || old?.provider == provider else {
            throw .invalid("provider", "an account keeps its provider, for which its key is meant; make a new one")
        }
        if old == nil, rows.accounts.count >= RouterCaps.accounts { throw .full("accounts", RouterCaps.accounts) }
        var row =
            old
            ?? AccountRow(
                id: BookNames.makeAccount(),
                provider: provider,
                label: label,
                priority: priority,
                weight: weight,
                isEnabled: isEnabled,
                proxy: nil,
                life: RowLife(createdUS: BookTime.nowUS)
            )
        row.label = label
        row.priority = priority
        row.weight = weight
        row.isEnabled = isEnabled
        row.proxy = try ProviderLookup.proxyID(proxy, rows)
        if rows.accounts.values.contains(where: { $0.id != row.id && $0.place == row.place }) {
            throw .exists("account", "there is one labelled \"\(label)\" at \(provider)")
        }
        try seal(into: &row, rows, vault, catalogue)
        try set(into: &row, rows, vault, catalogue)
        // The stored key was entered for another address, and does not go to a new one unasked.
        var after = rows
        after.accounts[row.id] = row
        guard secret != nil || KeyPlaces.moved(from: rows, to: after, catalogue) == nil else {
            throw .invalid(
                "api_key",
                "give the key again: this sends it to another host, or past a proxy that can read it, and neither unasked"
            )
        }
        return row
    }

    private func seal(
        into row: inout AccountRow,
        _ rows: BookRows,
        _ vault: BookVault,
        _ catalogue: Catalogue
    ) throws(ServiceError) {
        guard let secret else {
            guard row.apiKey != nil || !ProviderLookup.needsKey(row.provider, rows, catalogue) else {
                throw .invalid("api_key", "provider \(row.provider) asks for a key")
            }
            return
        }
        let provider = ProviderLookup.provider(row.provider, rows, catalogue)
        try checked("api_key") { () throws(RuleError) in try BookRules.apiKey(secret, of: provider) }
        // The same key sealed again would look like a change.
        if (try? vault.key(of: row)) == secret { return }
        do throws(SecretsError) {
            row.apiKey = try vault.seal(key: secret, account: row.id)
        } catch {
            throw .notSealed
        }
        row.display = CredentialDisplay.text(of: secret)
    }

    private func set(
        into row: inout AccountRow,
        _ rows: BookRows,
        _ vault: BookVault,
        _ catalogue: Catalogue
    ) throws(ServiceError) {
        guard let provider = ProviderLookup.provider(row.provider, rows, catalogue) else { return }
        let key = try? vault.key(of: row)
        row.settings = try checked("settings") { () throws(RuleError) in
            try BookRules.settings(settings, key: key, of: provider)
        }
    }

    private func providerID(_ rows: BookRows, _ catalogue: Catalogue) throws(ServiceError) -> String {
        switch ProviderLookup.find(provider, rows, catalogue) {
        case .found(let id): return id
        case .demo: throw .invalid("provider", "the demo provider needs no account")
        case .missing(let hint): throw .invalid("provider", "there is no provider \"\(provider)\"\(hint)")
        }
    }
}
