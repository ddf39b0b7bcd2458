package import MeterCore
package import Storage

/// A key as it is stored: the secret's digest and display form, never the secret.
package struct KeyRow: Hashable, Sendable {
    package var terms: KeyTerms
    package var display: String
    package var createdUS: Int
    package var isDeclared: Bool
    package var version: Int

    package var name: String {
        get { terms.name }
        set { terms.name = newValue }
    }
}

/// Reads and writes API keys inside a transaction of the caller's.
package enum KeyStore {
    private static let columns = """
        id, ordinal, project, plan, name, digest, display, allowed_models, created_us, expires_us, revoked_us, declared,
        version, strict_lossless
        """

    /// The keys after an ordinal, oldest first.
    package static func page(
        after ordinal: Int,
        limit: Int,
        filter: KeyFilter,
        _ connection: any SQLConnection
    ) throws(StoreError) -> [KeyRow] {
        var clauses = ["ordinal > $1"]
        var arguments: [any SQLConvertible] = [ordinal]
        for (column, value) in filter.equalities {
            arguments.append(value)
            clauses.append("\(column) = $\(arguments.count)")
        }
        arguments.append(limit)
        return try connection.query(
            """
            SELECT \(columns) FROM api_key WHERE \(clauses.joined(separator: " AND "))
            ORDER BY ordinal LIMIT $\(arguments.count)
            """,
            arguments,
            read
        )
    }

    package static func key(id: String, _ connection: any SQLConnection) throws(StoreError) -> KeyRow? {
        try connection.first("SELECT \(columns) FROM api_key WHERE id = $1", [id], read)
    }

    package static func key(digest: String, _ connection: any SQLConnection) throws(StoreError) -> KeyRow? {
        try connection.first("SELECT \(columns) FROM api_key WHERE digest = $1", [digest], read)
    }

    package static func declared(_ connection: any SQLConnection) throws(StoreError) -> [KeyRow] {
        try connection.query("SELECT \(columns) FROM api_key WHERE declared = 1 ORDER BY ordinal", read)
    }

    /// The ordinal for the next key; `nil` when there is no room for one.
    package static func nextOrdinal(_ connection: any SQLConnection) throws(StoreError) -> Int? {
        let counts = try connection.first("SELECT COUNT(*), COALESCE(MAX(ordinal), 0) FROM api_key") {
            row throws(StoreError) in (count: try row.get(0, as: Int.self), last: try row.get(1, as: Int.self))
        }
        guard let counts, counts.count < MeterCaps.keys else { return nil }
        return counts.last + 1
    }

    /// Whether a key that is not revoked has this name.
    package static func isNameTaken(
        _ name: String,
        except id: String,
        _ connection: any SQLConnection
    ) throws(StoreError) -> Bool {
        try connection.first(
            "SELECT 1 FROM api_key WHERE name = $1 AND id <> $2 AND revoked_us IS NULL LIMIT 1",
            [name, id]
        ) { row throws(StoreError) in try row.get(0, as: Int.self) } != nil
    }

    package static func insert(_ key: KeyRow, _ connection: any SQLConnection) throws(StoreError) {
        let arguments: [any SQLConvertible] = [
            key.terms.id, key.terms.ordinal, MeterState.tenant, key.terms.project, key.terms.plan, key.name,
            key.terms.digest, key.display, Lines.join(key.terms.allowedModels), key.createdUS, key.terms.expiresUS,
            key.terms.revokedUS, key.isDeclared, key.version, key.terms.strictLossless,
        ]
        try connection.execute(
            """
            INSERT INTO api_key (id, ordinal, tenant, project, plan, name, digest, display, allowed_models, created_us,
              expires_us, revoked_us, declared, version, strict_lossless)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            """,
            arguments
        )
    }

    package static func update(_ key: KeyRow, _ connection: any SQLConnection) throws(StoreError) {
        let arguments: [any SQLConvertible] = [
            key.terms.project, key.terms.plan, key.name, key.terms.digest, key.display,
            Lines.join(key.terms.allowedModels), key.terms.expiresUS, key.terms.revokedUS, key.isDeclared, key.version,
            key.terms.strictLossless, key.terms.id,
        ]
        try connection.execute(
            """
            UPDATE api_key SET project = $1, plan = $2, name = $3, digest = $4, display = $5, allowed_models = $6,
              expires_us = $7, revoked_us = $8, declared = $9, version = $10, strict_lossless = $11
            WHERE id = $12
            """,
            arguments
        )
    }

    private static func read(_ row: SQLRow) throws(StoreError) -> KeyRow {
        KeyRow(
            terms: KeyTerms(
                id: try row.get(0),
                name: try row.get(4),
                ordinal: try row.get(1),
                digest: try row.get(5),
                plan: try row.get(3),
                project: try row.get(2),
                expiresUS: try row.get(9),
                revokedUS: try row.get(10),
                allowedModels: Lines.split(try row.get(7)),
                strictLossless: try row.get(13)
            ),
            display: try row.get(6),
            createdUS: try row.get(8),
            isDeclared: try row.get(11),
            version: try row.get(12)
        )
    }
}

/// Which keys a list holds.
package struct KeyFilter: Sendable {
    package var name: String?
    package var plan: String?
    package var project: String?

    package init(name: String? = nil, plan: String? = nil, project: String? = nil) {
        self.name = name
        self.plan = plan
        self.project = project
    }

    fileprivate var equalities: [(column: String, value: String)] {
        [("name", name), ("plan", plan), ("project", project)].compactMap { column, value in
            value.map { (column, $0) }
        }
    }
}

/// Lists of short texts in one column, a line each.
enum Lines {
    static func join(_ texts: [String]) -> String {
        texts.joined(separator: "\n")
    }

    static func split(_ text: String) -> [String] {
        text.split(separator: "\n").map(String.init)
    }
}
