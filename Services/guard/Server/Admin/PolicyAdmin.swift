import Contracts
import GuardCore
import PeerRPC
import Storage

/// Lists, puts and deletes policies; a policy's scope is its id.
struct PolicyAdmin: ResourceAdmin {
    static let resource = "Policies"

    let context: AdminContext

    func list(_ request: ListRequest) async throws(ServiceError) -> ListReply<PolicyItem> {
        try AdminContext.check(request, allowed: [])
        let limit = AdminContext.limit(request)
        let rows = try await context.database.reading { connection throws(StoreError) in
            try PolicyStore.page(after: request.pageToken ?? "", limit: limit + 1, connection)
        }
        let shown = rows.prefix(limit)
        return ListReply(items: shown.map(\.shown), next: rows.count > limit ? shown.last?.item.scope : nil)
    }

    func get(_ request: GetRequest) async throws(ServiceError) -> PolicyItem {
        try AdminContext.check(request.id, field: "id")
        let row = try await context.database.reading { connection throws(StoreError) in
            try PolicyStore.policy(request.id, connection)
        }
        guard let row else { throw .noSuch("policy", request.id) }
        return row.shown
    }

    /// Makes or changes the policy of a scope.
    func put(_ request: PutRequest<PolicyItem>) async throws(ServiceError) -> PolicyItem {
        var item = try checked(request.item)
        guard item.id.isEmpty || item.id == item.scope else { throw .invalid("scope", "a policy keeps its scope") }
        item.id = ""
        item.etag = ""
        item.declared = false
        let fresh = item
        let row = try await context.database.writing { connection throws(StoreError) -> Verdict<PolicyRow> in
            let old = try PolicyStore.policy(fresh.scope, connection)
            if let old, old.item.declared { return .refused(.declaredItem("policy", fresh.scope)) }
            guard request.etag == nil || request.etag == old.map({ String($0.version) }) else {
                return .refused(.etagMismatch("policy", fresh.scope))
            }
            if old == nil, try PolicyStore.count(connection) >= GuardCaps.policies {
                return .refused(.full("policies", GuardCaps.policies))
            }
            let row = PolicyRow(item: fresh, version: (old?.version ?? 0) + 1)
            try PolicyStore.put(row, connection)
            return .done(row)
        }
        try await refresh()
        context.publish(Self.resource, fresh.scope, etag: String(row.version))
        return row.shown
    }

    /// A policy that can be stored and holds here.
    func checked(_ item: PolicyItem) throws(ServiceError) -> PolicyItem {
        let item = try PolicyRules.checked(item, context.policies.builder.catalogue)
        guard item.pii?.engine != PlanBuilder.presidio || context.hasPresidio else {
            throw .invalid("pii.engine", "presidio needs \(PresidioEngine.setting) in the configuration file")
        }
        guard item.toxicity?.engine != PlanBuilder.openAI || context.hasModeration else {
            throw .invalid("toxicity.engine", "openai needs \(ModerationEngine.setting) in the configuration file")
        }
        // Another scope may name it; which ones come together is decided by each request.
        let hasEmbedder = item.topics?.embedder != nil || context.policies.book.namesEmbedder
        guard !PlanBuilder.goesByMeaning(item.topics) || hasEmbedder else {
            throw .invalid("topics.engine", "\(item.topics?.engine ?? "") needs topics.embedder, as provider/model")
        }
        return item
    }

    func delete(_ request: DeleteRequest) async throws(ServiceError) -> Empty {
        try AdminContext.check(request.id, field: "id")
        try await context.database.writing { connection throws(StoreError) -> Verdict<Void> in
            guard let row = try PolicyStore.policy(request.id, connection) else {
                return .refused(.noSuch("policy", request.id))
            }
            guard !row.item.declared else { return .refused(.declaredItem("policy", request.id)) }
            guard request.etag == nil || request.etag == String(row.version) else {
                return .refused(.etagMismatch("policy", request.id))
            }
            try PolicyStore.delete(request.id, connection)
            return .done(())
        }
        try await refresh()
        context.publish(Self.resource, request.id, deleted: true)
        return Empty()
    }

    /// What was put holds from the answer on.
    private func refresh() async throws(ServiceError) {
        do throws(StoreError) {
            try await context.policies.refresh()
        } catch {
            throw ServiceError(error)
        }
    }
}
