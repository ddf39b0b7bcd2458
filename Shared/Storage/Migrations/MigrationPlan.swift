/// A checked list of migrations for one service, and how to apply what is missing.
struct MigrationPlan: Sendable {
    private struct Step: Sendable {
        let migration: Migration
        let statements: [String]
    }

    private struct Applied {
        let version: Int
        let name: String
        let digest: String
    }

    private let table: String
    private let steps: [Step]

    private var known: Int { steps.last?.migration.version ?? 0 }

    init(service: String, migrations: [Migration]) throws(StoreError) {
        guard let first = service.utf8.first, (0x61...0x7A).contains(first), service.utf8.count <= 32,
            service.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F })
        else { throw StoreError(.migration, "\"\(service)\" cannot name a service: a-z, 0-9 and _ only") }
        table = "schema_migration_\(service)"
        var rules = MigrationRules()
        var steps: [Step] = []
        for migration in migrations {
            guard migration.version > steps.last?.migration.version ?? 0 else {
                throw StoreError(.migration, "migration \(migration.version) '\(migration.name)' is out of order")
            }
            do throws(StoreError) {
                let statements = try SQLText.statements(migration.sql)
                for statement in statements { try rules.check(statement) }
                guard !statements.isEmpty else { throw StoreError(.migration, "it has no SQL") }
                steps.append(Step(migration: migration, statements: statements.map(\.text)))
            } catch {
                throw Self.failed(migration, error)
            }
        }
        self.steps = steps
    }

    /// Applies what is missing; the caller has opened one transaction around this and rolls it back on a throw.
    ///
    /// - Returns: Whether anything was missing.
    func apply(on connection: any SQLConnection, nowMicroseconds: Int) throws(StoreError) -> Bool {
        let applied = try verifiedCount(on: connection)
        for step in steps.dropFirst(applied) {
            do throws(StoreError) {
                for statement in step.statements { try connection.execute(statement) }
                try connection.execute(
                    "INSERT INTO \(table) (version, name, digest, applied_us) VALUES ($1, $2, $3, $4)",
                    [step.migration.version, step.migration.name, step.migration.digest, nowMicroseconds]
                )
            } catch {
                throw Self.failed(step.migration, error)
            }
        }
        return applied < steps.count
    }

    /// How many steps the database has, all of them ours and unchanged.
    private func verifiedCount(on connection: any SQLConnection) throws(StoreError) -> Int {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS \(table) (
              version BIGINT PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL, applied_us BIGINT NOT NULL
            )
            """
        )
        let applied = try connection.query("SELECT version, name, digest FROM \(table) ORDER BY version") {
            row throws(StoreError) in
            try Applied(version: row.get(0), name: row.get(1), digest: row.get(2))
        }
        if let newest = applied.last, newest.version > known {
            throw StoreError(
                .newerSchema(found: newest.version, known: known),
                """
                the database has schema version \(newest.version) ('\(newest.name)'), this build knows up to \(known): \
                run the newer release, or restore a backup made before the upgrade
                """
            )
        }
        for (index, row) in applied.enumerated() {
            guard index < steps.count, steps[index].migration.version == row.version else {
                throw StoreError(.migration, "the database has a migration \(row.version) '\(row.name)', we have none")
            }
            guard steps[index].migration.digest == row.digest else {
                throw StoreError(.migration, "migration \(row.version) '\(row.name)' was changed after it was applied")
            }
        }
        return applied.count
    }

    /// What went wrong, with the migration's name; a full disk stays a full disk.
    private static func failed(_ migration: Migration, _ error: StoreError) -> StoreError {
        let kind: StoreError.Kind =
            switch error.kind {
            case .other, .constraint, .migration: .migration
            default: error.kind
            }
        return StoreError(kind, "migration \(migration.version) '\(migration.name)': \(error.message)")
    }
}
