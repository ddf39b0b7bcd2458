import JSON
package import SaverCore
package import Storage

/// The settings of one scope as they are stored.
package struct SettingRow: Hashable, Sendable {
    package var setting: ScopeSetting
    package var isDeclared: Bool
    package var version: Int
}

/// Reads and writes settings inside a transaction of the caller's.
package enum SettingStore {
    private static let tenant = "default"
    private static let columns = "scope, body, declared, version"

    package static func all(_ connection: any SQLConnection) throws(StoreError) -> [SettingRow] {
        try connection.query("SELECT \(columns) FROM setting ORDER BY scope", [], read)
    }

    package static func page(
        after scope: String,
        limit: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) -> [SettingRow] {
        try connection.query(
            "SELECT \(columns) FROM setting WHERE scope > $1 ORDER BY scope LIMIT $2",
            [scope, limit],
            read
        )
    }

    package static func setting(_ scope: String, _ connection: any SQLConnection) throws(StoreError) -> SettingRow? {
        try connection.first("SELECT \(columns) FROM setting WHERE scope = $1", [scope], read)
    }

    package static func count(_ connection: any SQLConnection) throws(StoreError) -> Int {
        try connection.first("SELECT COUNT(*) FROM setting") { row throws(StoreError) in try row.get(0) } ?? 0
    }

    package static func put(_ row: SettingRow, _ connection: any SQLConnection) throws(StoreError) {
        var writer = JSONWriter()
        row.setting.write(to: &writer)
        try connection.execute(
            """
            INSERT INTO setting (scope, tenant, body, declared, version) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (scope) DO UPDATE SET body = excluded.body, declared = excluded.declared,
              version = excluded.version
            """,
            [
                row.setting.scope.text, tenant, String(decoding: writer.bytes, as: UTF8.self), row.isDeclared,
                row.version,
            ]
        )
    }

    package static func delete(_ scope: String, _ connection: any SQLConnection) throws(StoreError) {
        try connection.execute("DELETE FROM setting WHERE scope = $1", [scope])
    }

    private static func read(_ row: SQLRow) throws(StoreError) -> SettingRow {
        let scope = try row.get(0, as: String.self)
        let body = try row.get(1, as: String.self)
        guard let setting = try? ScopeSetting(from: JSONDocument(Array(body.utf8)).root) else {
            throw StoreError(.corrupt, "the setting of \(scope) cannot be read")
        }
        return SettingRow(setting: setting, isDeclared: try row.get(2), version: try row.get(3))
    }
}
