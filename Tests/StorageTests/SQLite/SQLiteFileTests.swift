import Dispatch
import Foundation
import Storage
import Testing

@Suite("SQLite files", .timeLimit(.minutes(1)))
struct SQLiteFileTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("the database and its companions belong to their owner alone")
    func modes() async throws {
        let database = try await folder.open()
        try await database.fill(1)
        #expect(try folder.names() == ["test.db", "test.db-shm", "test.db-wal"])
        for name in try folder.names() { #expect(try folder.mode(of: name) == 0o600, "\(name)") }
        await database.close()
        #expect(try folder.mode(of: "test.db") == 0o600)
    }

    @Test("a database that others could read is closed to them")
    func tightened() async throws {
        let first = try await folder.open()
        try await first.fill(1)
        await first.close()
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.file("test.db"))
        let second = try await folder.open()
        #expect(try folder.mode(of: "test.db") == 0o600)
        #expect(try await second.number("SELECT COUNT(*) FROM account") == 1)
        await second.close()
    }

    @Test("closing leaves one file with everything in it")
    func closed() async throws {
        let database = try await folder.open()
        try await database.fill(5)
        await database.close()
        let size = try FileManager.default.attributesOfItem(atPath: folder.file("test.db"))[.size] as? Int
        #expect((size ?? 0) > 4096)
        let log = try? FileManager.default.attributesOfItem(atPath: folder.file("test.db-wal"))[.size] as? Int
        #expect(log ?? 0 == 0)
    }

    @Test("a missing folder, a folder in the file's place and a text file are told apart")
    func wrongPlaces() async throws {
        let missing = await expectError(.unavailable) { try await folder.open("nowhere/x.db") }
        #expect(missing?.message.contains("nowhere/x.db: No such file or directory") == true)
        let directory = await expectError(.unavailable) {
            try await DatabaseFactory.open(.sqlite(path: folder.path), service: "test")
        }
        #expect(directory?.message.contains("is not a file") == true)
        try Data(String(repeating: "this is not a database. ", count: 200).utf8)
            .write(to: URL(fileURLWithPath: folder.file("text.db")))
        let text = await expectError(.corrupt) { try await folder.open("text.db") }
        #expect(text?.message.contains("text.db is damaged or no database") == true)
    }

    @Test("a file that may not be written is refused when it is opened", .enabled(if: geteuid() != 0))
    func readOnly() async throws {
        let first = try await folder.open()
        try await first.fill(1)
        await first.close()
        try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: folder.file("test.db"))
        await expectError(.readOnly) { try await folder.open() }
    }

    @Test("a place that cannot be written is an error that names it")
    func readOnlyPlace() async throws {
        do {
            _ = try await DatabaseFactory.open(.sqlite(path: "/proc/keirouter.db"), service: "test")
            Issue.record("opened a database in /proc")
        } catch {
            #expect(error.message.contains("cannot create /proc/keirouter.db"))
        }
    }

    @Test("a full disk fails the write and keeps what was there")
    func full() async throws {
        let database = try await folder.open { $0.maximumPages = 40 }
        try await database.fill(2)
        let note = String(repeating: "x", count: 50_000)
        let error = await expectError(.full) {
            try await database.write { connection throws(StoreError) in
                for index in 0..<20 {
                    try connection.execute(
                        "INSERT INTO entry (id, account, note) VALUES ($1, 'a0', $2)",
                        ["e\(index)", note + "\(index)"]
                    )
                }
            }
        }
        #expect(error?.message.contains("no space left") == true)
        #expect(try await database.number("SELECT COUNT(*) FROM entry") == 0)
        try await database.write { connection throws(StoreError) in
            try connection.execute("UPDATE account SET balance = 7")
        }
        #expect(try await database.number("SELECT SUM(balance) FROM account") == 14)
        #expect(try await database.findDamage().isEmpty)
        await database.close()
    }

    @Test("damage inside the file is found, and reading it is an error")
    func damage() async throws {
        let first = try await folder.open()
        try await first.fill(2000)
        #expect(try await first.findDamage().isEmpty)
        await first.close()
        let url = URL(fileURLWithPath: folder.file("test.db"))
        var bytes = try Data(contentsOf: url)
        for index in stride(from: 4096 * 3, to: bytes.count, by: 7) { bytes[index] = 0xA5 }
        try bytes.write(to: url)
        let second = try await folder.open()
        let findings = try await second.findDamage()
        #expect(!findings.isEmpty && findings.count <= 200)
        await expectError(.corrupt) { try await second.number("SELECT SUM(LENGTH(id) + balance) FROM account") }
        await second.close()
    }

    @Test("a second process that holds the database makes a write wait, then fail as busy")
    func locked() async throws {
        let holder = try await folder.open()
        try await holder.fill(1)
        let waiting = try await folder.open { $0.busyTimeout = .milliseconds(200) }
        try await holder.write { connection throws(StoreError) in
            try connection.execute("UPDATE account SET balance = 1")
            // The lock is held while this closure runs, so the other connection must be tried from inside it.
            let error = blockingError {
                _ = try await waiting.write { c throws(StoreError) in try c.execute("DELETE FROM account") }
            }
            #expect(error?.kind == .busy)
            #expect(error?.message.contains("locked by another process") == true)
        }
        try await waiting.write { connection throws(StoreError) in
            try connection.execute("UPDATE account SET balance = 2")
        }
        #expect(try await holder.number("SELECT balance FROM account") == 2)
        await holder.close()
        await waiting.close()
    }
}

/// Waits for an async call on the driver's own thread, for a test that must act while that thread holds a lock.
private func blockingError(_ body: @escaping @Sendable () async throws -> Void) -> StoreError? {
    let result = Recorder<StoreError>()
    let finished = DispatchSemaphore(value: 0)
    Task {
        do {
            try await body()
        } catch {
            if let error = error as? StoreError { result.append(error) }
        }
        finished.signal()
    }
    #expect(finished.wait(timeout: .now() + 20) == .success)
    return result.elements.first
}
