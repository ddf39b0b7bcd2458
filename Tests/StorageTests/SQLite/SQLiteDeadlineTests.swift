import Storage
import Testing

@Suite("SQLite deadlines", .timeLimit(.minutes(1)))
struct SQLiteDeadlineTests {
    /// Counts for minutes unless it is interrupted.
    private static let endless = """
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000000) SELECT COUNT(*) FROM n
        """

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("a read past its deadline is interrupted, and the next one works")
    func read() async throws {
        let database = try await folder.open { $0.deadline = .milliseconds(200) }
        try await database.fill(1)
        let start = ContinuousClock.now
        let error = await expectError(.busy) { try await database.number(Self.endless) }
        #expect(error?.message.contains("did not answer within 0.2 seconds") == true)
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(try await database.number("SELECT COUNT(*) FROM account") == 1)
        await database.close()
    }

    @Test("a write past its deadline is rolled back, and the writer works on")
    func write() async throws {
        let database = try await folder.open { $0.deadline = .milliseconds(200) }
        try await database.fill(1)
        await expectError(.busy) {
            try await database.write { connection throws(StoreError) in
                try connection.execute("UPDATE account SET balance = 0")
                _ = try connection.query(Self.endless) { _ in }
            }
        }
        #expect(try await database.number("SELECT balance FROM account") == 100)
        try await database.write { connection throws(StoreError) in
            try connection.execute("UPDATE account SET balance = 5")
        }
        #expect(try await database.number("SELECT balance FROM account") == 5)
        await database.close()
    }

    @Test("calls queued behind a stuck one end with it, not one deadline after the other")
    func queued() async throws {
        let database = try await folder.open { options in
            options.deadline = .milliseconds(300)
            options.readers = 1
        }
        try await database.fill(1)
        let start = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<40 {
                group.addTask { await expectError(.busy) { try await database.number(Self.endless) } }
            }
        }
        // One after the other it would be over five seconds for two readers.
        #expect(ContinuousClock.now - start < .seconds(5))
        #expect(try await database.number("SELECT 1") == 1)
        await database.close()
    }

    @Test("cancelling the task interrupts the query it waits for")
    func cancelled() async throws {
        let database = try await folder.open()
        try await database.fill(1)
        let (started, signal) = AsyncStream<Void>.makeStream()
        let start = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await expectError(.cancelled) {
                    try await database.write { connection throws(StoreError) in
                        try connection.execute("UPDATE account SET balance = 0")
                        signal.yield()
                        _ = try connection.query(Self.endless) { _ in }
                    }
                }
            }
            for await _ in started { break }
            group.cancelAll()
        }
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(try await database.number("SELECT balance FROM account") == 100)
        await database.close()
    }
}
