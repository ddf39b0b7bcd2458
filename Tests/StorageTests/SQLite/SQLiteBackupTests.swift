import Foundation
import Storage
import Testing

@Suite("SQLite backup", .timeLimit(.minutes(2)))
struct SQLiteBackupTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("a backup taken while others write is one whole state")
    func whileWriting() async throws {
        let database = try await folder.open()
        try await database.fill(20_000)
        let path = folder.file("copy.db")
        let isDone = Flag()
        let steps = Recorder<BackupProgress>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var round = 0
                while !isDone.isRaised {
                    let (from, to) = ("a\(round % 20_000)", "a\((round * 7 + 1) % 20_000)")
                    try await database.write { connection throws(StoreError) in
                        let sql = "UPDATE account SET balance = balance + $1 WHERE id = $2"
                        try connection.execute(sql, [-1, from])
                        try connection.execute(sql, [1, to])
                    }
                    round += 1
                }
                #expect(round > 0)
            }
            try await database.backup(to: path) { step in steps.append(step) }
            isDone.raise()
            try await group.waitForAll()
        }
        let progress = steps.elements
        #expect(progress.count > 1)
        #expect(progress.map(\.completedPages) == progress.map(\.completedPages).sorted())
        #expect(progress.last.map { $0.completedPages == $0.totalPages } == true)
        #expect(try folder.mode(of: "copy.db") == 0o600)
        #expect(!(try folder.names().contains { $0.hasPrefix("copy.db-") || $0.contains("partial") }))

        let copy = try await folder.open("copy.db")
        try await copy.migrate(accountMigrations)
        #expect(try await copy.number("SELECT SUM(balance) FROM account") == 2_000_000)
        #expect(try await copy.findDamage().isEmpty)
        await copy.close()
        await database.close()
    }

    @Test("nothing that exists is replaced, the database itself least of all")
    func existing() async throws {
        let database = try await folder.open()
        try await database.fill(1)
        let error = await expectError(.unavailable) { try await database.backup(to: folder.file("test.db")) }
        #expect(error?.message.contains("exists already") == true)
        await expectError(.unavailable) { try await database.backup(to: folder.path) }
        #expect(try await database.number("SELECT COUNT(*) FROM account") == 1)
        await database.close()
    }

    @Test("a backup that is cancelled or cannot be written leaves no file")
    func unfinished() async throws {
        let database = try await folder.open()
        try await database.fill(60_000)
        let before = try folder.names()
        await withTaskGroup(of: Void.self) { group in
            let path = folder.file("copy.db")
            let (started, signal) = AsyncStream<Void>.makeStream()
            let isCancelled = Flag()
            group.addTask {
                await expectError(.cancelled) {
                    try await database.backup(to: path) { _ in
                        signal.yield()
                        // Holds the copy at its first step until the task is cancelled, 10 s at most.
                        for _ in 0..<10_000 where !isCancelled.isRaised { usleep(1000) }
                    }
                }
            }
            for await _ in started { break }
            group.cancelAll()
            isCancelled.raise()
        }
        #expect(try folder.names() == before)
        await expectError(.unavailable) { try await database.backup(to: folder.file("nowhere/copy.db")) }
        #expect(try folder.names() == before)
        await database.close()
    }
}
