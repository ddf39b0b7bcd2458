import Storage
import Testing

/// Rules that are checked before the database is asked for anything.
@Suite("Migration rules", .timeLimit(.minutes(1)))
struct MigrationRulesTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func message(_ migrations: [Migration]) async throws -> String? {
        let database = try await folder.open()
        let error = await expectError(.migration) { try await database.migrate(migrations) }
        #expect(try await database.number("SELECT COUNT(*) FROM sqlite_master") == 0)
        await database.close()
        return error?.message
    }

    @Test(
        "SQL that one of the engines does not have is refused, and the message says what to write",
        arguments: [
            ("CREATE TABLE t (id INTEGER)", "write BIGINT"), ("CREATE TABLE t (id BLOB)", "write BYTEA"),
            ("CREATE TABLE t (id TEXT PRIMARY KEY) STRICT", "STRICT"), ("CREATE TABLE t (a BOOLEAN)", "write SMALLINT"),
            ("CREATE TABLE t (a TEXT) WITHOUT ROWID", "ROWID"), ("CREATE VIEW v AS SELECT 1", "CREATE VIEW"),
            ("CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; END", "CREATE TRIGGER"),
            ("CREATE VIRTUAL TABLE t USING fts5(a)", "CREATE VIRTUAL"), ("SELECT 1", "SELECT is no statement"),
            ("PRAGMA foreign_keys = OFF", "PRAGMA is no statement"), ("CREATE TABLE t (a TEXT); DROP TABLE u", "'u'"),
            ("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ($1)", "no parameters"), ("", "no SQL"), (" ;; ", "no SQL"),
            ("CREATE TABLE t (a TEXT DEFAULT 'x", "no end"), ("CREATE TABLE t (a TEXT) /* x", "no end"),
            ("CREATE TABLE t (a TEXT); CREATE INDEX ON t (a)", "name"),
        ]
    )
    func portability(sql: String, expected: String) async throws {
        let message = try #require(await message([Migration(1, "bad", sql)]))
        #expect(message.hasPrefix("migration 1 'bad': ") && message.contains(expected), "\(message)")
    }

    @Test("versions rise from 1", arguments: [[0], [-1], [1, 1], [2, 1]])
    func order(versions: [Int]) async throws {
        let migrations = versions.enumerated().map { Migration($1, "m", "CREATE TABLE t\($0) (a TEXT)") }
        #expect(try await message(migrations)?.contains("out of order") == true)
    }

    @Test("words in quotes and comments are not SQL, and semicolons in them end nothing")
    func quoting() async throws {
        let database = try await folder.open()
        try await database.migrate([
            Migration(
                1,
                "odd",
                """
                -- an INTEGER; in a comment
                CREATE TABLE "INTEGER" (a TEXT DEFAULT 'a;''b' /* STRICT; */, b TEXT);
                INSERT INTO "integer" (b) VALUES ('PRAGMA; $1');
                ;
                CREATE UNIQUE INDEX i ON "INTEGER" (a);
                ALTER TABLE "INTEGER" RENAME TO renamed;
                DELETE FROM renamed WHERE a IS NULL;
                UPDATE renamed SET b = a;
                CREATE TABLE gone (a TEXT);
                DROP INDEX IF EXISTS i;
                DROP TABLE gone
                """
            )
        ])
        let text = try await database.read { connection throws(StoreError) in
            try connection.first("SELECT b FROM renamed") { row throws(StoreError) in try row.get(0, as: String.self) }
        }
        #expect(text == "a;'b")
        await database.close()
    }

    @Test("a table is rebuilt under its references in one migration")
    func rebuild() async throws {
        let database = try await folder.open()
        try await database.fill(3)
        try await database.write { connection throws(StoreError) in
            try connection.execute("INSERT INTO entry (id, account) VALUES ('e', 'a1')")
        }
        let rebuild = Migration(
            2,
            "rebuild",
            """
            CREATE TABLE account_new (id TEXT PRIMARY KEY, balance BIGINT NOT NULL, name TEXT);
            INSERT INTO account_new (id, balance) SELECT id, balance FROM account;
            DROP TABLE account;
            ALTER TABLE account_new RENAME TO account
            """
        )
        try await database.migrate(accountMigrations + [rebuild])
        #expect(try await database.findDamage().isEmpty)
        #expect(try await database.number("SELECT COUNT(*) FROM account WHERE name IS NULL") == 3)
        let dangling = Migration(3, "dangling", "DELETE FROM account WHERE id = 'a1'")
        await expectError(.migration) { try await database.migrate(accountMigrations + [rebuild, dangling]) }
        #expect(try await database.number("SELECT COUNT(*) FROM account") == 3)
        await database.close()
    }

    @Test(
        "a service's name is a plain word",
        arguments: ["", "Meter", "a b", "a;b", "1a", "_a", "é", String(repeating: "a", count: 33)]
    )
    func service(name: String) async throws {
        await expectError(.migration) { try await folder.open(service: name) }
        #expect(try folder.names().isEmpty)
    }
}
