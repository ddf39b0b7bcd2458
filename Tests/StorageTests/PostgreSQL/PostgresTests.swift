import Storage
import TestSupport
import Testing

@Suite("PostgreSQL alone", .timeLimit(.minutes(2)))
struct PostgresTests {
    /// Counts for minutes unless it is stopped.
    private static let endless = "SELECT COUNT(*) FROM generate_series(1, 100000000000) AS n"

    @Test("a read or write past its deadline is stopped, and the next one works")
    func deadline() async throws {
        let database = try await PostgresPlace.shared().open { $0.deadline = .milliseconds(400) }
        try await database.fill(1)
        let start = ContinuousClock.now
        await expectError(.busy) { try await database.number(Self.endless) }
        await expectError(.busy) {
            try await database.write { connection throws(StoreError) in
                try connection.execute("UPDATE account SET balance = 0")
                _ = try connection.query(Self.endless) { _ in }
            }
        }
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(try await database.number("SELECT balance FROM account") == 100)
        await database.close()
    }

    @Test("cancelling the task stops the query it waits for")
    func cancelled() async throws {
        let database = try await PostgresPlace.shared().open()
        try await database.fill(1)
        let start = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await expectError(.cancelled) { try await database.number(Self.endless) } }
            try? await Task.sleep(for: .milliseconds(300))
            group.cancelAll()
        }
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(try await database.number("SELECT COUNT(*) FROM account") == 1)
        await database.close()
    }

    @Test("no error holds the password, however the address is wrong")
    func password() async throws {
        let secret = "pass4711word"
        for url in [
            "postgres://kei:\(secret)@127.0.0.1:1/kei?connect_timeout=1", "postgres://kei:\(secret)@[::1/kei",
            "postgres://kei:\(secret)@/kei?nonsense=1", "postgres://kei:\(secret)%zz@h/kei",
        ] {
            var options = DatabaseOptions()
            options.deadline = .seconds(1)
            options.patience = .seconds(1)
            let error = await expectError(.unavailable) {
                try await DatabaseFactory.open(.postgres(url: url, schema: "s"), service: "test", options: options)
            }
            #expect(error?.message.contains(secret) == false)
        }
    }

    @Test("texts sort byte by byte, as in SQLite")
    func collation() async throws {
        let database = try await PostgresPlace.shared().open()
        let table = "CREATE TABLE t (text TEXT PRIMARY KEY DEFAULT 'a TEXT', UNIQUE (text))"
        try await database.migrate([Migration(1, "t", [table, "ALTER TABLE t ADD COLUMN x TEXT"])])
        let sorted = try await database.write { connection throws(StoreError) in
            for text in ["b", "a", "B", "é", "_", "~"] {
                try connection.execute("INSERT INTO t (text) VALUES ($1)", [text])
            }
            return try connection.query("SELECT text FROM t ORDER BY 1") { row throws(StoreError) in
                try row.get(0, as: String.self)
            }
        }
        #expect(sorted == ["B", "_", "a", "b", "~", "é"])
        await database.close()
    }

    @Test("one owner at a time, and the next one when the first has gone")
    func exclusive() async throws {
        let place = try await PostgresPlace.shared()
        let first = try await place.open { $0.isExclusive = true }
        let error = await expectError(.unavailable) {
            try await place.open {
                $0.isExclusive = true
                $0.patience = .seconds(1)
            }
        }
        #expect(error?.message.contains("in use by another process") == true)
        await first.close()
        let second = try await place.open { $0.isExclusive = true }
        try await second.fill(1)
        await second.close()
    }

    @Test("a change is heard by others after its commit, and not by its maker")
    func notifications() async throws {
        let place = try await PostgresPlace.shared()
        let (maker, hearer) = (try await place.open(), try await place.open())
        try await maker.fill(1)
        let (own, heard) = (Recorder<Int>(), Recorder<Int>())
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in maker.changes(on: "book") { own.append(1) } }
            group.addTask { for await _ in hearer.changes(on: "book") { heard.append(1) } }
            // Each is told once that it listens now.
            try? await Poll.until("both listen") { own.elements.count == 1 && heard.elements.count == 1 }
            _ = try? await maker.write { connection throws(StoreError) in
                try connection.notify("book")
                throw StoreError(.other, "changed my mind")
            }
            _ = try? await maker.write { connection throws(StoreError) in try connection.notify("book") }
            try? await Poll.until("the change is heard") { heard.elements.count == 2 }
            try? await Task.sleep(for: .milliseconds(300))
            #expect(heard.elements.count == 2)
            #expect(own.elements.count == 1)
            await maker.close()
            await hearer.close()
        }
    }

    @Test("a backup is refused with what to use instead")
    func backup() async throws {
        let database = try await PostgresPlace.shared().open()
        let error = await expectError(.other) { try await database.backup(to: "/tmp/never") }
        #expect(error?.message.contains("pg_dump --schema=") == true)
        #expect(try await database.findDamage().isEmpty)
        await database.close()
    }
}
