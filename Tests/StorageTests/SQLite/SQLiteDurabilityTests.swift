import Foundation
import Storage
import Testing

/// The process is killed with signal 9 in the middle of its writes; a test process of its own plays the service.
@Suite("SQLite durability", .timeLimit(.minutes(3)))
struct SQLiteDurabilityTests {
    @Test(
        "after kill -9 every acknowledged transaction is there, whole, and nothing half",
        arguments: [3, 40, 150, 400]
    )
    func killed(acknowledgements: Int) async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("test.db")
        let log = folder.file("acknowledged")
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = path as String, log = log as String, acknowledgements = acknowledgements as Int] in
            let database = try await DatabaseFactory.open(.sqlite(path: path), service: "test")
            try await database.fill(8)
            let file = open(log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        for round in 0..<10_000 {
                            let id = "\(writer)-\(round)"
                            try await database.write { connection throws(StoreError) in
                                try connection.execute(
                                    "INSERT INTO entry (id, account, note) VALUES ($1, $2, $3)",
                                    [id, "a\(writer)", String(repeating: id, count: 20)]
                                )
                                try connection.execute(
                                    "UPDATE account SET balance = balance + 1 WHERE id = $1",
                                    ["a\(writer)"]
                                )
                            }
                            let line = Array("\(id)\n".utf8)
                            _ = write(file, line, line.count)
                            // Any of the eight may kill all, the others being anywhere in their transactions.
                            if lseek(file, 0, SEEK_END) / 6 > acknowledgements { kill(getpid(), SIGKILL) }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        let acknowledged = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map(String.init)
        #expect(acknowledged.count > acknowledgements / 2)

        let database = try await folder.open()
        try await database.migrate(accountMigrations)
        #expect(try await database.findDamage().isEmpty)
        let stored = try await database.read { connection throws(StoreError) in
            try connection.query("SELECT id FROM entry") { row throws(StoreError) in try row.get(0, as: String.self) }
        }
        #expect(Set(acknowledged).isSubset(of: Set(stored)))
        // Both halves of every transaction or neither.
        #expect(try await database.number("SELECT SUM(balance) - 800 FROM account") == stored.count)
        // At most one more per writer had committed and not yet said so.
        #expect(stored.count <= acknowledged.count + 8)
        await database.close()
    }
}
