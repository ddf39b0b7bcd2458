import Foundation
import Logging
import Synchronization

/// One schema of a PostgreSQL database, behind a few connections.
///
/// Reads are snapshots (REPEATABLE READ, READ ONLY) on connections of their own. Writes go one after the other, those of
/// other processes included: each transaction takes the schema's advisory lock before it looks at anything. A connection
/// that dies is replaced by the next call.
final class PostgresDatabase: Database {
    /// Between two attempts to open.
    private static let pause = Duration.milliseconds(300)
    /// How much longer than its timer a call may take before the waiting thread ends it by itself.
    private static let slack = Duration.seconds(2)

    private let links: PostgresLinks
    private let book = StatementBook()
    private let service: String
    private let options: DatabaseOptions
    /// Tells our own notifications from those of others.
    private let sender = String(UInt64.random(in: .min ... .max), radix: 36)
    private let listener: PostgresListener
    private let isClosed = Atomic(false)

    private init(links: PostgresLinks, service: String, options: DatabaseOptions) {
        self.links = links
        self.service = service
        self.options = options
        listener = PostgresListener(links.target, sender: sender)
    }

    static func open(
        url: String,
        schema: String,
        service: String,
        options: DatabaseOptions,
        logger: Logger?
    ) async throws(StoreError) -> PostgresDatabase {
        _ = try MigrationPlan(service: service, migrations: [])
        let target = try PostgresTarget(url: url, schema: schema)
        let links = PostgresLinks(target, options)
        let database = PostgresDatabase(links: links, service: service, options: options)
        var wait = PostgresWait(options.patience, logger)
        while true {
            do throws(StoreError) {
                try await database.transact(isReading: false, options.deadline) { link, call throws(StoreError) in
                    try createSchema(link, call)
                }
                wait.end()
                return database
            } catch {
                guard wait.goesOn(after: error), (try? await Task.sleep(for: pause)) != nil else {
                    await database.close()
                    guard !Task.isCancelled else { throw StoreError(.cancelled, "opening was cancelled") }
                    throw error
                }
            }
        }
    }

    /// Makes the schema where there is none; who may not make one may still use one.
    private static func createSchema(_ link: PostgresLink, _ call: PostgresCall) throws(StoreError) {
        let sql = "SELECT 1 FROM pg_namespace WHERE nspname = $1"
        let schema = link.target.schema
        let isThere = try link.run(sql, [schema], isKept: false, call, isReading: false) { result throws(StoreError) in
            PostgresColumns(result: result, row: 0).hasRows
        }
        if !isThere { try link.run("CREATE SCHEMA IF NOT EXISTS \(link.target.quotedSchema)", call) }
    }

