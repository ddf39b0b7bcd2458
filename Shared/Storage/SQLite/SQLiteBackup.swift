import GRDB
import Synchronization

/// One backup: SQLite's own page copy, taken from a snapshot, into a file that gets its name at the end.
final class SQLiteBackup: Sendable {
    /// 256 KiB of pages between two looks at cancellation.
    private static let pagesPerStep: Int32 = 64

    private let source: DatabasePool
    private let path: String
    private let progress: @Sendable (BackupProgress) -> Void
    private let isCancelled = Atomic(false)

    init(source: DatabasePool, path: String, progress: @escaping @Sendable (BackupProgress) -> Void) {
        self.source = source
        self.path = path
        self.progress = progress
    }

    /// Makes ``run()`` end at its next step.
    func cancel() {
        isCancelled.store(true, ordering: .releasing)
    }

    /// Blocks until the copy is complete.
    func run() throws {
        guard !SQLiteFile.exists(path) else {
            throw StoreError(.unavailable, "\(path) exists already; a backup replaces nothing")
        }
        let temporary = "\(path).partial-\(UInt64.random(in: .min ... .max))"
        try SQLiteFile.create(temporary, exclusively: true)
        defer {
            SQLiteFile.remove(temporary)
            SQLiteFile.remove(temporary + "-journal")
        }
        let target = try DatabaseQueue(path: temporary)
        try copy(to: target)
        try target.writeWithoutTransaction { connection in
            // The copy says of itself that it has a log; a backup is one file.
            _ = try String.fetchOne(connection, sql: "PRAGMA journal_mode = DELETE")
            let findings = try String.fetchAll(connection, sql: "PRAGMA quick_check(10)")
            guard findings == ["ok"] else {
                throw StoreError(.corrupt, "the copy is damaged: \(findings.joined(separator: "; "))")
            }
        }
        try target.close()
        if isCancelled.load(ordering: .acquiring) { throw CancellationError() }
        try SQLiteFile.publish(temporary, as: path)
    }

    private func copy(to target: DatabaseQueue) throws {
        // One read transaction around all steps: the snapshot stands still while others write.
        try source.read { from in
            try target.writeWithoutTransaction { to in
                // Nothing is promised about this file before it is published.
                try to.execute(sql: "PRAGMA synchronous = OFF")
                try from.backup(to: to, pagesPerStep: Self.pagesPerStep) { [self] step in
                    if isCancelled.load(ordering: .acquiring) { throw CancellationError() }
                    progress(BackupProgress(completedPages: step.completedPageCount, totalPages: step.totalPageCount))
                }
            }
        }
    }
}
