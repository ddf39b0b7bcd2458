import Contracts
import MeterCore
import PeerRPC
import Secrets
import Storage

/// Lists, makes, changes and revokes API keys.
///
/// A key's secret leaves the meter once, in the answer to the call that made it; only its digest is stored. Deleting a key
/// revokes it: the ledger goes on naming it, and the row goes when the last of its rows has gone.
struct KeyAdmin: ResourceAdmin {
    static let resource = "Keys"

    let context: AdminContext

    func list(_ request: ListRequest) async throws(ServiceError) -> ListReply<KeyItem> {
        try AdminContext.check(request, allowed: ["name", "plan", "project"])
        guard let after = request.pageToken.map({ Int($0) }) ?? 0 else { throw .foreignToken }
        let filter = KeyFilter(
            name: request.filter["name"],
            plan: request.filter["plan"],
            project: request.filter["project"]
        )
        let limit = AdminContext.limit(request)
        let rows = try await context.database.reading { connection throws(StoreError) in
            try KeyStore.page(after: after, limit: limit + 1, filter: filter, connection)
        }
        let page = AdminContext.page(rows, limit: limit, token: { String($0.terms.ordinal) }, item)
        return ListReply(items: page.items, next: page.next)
    }

    func get(_ request: GetRequest) async throws(ServiceError) -> KeyItem {
        try AdminContext.check(request.id, field: "id")
        let row = try await context.database.reading { connection throws(StoreError) in
            try KeyStore.key(id: request.id, connection)
        }
        guard let row else { throw .noSuch("key", request.id) }
        return item(row)
    }

    func put(_ request: PutRequest<KeyItem>) async throws(ServiceError) -> KeyItem {
        let draft = try checked(request.item)
        return try await context.queue.perform { () async throws(ServiceError) in
            draft.id.isEmpty ? try await create(draft) : try await update(draft, etag: request.etag)
        }
    }

    func delete(_ request: DeleteRequest) async throws(ServiceError) -> Empty {
        try AdminContext.check(request.id, field: "id")
        try await context.queue.perform { () async throws(ServiceError) in
            try await revoke(request)
        }
        return Empty()
    }

    private func checked(_ item: KeyItem) throws(ServiceError) -> KeyItem {
        _ = try ItemRules.name(item.name, field: "name")
        _ = try ItemRules.models(item.allowedModels, field: "allowed_models")
        try AdminContext.check(item.id, field: "id")
        if let plan = item.plan { _ = try ItemRules.name(plan, field: "plan") }
        if let project = item.project { _ = try ItemRules.name(project, field: "project") }
        if let secret = item.secret {
            guard item.id.isEmpty else { throw .invalid("secret", "a key's secret cannot be changed; make a new key") }
            guard APIKey.isChosenKeyAcceptable(secret) else {
                throw .invalid("secret", "a key of your choosing starts with kr_ and has 32 to 256 visible characters")
            }
        }
        return item
    }

    // MARK: Changes, in the queue's turn

    private func create(_ draft: KeyItem) async throws(ServiceError) -> KeyItem {
        let secret = draft.secret ?? APIKey.generate().secret
        let now = context.memory.clock.now
        let template = KeyRow(
            terms: KeyTerms(
                id: KeyName.make(),
                name: draft.name,
                ordinal: 0,
                digest: APIKey.digestHex(secret),
                plan: draft.plan,
                project: draft.project,
                expiresUS: draft.expiresUS,
                allowedModels: draft.allowedModels,
                strictLossless: draft.strictLossless
            ),
            display: APIKey.display(of: secret),
            createdUS: now.epochUS,
            isDeclared: false,
            version: 1
        )
        let row = try await context.database.writing { connection throws(StoreError) -> Verdict<KeyRow> in
            if let refusal = try Self.refusal(template, connection) { return .refused(refusal) }
            if try KeyStore.key(digest: template.terms.digest, connection) != nil {
                return .refused(.exists("key", "this secret is taken"))
            }
            guard let ordinal = try KeyStore.nextOrdinal(connection) else {
                return .refused(.full("keys", MeterCaps.keys))
            }
            var row = template
            row.terms.ordinal = ordinal
            try KeyStore.insert(row, connection)
            return .done(row)
        }
        context.memory.withState { state, now in state.setKey(row.terms, now: now) }
        context.publish(Self.resource, row.terms.id, etag: String(row.version))
        var item = item(row)
        item.secret = secret
        return item
    }