    func read<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(StoreError) -> T
    ) async throws(StoreError) -> T {
        try await transact(isReading: true, options.deadline) { [book, sender] link, call throws(StoreError) in
            try body(PostgresConnection(link, book: book, call: call, isReading: true, sender: sender))
        }
    }

    @discardableResult
    func write<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(StoreError) -> T
    ) async throws(StoreError) -> T {
        try await transact(isReading: false, options.deadline) { [book, sender] link, call throws(StoreError) in
            try body(PostgresConnection(link, book: book, call: call, isReading: false, sender: sender))
        }
    }

    func migrate(_ migrations: [Migration]) async throws(StoreError) {
        let plan = try MigrationPlan(service: service, migrations: migrations)
        let limit = options.migrationDeadline
        let hasChanged = try await transact(isReading: false, limit) {
            [book, sender] link, call throws(StoreError) in
            let milliseconds = PostgresLinks.milliseconds(limit)
            try link.run("SET LOCAL statement_timeout = \(milliseconds)", call)
            let connection = PostgresConnection(link, book: book, call: call, isReading: false, sender: sender)
            let now = Int(Date().timeIntervalSince1970 * 1_000_000)
            return try plan.apply(on: connection, nowMicroseconds: now)
        }
        if hasChanged { links.forget() }
    }

    func backup(
        to path: String,
        progress: @escaping @Sendable (BackupProgress) -> Void
    ) async throws(StoreError) {
        guard !isClosed.load(ordering: .acquiring) else { throw closed }
        throw StoreError(
            .other,
            "the data is in \(links.target.place): back it up with pg_dump --schema=\(links.target.schema)"
        )
    }

    func findDamage() async throws(StoreError) -> [String] {
        let schema = links.target.schema
        return try await read { connection throws(StoreError) in
            try connection.query(
                """
                SELECT relation.relname FROM pg_index AS entry
                JOIN pg_class AS relation ON relation.oid = entry.indexrelid
                JOIN pg_namespace AS place ON place.oid = relation.relnamespace
                WHERE place.nspname = $1 AND NOT (entry.indisvalid AND entry.indisready)
                ORDER BY 1
                """,
                [schema]
            ) { row throws(StoreError) in "the index \(try row.get(0, as: String.self)) is not valid: REINDEX it" }
        }
    }

    func changes(on channel: String) -> AsyncStream<Void> {
        listener.changes(on: links.target.channel(channel))
    }

    func close() async {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        await listener.close()
        await links.close()
    }

    // MARK: Parts

    private var closed: StoreError { StoreError(.unavailable, "\(links.target.place) is closed") }

    private func transact<T: Sendable>(
        isReading: Bool,
        _ limit: Duration,
        _ body: @escaping @Sendable (PostgresLink, PostgresCall) throws(StoreError) -> T
    ) async throws(StoreError) -> T {
        guard !isClosed.load(ordering: .acquiring) else { throw closed }
        let call = PostgresCall(limit + Self.slack)
        let closed = closed
        return try await withDeadline(limit) { [self] error in
            switch error {
            case let error as StoreError: error
            // What waited for a thread when the database closed.
            case is CancellationError where !isClosed.load(ordering: .acquiring):
                StoreError(.cancelled, "the call was cancelled")
            default: closed
            }
        } _: { [links] in
            try await withTaskCancellationHandler {
                try await links.run(isReading: isReading) {
                    try Self.transaction(isReading: isReading, links, call, body)
                }
            } onCancel: {
                call.cancel()
            }
        }
    }

    /// One transaction, on a thread that may block.
    private static func transaction<T>(
        isReading: Bool,
        _ links: PostgresLinks,
        _ call: PostgresCall,
        _ body: (PostgresLink, PostgresCall) throws(StoreError) -> T
    ) throws(StoreError) -> T {
        guard !call.isCancelled else { throw StoreError(.cancelled, "the call was cancelled") }
        let link = try links.begin(isReading: isReading, call)
        defer { links.give(link, isReading) }
        do throws(StoreError) {
            let value = try body(link, call)
            if call.isCancelled { throw StoreError(.cancelled, "the call was cancelled") }
            if link.isBroken {
                throw StoreError(.unavailable, "\(links.target.place) went away; nothing was changed")
            }
            if isReading {
                try link.run("COMMIT", PostgresCall(), isReading: true)
            } else {
                try commit(link, links.deadline)
            }
            return value
        } catch {
            if !link.isBroken {
                do throws(StoreError) {
                    try link.run("ROLLBACK", PostgresCall())
                } catch {
                    link.abandon()
                }
            }
            throw error
        }
    }

    /// Commits; a call that is cancelled now waits for the answer all the same.
    private static func commit(_ link: PostgresLink, _ limit: Duration) throws(StoreError) {
        do throws(StoreError) {
            try link.run("COMMIT", PostgresCall(limit))
        } catch {
            guard link.isBroken else { throw error }
            var unknown = StoreError(
                .unavailable,
                "\(link.target.place) went away while it committed: whether the change was made is not known"
            )
            unknown.isOutcomeUnknown = true
            throw unknown
        }
    }
}
