package import Contracts
import JSON
package import Storage

/// A policy as it is stored.
package struct PolicyRow: Hashable, Sendable {
    package var item: PolicyItem
    package var version: Int

    package init(item: PolicyItem, version: Int) {
        self.item = item
        self.version = version
    }

    /// As it is shown: its scope is its id.
    var shown: PolicyItem {
        var item = item
        item.id = item.scope
        item.etag = String(version)
        return item
    }
}

/// Reads and writes policies inside a transaction of the caller's.
///
/// Every write raises the revision, by which other replicas of the guard notice it.
package enum PolicyStore {
    static let tenant = "default"
    /// What other replicas on a database server listen to.
    static let channel = "policies"

    private static let columns = "document, declared, version"

    package static func page(
        after scope: String,
        limit: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) -> [PolicyRow] {
        try connection.query(
            "SELECT \(columns) FROM policy WHERE scope > $1 ORDER BY scope LIMIT $2",
            [scope, limit],
            read
        )
    }

    package static func policy(_ scope: String, _ connection: any SQLConnection) throws(StoreError) -> PolicyRow? {
        try connection.first("SELECT \(columns) FROM policy WHERE scope = $1", [scope], read)
    }

    package static func count(_ connection: any SQLConnection) throws(StoreError) -> Int {
        try connection.first("SELECT COUNT(*) FROM policy") { row throws(StoreError) in try row.get(0) } ?? 0
    }

    package static func put(_ row: PolicyRow, _ connection: any SQLConnection) throws(StoreError) {
        var plain = row.item
        plain.id = ""
        plain.etag = ""
        plain.declared = false
        var writer = JSONWriter()
        plain.write(to: &writer)
        try connection.execute(
            """
            INSERT INTO policy (scope, tenant, document, declared, version) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (scope) DO UPDATE SET document = excluded.document, declared = excluded.declared,
              version = excluded.version
            """,
            [
                row.item.scope, tenant, String(decoding: writer.bytes, as: UTF8.self), row.item.declared, row.version,
            ]
        )
        try raiseRevision(connection)
    }

    package static func delete(_ scope: String, _ connection: any SQLConnection) throws(StoreError) {
        try connection.execute("DELETE FROM policy WHERE scope = $1", [scope])
        try raiseRevision(connection)
    }

    // MARK: The revision

    package static func revision(_ connection: any SQLConnection) throws(StoreError) -> Int {
        try connection.first("SELECT value FROM revision WHERE id = 1") { row throws(StoreError) in try row.get(0) }
            ?? 0
    }

    private static func raiseRevision(_ connection: any SQLConnection) throws(StoreError) {
        try connection.execute(
            "INSERT INTO revision (id, value) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET value = revision.value + 1"
        )
        try connection.notify(channel)
    }

    private static func read(_ row: SQLRow) throws(StoreError) -> PolicyRow {
        let document: String = try row.get(0)
        guard let root = try? JSONDocument(Array(document.utf8)).root, var item = try? PolicyItem(from: root) else {
            throw StoreError(.other, "a policy cannot be read")
        }
        item.declared = try row.get(1)
        return PolicyRow(item: item, version: try row.get(2))
    }
}
