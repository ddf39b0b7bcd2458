package import Storage

/// A tenant or a project.
package struct ScopeRow: Hashable, Sendable {
    package var id: String
    package var name: String
    package var version: Int
}

/// Reads and writes tenants and projects.
package struct ScopeStore: Sendable {
    /// `tenant` or `project`: the table's name.
    package enum Kind: String, Sendable {
        case tenant
        case project
    }

    private let kind: Kind

    package init(_ kind: Kind) {
        self.kind = kind
    }

    package func page(
        after id: String,
        limit: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) -> [ScopeRow] {
        try connection.query(
            "SELECT id, name, version FROM \(kind.rawValue) WHERE id > $1 ORDER BY id LIMIT $2",
            [id, limit],
            Self.read
        )
    }

    package func scope(_ id: String, _ connection: any SQLConnection) throws(StoreError) -> ScopeRow? {
        try connection.first("SELECT id, name, version FROM \(kind.rawValue) WHERE id = $1", [id], Self.read)
    }

    package func count(_ connection: any SQLConnection) throws(StoreError) -> Int {
        try connection.first("SELECT COUNT(*) FROM \(kind.rawValue)") { row throws(StoreError) in try row.get(0) } ?? 0
    }

    package func put(_ row: ScopeRow, tenant: String, _ connection: any SQLConnection) throws(StoreError) {
        switch kind {
        case .tenant:
            try connection.execute(
                """
                INSERT INTO tenant (id, name, version) VALUES ($1, $2, $3)
                ON CONFLICT (id) DO UPDATE SET name = excluded.name, version = excluded.version
                """,
                [row.id, row.name, row.version]
            )
        case .project:
            try connection.execute(
                """
                INSERT INTO project (id, tenant, name, version) VALUES ($1, $2, $3, $4)
                ON CONFLICT (id) DO UPDATE SET name = excluded.name, version = excluded.version
                """,
                [row.id, tenant, row.name, row.version]
            )
        }
    }

    package func delete(_ id: String, _ connection: any SQLConnection) throws(StoreError) {
        try connection.execute("DELETE FROM \(kind.rawValue) WHERE id = $1", [id])
    }

    private static func read(_ row: SQLRow) throws(StoreError) -> ScopeRow {
        ScopeRow(id: try row.get(0), name: try row.get(1), version: try row.get(2))
    }
}
