import Storage
import Testing

extension Conformance {
    private static let first = Migration(1, "one", "CREATE TABLE one (id TEXT PRIMARY KEY)")
    private static let second = Migration(
        2,
        "two",
        [
            "ALTER TABLE one ADD COLUMN note TEXT", "CREATE INDEX one_note ON one (note)",
            "INSERT INTO one (id) VALUES ('x;y')",
        ]
    )
    private static let third = Migration(3, "three", "CREATE TABLE three (id TEXT PRIMARY KEY)")

    static let migrations = [
        plain("migrations run once, in order, and later ones join") { database in
            try await database.migrate([first])
            try await database.migrate([first])
            try await database.migrate([first, second, third])
            try await database.migrate([first, second, third])
            #expect(try await database.number("SELECT COUNT(*) FROM one WHERE note IS NULL") == 1)
            #expect(try await database.number("SELECT COUNT(*) FROM schema_migration_test") == 3)
        },
        plain("a migration that fails takes all the others of its run with it") { database in
            try await database.migrate([first])
            try await database.write { connection throws(StoreError) in
                try connection.execute("INSERT INTO one (id) VALUES ('kept')")
            }
            let broken = Migration(3, "broken", "CREATE TABLE three (id TEXT); INSERT INTO one (id) VALUES ('kept')")
            let error = await expectError(.migration) { try await database.migrate([first, second, broken]) }
            #expect(error?.message.contains("migration 3 'broken'") == true)
            #expect(try await database.number("SELECT COUNT(*) FROM schema_migration_test") == 1)
            #expect(try await database.number("SELECT COUNT(*) FROM one") == 1)
            await expectError(.other) { try await database.number("SELECT COUNT(note) FROM one") }
            await expectError(.other) { try await database.number("SELECT COUNT(*) FROM three") }
            try await database.migrate([first, second, third])
        },
        plain("a schema newer than the build is left alone, and the error names both versions") { database in
            try await database.migrate([first, second, third])
            let error = await expectError(.newerSchema(found: 3, known: 2)) {
                try await database.migrate([first, second])
            }
            #expect(error?.message.contains("version 3 ('three'), this build knows up to 2") == true)
            await expectError(.newerSchema(found: 3, known: 0)) { try await database.migrate([]) }
            #expect(try await database.number("SELECT COUNT(*) FROM schema_migration_test") == 3)
        },
        plain("a published migration that was edited or went missing is found") { database in
            try await database.migrate([first, third])
            let edited = Migration(1, "one", "CREATE TABLE one (id TEXT PRIMARY KEY, x TEXT)")
            await expectError(.migration) { try await database.migrate([edited, third]) }
            await expectError(.migration) { try await database.migrate([third]) }
            await expectError(.migration) { try await database.migrate([first, second, third]) }
            try await database.migrate([Migration(1, "one", "CREATE TABLE  one\n  (id TEXT PRIMARY KEY)"), third])
        },
        plain("tables of others stay untouched, and their names are not taken over") { database in
            try await database.write { connection throws(StoreError) in
                try connection.execute("CREATE TABLE theirs (id TEXT PRIMARY KEY)")
                try connection.execute("INSERT INTO theirs (id) VALUES ('precious')")
            }
            try await database.migrate([first])
            for sql in [
                "DROP TABLE theirs", "DROP TABLE IF EXISTS theirs", "ALTER TABLE theirs ADD COLUMN x TEXT",
                "ALTER TABLE theirs RENAME TO ours", "DELETE FROM theirs", "UPDATE theirs SET id = ''",
                "INSERT INTO theirs (id) VALUES ('x')", "CREATE INDEX mine ON theirs (id)", "DROP TABLE main.theirs",
                "CREATE TABLE IF NOT EXISTS theirs (id TEXT)", "CREATE TABLE \"theirs\" (id TEXT)",
                "CREATE TABLE mine AS SELECT id FROM theirs; CREATE TABLE theirs (id TEXT)", "DROP INDEX theirs",
            ] {
                await expectError(.migration) { try await database.migrate([first, Migration(2, "bad", sql)]) }
            }
            #expect(try await database.number("SELECT COUNT(*) FROM theirs WHERE id = 'precious'") == 1)
            #expect(try await database.number("SELECT COUNT(*) FROM schema_migration_test") == 1)
        },
        Conformance("two services keep their schemas apart in one database") { subject in
            let meter = try await subject.open("meter")
            let router = try await subject.open("router")
            try await meter.migrate([first, second])
            try await router.migrate([third])
            try await meter.migrate([first, second])
            #expect(try await router.number("SELECT COUNT(*) FROM schema_migration_router") == 1)
            #expect(try await router.number("SELECT COUNT(*) FROM schema_migration_meter") == 2)
            await meter.close()
            await router.close()
        },
        Conformance("services that start together migrate once") { subject in
            let databases = try await [subject.open("test"), subject.open("test"), subject.open("test")]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for database in databases {
                    group.addTask { try await database.migrate([first, second, third]) }
                }
                try await group.waitForAll()
            }
            #expect(try await databases[0].number("SELECT COUNT(*) FROM one") == 1)
            for database in databases { await database.close() }
        },
    ]
}
