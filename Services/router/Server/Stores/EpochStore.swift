import Logging
import RouterCore
import Storage
import Synchronization

/// Keeps which settings each API key was last served under, for a router that starts with an empty memory.
///
/// A key is written when its epoch changes: once for each change of the savers' settings, and never on a request's path.
final class EpochStore: Sendable {
    private struct State {
        var waiting: [String: String] = [:]
        var isWriting = false
    }

    private let database: any Database
    private let logger: Logger
    private let state = Mutex(State())

    private init(database: any Database, logger: Logger) {
        self.database = database
        self.logger = logger
    }

    /// Reads what is stored.
    ///
    /// - Returns: A book that has it stored when it changes; one that cannot be read is as empty as that of a new router.
    static func book(_ book: RouterBook, _ logger: Logger) async -> EpochBook {
        let database = book.keeper.database
        let store = EpochStore(database: database, logger: logger)
        var stored: [String: String] = [:]
        do throws(StoreError) {
            stored = try await database.write { connection throws(StoreError) in try load(connection) }
        } catch {
            logger.warning("the epochs of the savers' settings could not be read", metadata: ["error": "\(error)"])
        }
        return EpochBook(stored: stored) { store.put($0, $1) }
    }

    private static func load(_ connection: any SQLConnection) throws(StoreError) -> [String: String] {
        let rows = try connection.query(
            "SELECT key_id, epoch, updated_us FROM saver_epoch ORDER BY updated_us DESC LIMIT \(EpochBook.limit)"
        ) { row throws(StoreError) -> (String, String, Int) in (try row.get(0), try row.get(1), try row.get(2)) }
        if rows.count >= EpochBook.limit, let oldest = rows.last?.2 {
            try connection.execute("DELETE FROM saver_epoch WHERE updated_us < $1", [oldest])
        }
        return Dictionary(rows.map { ($0.0, $0.1) }) { first, _ in first }
    }

    private func put(_ key: String, _ epoch: String) {
        let isFirst = state.withLock { state in
            state.waiting[key] = epoch
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if isFirst { Task { await write() } }
    }

    /// Writes what waits, and what comes to wait meanwhile.
    private func write() async {
        while true {
            let batch = state.withLock { state in
                defer { state.waiting = [:] }
                if state.waiting.isEmpty { state.isWriting = false }
                return state.waiting
            }
            guard !batch.isEmpty else { return }
            do throws(StoreError) {
                try await database.write { connection throws(StoreError) in
                    for (key, epoch) in batch { try Self.put(key, epoch, connection) }
                }
            } catch {
                // The next start may then send one conversation in another form than before: dearer, not wrong.
                logger.warning("an epoch of the savers' settings could not be stored", metadata: ["error": "\(error)"])
            }
        }
    }

    private static func put(_ key: String, _ epoch: String, _ connection: any SQLConnection) throws(StoreError) {
        try connection.execute(
            """
            INSERT INTO saver_epoch (key_id, epoch, updated_us) VALUES ($1, $2, $3)
            ON CONFLICT (key_id) DO UPDATE SET epoch = excluded.epoch, updated_us = excluded.updated_us
            """,
            [key, epoch, BookTime.nowUS]
        )
    }
}
