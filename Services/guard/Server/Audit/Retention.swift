import Storage

/// Deletes decisions that have been kept long enough, a bounded batch at a time.
struct Retention: Sendable {
    /// Rows in one transaction: a few milliseconds, so that nothing waits noticeably.
    static let batch = 1000

    let database: any Database
    /// 0 keeps everything.
    let days: Int

    /// Sweeps once.
    ///
    /// - Returns: How many rows went.
    func sweep(nowUS: Int) async throws(StoreError) -> Int {
        guard days > 0 else { return 0 }
        let cutoff = nowUS - min(days, 36_500) * 86_400_000_000
        var deleted = 0
        while !Task.isCancelled {
            let count = try await database.write { connection throws(StoreError) in
                try DecisionStore.delete(beforeUS: cutoff, limit: Self.batch, connection)
            }
            deleted += count
            if count < Self.batch { break }
        }
        return deleted
    }
}