    private func update(_ draft: KeyItem, etag: String?) async throws(ServiceError) -> KeyItem {
        let memory = context.memory
        let nowUS = memory.clock.now.epochUS
        let (row, recounted) = try await context.database.writing {
            connection throws(StoreError) -> Verdict<(KeyRow, Totals?)> in
            guard let old = try KeyStore.key(id: draft.id, connection) else {
                return .refused(.noSuch("key", draft.id))
            }
            guard !old.isDeclared else { return .refused(.declaredItem("key", draft.id)) }
            guard etag == nil || etag == String(old.version) else { return .refused(.etagMismatch("key", draft.id)) }
            var row = old
            row.name = draft.name
            row.terms.plan = draft.plan
            row.terms.project = draft.project
            row.terms.expiresUS = draft.expiresUS
            row.terms.allowedModels = draft.allowedModels
            row.terms.strictLossless = draft.strictLossless
            // A revoked key stays revoked: whoever revoked it relies on that. When it was is not the caller's to say.
            row.terms.revokedUS = old.terms.revokedUS ?? draft.revokedUS.map { _ in nowUS }
            row.version += 1
            if let refusal = try Self.refusal(row, connection) { return .refused(refusal) }
            try KeyStore.update(row, connection)
            return .done((row, try KeyBudget.recount(row.terms, from: old.terms, at: nowUS, connection)))
        }
        memory.withState { state, now in
            state.setKey(row.terms, now: now)
            if let recounted { state.restartPeriod(keyID: row.terms.id, spent: recounted, now: now) }
        }
        announce(row)
        return item(row)
    }

    private func revoke(_ request: DeleteRequest) async throws(ServiceError) {
        let nowUS = context.memory.clock.now.epochUS
        let row = try await context.database.writing { connection throws(StoreError) -> Verdict<KeyRow> in
            guard var row = try KeyStore.key(id: request.id, connection) else {
                return .refused(.noSuch("key", request.id))
            }
            guard !row.isDeclared else { return .refused(.declaredItem("key", request.id)) }
            guard request.etag == nil || request.etag == String(row.version) else {
                return .refused(.etagMismatch("key", request.id))
            }
            guard row.terms.revokedUS == nil else { return .done(row) }
            row.terms.revokedUS = nowUS
            row.version += 1
            try KeyStore.update(row, connection)
            return .done(row)
        }
        context.memory.withState { state, now in state.setKey(row.terms, now: now) }
        announce(row)
    }

    private func announce(_ row: KeyRow) {
        let kind = row.terms.revokedUS == nil ? "key_changed" : "key_revoked"
        context.changes.publish(MeterChange(kind: kind, id: row.terms.id, keySHA256: row.terms.digest))
        context.publish(Self.resource, row.terms.id, etag: String(row.version))
    }

    /// Why a row may not stand as it is, or `nil`.
    private static func refusal(_ row: KeyRow, _ connection: any SQLConnection) throws(StoreError) -> ServiceError? {
        if let plan = row.terms.plan, try PlanStore.plan(plan, connection) == nil { return .noSuch("plan", plan) }
        if let project = row.terms.project, try ScopeStore(.project).scope(project, connection) == nil {
            return .noSuch("project", project)
        }
        if row.terms.revokedUS == nil, try KeyStore.isNameTaken(row.name, except: row.terms.id, connection) {
            return .exists("key", "the name \(row.name) is taken")
        }
        return nil
    }

    private func item(_ row: KeyRow) -> KeyItem {
        let view = context.memory.view(keyID: row.terms.id)
        return KeyItem(
            id: row.terms.id,
            name: row.name,
            plan: row.terms.plan,
            project: row.terms.project,
            display: row.display,
            createdUS: row.createdUS,
            expiresUS: row.terms.expiresUS,
            revokedUS: row.terms.revokedUS,
            lastUsedUS: view?.lastUsedUS,
            declared: row.isDeclared,
            etag: String(row.version),
            spentNanoUSD: view?.lifetime.nanoUSD ?? 0,
            requests: view?.lifetime.requests ?? 0,
            tokens: view?.lifetime.tokens ?? 0,
            unpricedRequests: view?.lifetime.unpriced ?? 0,
            allowedModels: row.terms.allowedModels,
            strictLossless: row.terms.strictLossless
        )
    }
}

/// Names a new key: `key_` and 65 random bits.
enum KeyName {
    static func make() -> String {
        let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
        let characters = randomBytes(13).map { digits[Int($0 & 31)] }
        return "key_" + String(decoding: characters, as: UTF8.self)
    }
}

/// Keeps a key's budget right when its calendar changes.
enum KeyBudget {
    /// What the key used in the present period of its new plan, if that follows another calendar than its old one.
    static func recount(
        _ terms: KeyTerms,
        from old: KeyTerms,
        at nowUS: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) -> Totals? {
        guard terms.plan != old.plan else { return nil }
        let plan = try terms.plan.flatMap { name throws(StoreError) in try PlanStore.plan(name, connection)?.terms }
        let oldPlan = try old.plan.flatMap { name throws(StoreError) in try PlanStore.plan(name, connection)?.terms }
        guard MeterState.span(of: plan) != MeterState.span(of: oldPlan) else { return nil }
        return try recount(key: terms.ordinal, plan: plan, at: nowUS, connection)
    }

    static func recount(
        key ordinal: Int,
        plan: PlanTerms?,
        at nowUS: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) -> Totals {
        let start = (plan?.period ?? .total).start(of: nowUS, in: plan?.zone ?? .utc)
        return try BudgetStore.recount(key: ordinal, span: MeterState.span(of: plan), startUS: start, connection)
    }
}
