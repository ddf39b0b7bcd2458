import Contracts
import PeerRPC
import SaverCore
import Storage

/// Lists, puts and deletes the settings of scopes.
struct SettingAdmin: ResourceAdmin {
    static let resource = "Settings"

    let context: AdminContext

    func list(_ request: ListRequest) async throws(ServiceError) -> ListReply<SettingItem> {
        try AdminContext.check(request, allowed: [])
        let limit = AdminContext.limit(request)
        let rows = try await context.database.reading { connection throws(StoreError) in
            try SettingStore.page(after: request.pageToken ?? "", limit: limit + 1, connection)
        }
        let shown = rows.prefix(limit)
        let next = rows.count > limit ? shown.last?.setting.scope.text : nil
        return ListReply(items: shown.map(SettingRules.item), next: next)
    }

    func get(_ request: GetRequest) async throws(ServiceError) -> SettingItem {
        try AdminContext.check(request.id, field: "id")
        let row = try await context.database.reading { connection throws(StoreError) in
            try SettingStore.setting(request.id, connection)
        }
        guard let row else { throw .noSuch("setting", request.id) }
        return SettingRules.item(row)
    }

    /// Makes or replaces the settings of a scope; the scope is its id and does not change.
    func put(_ request: PutRequest<SettingItem>) async throws(ServiceError) -> SettingItem {
        let item = request.item
        guard item.id.isEmpty || item.id == item.scope else { throw .invalid("scope", "a setting keeps its scope") }
        let setting = try SettingRules.setting(item)
        let scope = setting.scope.text
        let (row, stored) = try await context.database.writing {
            connection throws(StoreError) -> Verdict<(SettingRow, StoredBook)> in
            let old = try SettingStore.setting(scope, connection)
            if let old, old.isDeclared { return .refused(.declaredItem("setting", scope)) }
            guard request.etag == nil || request.etag == old.map({ String($0.version) }) else {
                return .refused(.etagMismatch("setting", scope))
            }
            if old == nil, try SettingStore.count(connection) >= SettingsBook.maximumScopes {
                return .refused(.full("settings", SettingsBook.maximumScopes))
            }
            let row = SettingRow(setting: setting, isDeclared: false, version: (old?.version ?? 0) + 1)
            try SettingStore.put(row, connection)
            return .done((row, try Self.record(connection)))
        }
        context.state.put(stored)
        context.publish(Self.resource, scope, etag: String(row.version))
        return SettingRules.item(row)
    }

    func delete(_ request: DeleteRequest) async throws(ServiceError) -> Empty {
        try AdminContext.check(request.id, field: "id")
        let stored = try await context.database.writing { connection throws(StoreError) -> Verdict<StoredBook> in
            guard let row = try SettingStore.setting(request.id, connection) else {
                return .refused(.noSuch("setting", request.id))
            }
            guard !row.isDeclared else { return .refused(.declaredItem("setting", request.id)) }
            guard request.etag == nil || request.etag == String(row.version) else {
                return .refused(.etagMismatch("setting", request.id))
            }
            try SettingStore.delete(request.id, connection)
            return .done(try Self.record(connection))
        }
        context.state.put(stored)
        context.publish(Self.resource, request.id, deleted: true)
        return Empty()
    }

    /// The version that the transaction leads to.
    private static func record(_ connection: any SQLConnection) throws(StoreError) -> StoredBook {
        try EpochStore.record(SettingsBook(try SettingStore.all(connection).map(\.setting)), connection)
    }
}
