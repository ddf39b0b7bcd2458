import CSQLite
import Foundation
import GRDB
import Synchronization

/// A SQLite file behind a pool of readers and one writer (GRDB, write-ahead log).
///
/// Reads and writes run on GRDB's serial queues, one per connection; its async interface suspends the caller's task and
/// interrupts SQLite when that task is cancelled, which is how deadlines work.
final class SQLiteDatabase: Database {
    private let pool: DatabasePool
    private let book = StatementBook()
    private let service: String
    private let options: DatabaseOptions
    private let isClosed = Atomic(false)
    /// Nobody else changes the file; one that waits for it ends with the database.
    private let silence = AsyncStream.makeStream(of: Void.self)

    /// Set once, before SQLite allocates anything.
    private static let engine: Void = { _ = sqlite_without_memory_statistics() }()

    private init(pool: DatabasePool, service: String, options: DatabaseOptions) {
        self.pool = pool
        self.service = service
        self.options = options
    }

    static func open(
        path: String,
        service: String,
        options: DatabaseOptions
    ) async throws(StoreError) -> SQLiteDatabase {
        _ = try MigrationPlan(service: service, migrations: [])
        _ = engine
        do {
            return try await BlockingRoom.run {
                try SQLiteFile.prepare(path)
                let pool = try DatabasePool(path: path, configuration: configuration(service, options))
                try pool.writeWithoutTransaction { try setUpWriter($0, options) }
                return SQLiteDatabase(pool: pool, service: service, options: options)
            }
        } catch {
            throw StoreError(sqlite: error, path: path)
        }
    }

    func read<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(StoreError) -> T
    ) async throws(StoreError) -> T {
        try await run(options.deadline) { [pool, book] in
            try await pool.read { try body(SQLiteConnection($0, book: book, path: pool.path)) }
        }
    }

    @discardableResult
    func write<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(StoreError) -> T
    ) async throws(StoreError) -> T {
        try await run(options.deadline) { [pool, book] in
            try await pool.write { try body(SQLiteConnection($0, book: book, path: pool.path)) }
        }
    }

    func migrate(_ migrations: [Migration]) async throws(StoreError) {
        let plan = try MigrationPlan(service: service, migrations: migrations)
        try await run(options.migrationDeadline) { [pool, book] in
            try await pool.writeWithoutTransaction { connection in
                // Off, so that a table can be rebuilt under its references; they are checked before the commit instead.
                try connection.execute(sql: "PRAGMA foreign_keys = OFF")
                defer { try? connection.execute(sql: "PRAGMA foreign_keys = ON") }
                try connection.inTransaction(.immediate) {
                    let seam = SQLiteConnection(connection, book: book, path: pool.path)
                    let now = Int(Date().timeIntervalSince1970 * 1_000_000)
                    if try plan.apply(on: seam, nowMicroseconds: now) {
                        let findings = try danglingReferences(connection)
                        guard findings.isEmpty else {
                            throw StoreError(.migration, "references break: \(findings.joined(separator: "; "))")
                        }
                    }
                    return .commit
                }
            }
        }
    }

    func backup(
        to path: String,
        progress: @escaping @Sendable (BackupProgress) -> Void
    ) async throws(StoreError) {
        guard !isClosed.load(ordering: .acquiring) else { throw closed }
        let backup = SQLiteBackup(source: pool, path: path, progress: progress)
        do {
            try await withTaskCancellationHandler {
                try await BlockingRoom.run { try backup.run() }
            } onCancel: {
                backup.cancel()
            }
        } catch {
            throw StoreError(sqlite: error, path: path)
        }
    }

    func findDamage() async throws(StoreError) -> [String] {
        do {
            return try await run(options.migrationDeadline) { [pool] in
                try await pool.read { connection in
                    var findings = try String.fetchAll(connection, sql: "PRAGMA integrity_check(100)")
                    findings.removeAll { $0 == "ok" }
                    return try findings + danglingReferences(connection)
                }
            }
        } catch {
            guard error.kind == .corrupt else { throw error }
            return [error.message]
        }
    }

    func changes(on channel: String) -> AsyncStream<Void> { silence.stream }

    func close() async {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        silence.continuation.finish()
        do {
            try await BlockingRoom.run { [pool] in
                // GRDB closes the writer first, so the last connection is a reader that cannot empty the log.
                _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
                try pool.close()
            }
        } catch {
            // A connection in use stays open until its work ends, and closes with the pool; there is nobody to tell.
            return
        }
    }

    // MARK: Parts

    private var closed: StoreError { StoreError(.unavailable, "\(pool.path) is closed") }

    private func run<T: Sendable>(
        _ limit: Duration,
        _ work: @escaping @Sendable () async throws -> T
    ) async throws(StoreError) -> T {
        guard !isClosed.load(ordering: .acquiring) else { throw closed }
        do {
            return try await withDeadline(
                limit,
                storeError: { [path = pool.path] in StoreError(sqlite: $0, path: path) },
                work
            )
        } catch {
            // What a call meets that was on its way when the database closed.
            if error.kind == .other, isClosed.load(ordering: .acquiring) { throw closed }
            throw error
        }
    }

    private static func configuration(_ service: String, _ options: DatabaseOptions) -> Configuration {
        var configuration = Configuration()
        configuration.label = "keirouter.\(service)"
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(options.busyTimeout / .seconds(1))
        // One more than asked for: a backup keeps one busy for as long as it takes.
        configuration.maximumReaderCount = max(1, options.readers) + 1
        configuration.prepareDatabase { connection in
            try connection.execute(sql: "PRAGMA trusted_schema = OFF")
        }
        return configuration
    }

    /// What GRDB sets otherwise, or not, when it switches to the write-ahead log.
    private static func setUpWriter(_ connection: GRDB.Database, _ options: DatabaseOptions) throws {
        switch options.durability {
        case .power: try connection.execute(sql: "PRAGMA synchronous = FULL")
        case .process: try connection.execute(sql: "PRAGMA synchronous = NORMAL")
        }
        // After a burst the log shrinks back to this instead of keeping its largest size for good.
        try connection.execute(sql: "PRAGMA journal_size_limit = 67108864")
        if let pages = options.maximumPages {
            try connection.execute(sql: "PRAGMA max_page_count = \(pages)")
        }
    }
}

/// One line per broken reference between tables, 100 at most.
private func danglingReferences(_ connection: GRDB.Database) throws -> [String] {
    let rows = try Row.fetchCursor(connection, sql: "PRAGMA foreign_key_check")
    var findings: [String] = []
    while findings.count < 100, let row = try rows.next() {
        let table: String = row[0]
        let parent: String = row[2]
        findings.append("a row of \(table) refers to a missing row of \(parent)")
    }
    return findings
}
