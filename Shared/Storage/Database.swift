package import Logging

/// One service's database: SQLite or PostgreSQL by the same interface.
///
/// All methods may be called from any task, event loops included: they suspend, and the blocking work happens on threads
/// of the driver. Each call ends within ``DatabaseOptions/deadline`` (plus ``DatabaseOptions/busyTimeout`` while another
/// process holds the lock) with ``StoreError/Kind/busy``, or soon after its task is cancelled. Closures over several
/// statements are written `{ connection throws(StoreError) in … }`.
package protocol Database: Sendable {
    /// Runs queries on one snapshot of the data; a statement that writes is refused.
    ///
    /// Reads run beside each other and beside the one writer.
    func read<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(StoreError) -> T
    ) async throws(StoreError) -> T

    /// Runs one transaction: all of it is on the disk when this returns, none of it when this throws.
    ///
    /// Writes run one after the other, so the body should compute nothing that could be computed before.
    @discardableResult
    func write<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(StoreError) -> T
    ) async throws(StoreError) -> T

    /// Brings the schema up to the last of these; see ``Migration``.
    func migrate(_ migrations: [Migration]) async throws(StoreError)

    /// Writes a consistent copy into a new file while reads and writes go on.
    ///
    /// The file appears under its name only when it is complete, checked and on the disk. There is no deadline; cancel the
    /// task to stop.
    ///
    /// - Parameters:
    ///   - path: A file that does not exist yet.
    ///   - progress: Called on a driver's thread after each part.
    /// - Throws: ``StoreError``; then no file is left behind.
    func backup(
        to path: String,
        progress: @escaping @Sendable (BackupProgress) -> Void
    ) async throws(StoreError)

    /// Looks for damage, for `doctor`: one line per finding, none when all is well. Reads everything, so it takes a while.
    func findDamage() async throws(StoreError) -> [String]

    /// An element for each time that another process may have changed something and has notified this channel (see
    /// ``SQLConnection/notify(_:)``), and one at the beginning and after each reconnection, when what was missed is unknown.
    ///
    /// Several changes at once become one element. A file of SQLite has one process: nothing ever comes, and the stream ends
    /// with the database.
    ///
    /// - Parameter channel: Lower-case letters, digits and `_`.
    /// - Returns: A stream for one listener; it ends when the database is closed.
    func changes(on channel: String) -> AsyncStream<Void>

    /// Waits for what is running, then closes; every later call throws ``StoreError/Kind/unavailable``.
    func close() async
}

extension Database {
    package func backup(to path: String) async throws(StoreError) {
        try await backup(to: path) { _ in }
    }
}

/// How far a backup is.
package struct BackupProgress: Hashable, Sendable {
    package var completedPages: Int
    package var totalPages: Int

    package init(completedPages: Int, totalPages: Int) {
        self.completedPages = completedPages
        self.totalPages = totalPages
    }
}

/// Where a service's data is.
package enum DatabaseLocation: Hashable, Sendable {
    /// A file; it is created with mode 0600, its folder is not.
    case sqlite(path: String)
    /// A schema of a PostgreSQL database; it is created where there is none, the database is not.
    case postgres(url: String, schema: String)

    /// Where a service's data is by the setting `storage.url`.
    ///
    /// - Parameters:
    ///   - setting: `sqlite`, or a `postgres://` URL.
    ///   - file: The path of the file, for `sqlite`.
    ///   - service: Names the schema.
    package init(setting: String, file: String, service: String) {
        self = setting == "sqlite" ? .sqlite(path: file) : .postgres(url: setting, schema: service)
    }

    /// For messages: the file, or the schema; never the URL, which holds a password.
    package var name: String {
        switch self {
        case .sqlite(let path): path
        case .postgres(_, let schema): "schema \(schema) in PostgreSQL"
        }
    }
}

/// The numbers of a database; the defaults are for production.
package struct DatabaseOptions: Hashable, Sendable {
    /// What a committed transaction survives.
    package enum Durability: Hashable, Sendable {
        /// A power failure: every commit waits for the disk.
        case power
        /// The death of the process; a power failure, or the death of a database server, may take the last moments, never consistency.
        case process
    }

    /// The longest that one read or write may take, waiting included.
    package var deadline: Duration = .seconds(30)
    /// The longest that all migrations together may take.
    package var migrationDeadline: Duration = .seconds(3600)
    /// How long opening waits for a database server that is away, and at most ``ownerPatience`` for another owner.
    package var patience: Duration = .seconds(10)
    /// How long to wait for another process to release the database.
    package var busyTimeout: Duration = .seconds(5)
    /// How many reads run at once.
    package var readers = 4
    package var durability: Durability = .power
    /// The most pages (4 KiB each) the file may have; `nil` for no limit but the disk.
    package var maximumPages: Int?
    /// Whether no other process may write meanwhile.
    ///
    /// PostgreSQL keeps a session's lock for it; for SQLite's file the folder's lock does.
    package var isExclusive = false

    /// How long a service that starts waits for its database server.
    ///
    /// As long as a server takes that starts with its machine and recovers from a crash; whoever supervises the service starts
    /// it again when that was not enough.
    package static let startPatience = Duration.seconds(120)
    /// How long opening waits for another process that owns the database: the server notices within 25 s that the machine
    /// of a former owner is gone.
    package static let ownerPatience = Duration.seconds(30)

    package init() {}
}

package enum DatabaseFactory {
    /// Opens a database and creates an empty one where there is none.
    ///
    /// - Parameters:
    ///   - location: Where it is.
    ///   - service: Lower-case letters, digits and `_`; names the table of applied migrations, so that services may share a
    ///     database.
    ///   - options: Deadlines and limits.
    ///   - logger: Hears that a server is waited for, and why.
    /// - Returns: The open database; its schema is whatever it was.
    /// - Throws: ``StoreError`` that names the path and what is wrong with it.
    package static func open(
        _ location: DatabaseLocation,
        service: String,
        options: DatabaseOptions = DatabaseOptions(),
        logger: Logger? = nil
    ) async throws(StoreError) -> any Database {
        switch location {
        case .sqlite(let path):
            try await SQLiteDatabase.open(path: path, service: service, options: options)
        case .postgres(let url, let schema):
            try await PostgresDatabase.open(
                url: url,
                schema: schema,
                service: service,
                options: options,
                logger: logger
            )
        }
    }
}
