import Contracts
import MeterCore
import PeerRPC
import Storage

/// The one tenant: it can be read and renamed.
struct TenantAdmin: ResourceAdmin {
    static let resource = "Tenants"

    let context: AdminContext
    private let store = ScopeStore(.tenant)

    init(context: AdminContext) {
        self.context = context
    }

    func list(_ request: ListRequest) async throws(ServiceError) -> ListReply<TenantItem> {
        try AdminContext.check(request, allowed: [])
        let limit = AdminContext.limit(request)
        let rows = try await context.database.reading { connection throws(StoreError) in
            try store.page(after: request.pageToken ?? "", limit: limit + 1, connection)
        }
        let page = AdminContext.page(rows, limit: limit, token: \.id, Self.item)
        return ListReply(items: page.items, next: page.next)
    }

    func get(_ request: GetRequest) async throws(ServiceError) -> TenantItem {
        try AdminContext.check(request.id, field: "id")
        let row = try await context.database.reading { connection throws(StoreError) in
            try store.scope(request.id, connection)
        }
        guard let row else { throw .noSuch("tenant", request.id) }
        return Self.item(row)
    }

    func put(_ request: PutRequest<TenantItem>) async throws(ServiceError) -> TenantItem {
        let name = try ItemRules.name(request.item.name, field: "name")
        guard request.item.id == MeterState.tenant else { throw .noSuch("tenant", request.item.id) }
        return Self.item(
            try await ScopeWriter(context: context, store: store, noun: "tenant", resource: Self.resource)
                .put(request.item.id, name: name, etag: request.etag, cap: 1)
        )
    }

    func delete(_ request: DeleteRequest) throws(ServiceError) -> Empty {
        throw .inUse("tenant \(request.id)", "there is one tenant, and it stays")
    }

    private static func item(_ row: ScopeRow) -> TenantItem {
        TenantItem(id: row.id, name: row.name, etag: String(row.version))
    }
}

/// Projects: names that keys are grouped by.
struct ProjectAdmin: ResourceAdmin {
    static let resource = "Projects"

    let context: AdminContext
    private let store = ScopeStore(.project)

    init(context: AdminContext) {
        self.context = context
    }

    func list(_ request: ListRequest) async throws(ServiceError) -> ListReply<ProjectItem> {
        try AdminContext.check(request, allowed: [])
        let limit = AdminContext.limit(request)
        let rows = try await context.database.reading { connection throws(StoreError) in
            try store.page(after: request.pageToken ?? "", limit: limit + 1, connection)
        }
        let page = AdminContext.page(rows, limit: limit, token: \.id, Self.item)
        return ListReply(items: page.items, next: page.next)
    }

    func get(_ request: GetRequest) async throws(ServiceError) -> ProjectItem {
        try AdminContext.check(request.id, field: "id")
        let row = try await context.database.reading { connection throws(StoreError) in
            try store.scope(request.id, connection)
        }
        guard let row else { throw .noSuch("project", request.id) }
        return Self.item(row)
    }

    /// Makes or renames a project; without an id, its name becomes its id.
    func put(_ request: PutRequest<ProjectItem>) async throws(ServiceError) -> ProjectItem {
        let name = try ItemRules.name(request.item.name, field: "name")
        let id = try ItemRules.name(request.item.id.isEmpty ? name : request.item.id, field: "id")
        return Self.item(
            try await ScopeWriter(context: context, store: store, noun: "project", resource: Self.resource)
                .put(id, name: name, etag: request.etag, cap: MeterCaps.projects)
        )
    }

    func delete(_ request: DeleteRequest) async throws(ServiceError) -> Empty {
        try AdminContext.check(request.id, field: "id")
        try await context.queue.perform { () async throws(ServiceError) in
            try await remove(request)
        }
        return Empty()
    }

    private func remove(_ request: DeleteRequest) async throws(ServiceError) {
        let filter = KeyFilter(project: request.id)
        try await context.database.writing { connection throws(StoreError) -> Verdict<Void> in
            guard let row = try store.scope(request.id, connection) else {
                return .refused(.noSuch("project", request.id))
            }
            guard request.etag == nil || request.etag == String(row.version) else {
                return .refused(.etagMismatch("project", request.id))
            }
            guard try KeyStore.page(after: 0, limit: 1, filter: filter, connection).isEmpty else {
                return .refused(.inUse("project \(request.id)", "there are keys in it"))
            }
            try store.delete(request.id, connection)
            return .done(())
        }
        context.publish(Self.resource, request.id, deleted: true)
    }

    private static func item(_ row: ScopeRow) -> ProjectItem {
        ProjectItem(id: row.id, name: row.name, etag: String(row.version))
    }
}

/// Writes a tenant or a project.
struct ScopeWriter: Sendable {
    let context: AdminContext
    let store: ScopeStore
    let noun: String
    let resource: String

    func put(_ id: String, name: String, etag: String?, cap: Int) async throws(ServiceError) -> ScopeRow {
        let row = try await context.queue.perform { () async throws(ServiceError) in
            try await context.database.writing { connection throws(StoreError) -> Verdict<ScopeRow> in
                let old = try store.scope(id, connection)
                guard etag == nil || etag == old.map({ String($0.version) }) else {
                    return .refused(.etagMismatch(noun, id))
                }
                if old == nil, try store.count(connection) >= cap { return .refused(.full(noun + "s", cap)) }
                let row = ScopeRow(id: id, name: name, version: (old?.version ?? 0) + 1)
                try store.put(row, tenant: MeterState.tenant, connection)
                return .done(row)
            }
        }
        context.publish(resource, id, etag: String(row.version))
        return row
    }
}
