import GRDB

/// Runs blocking work (opening, copying, closing) on a thread of GRDB's own.
///
/// GRDB opens and closes synchronously. Storage has no thread pool, and neither an event loop nor Swift's cooperative pool
/// may block; an empty in-memory database lends its queue, which is the sanctioned place for SQLite to block.
enum BlockingRoom {
    /// Not cancellable: closing must happen in a cancelled task, too.
    static func run<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        let room = try DatabaseQueue()
        let result: Result<T, any Error> = await withCheckedContinuation { continuation in
            room.asyncWriteWithoutTransaction { _ in
                continuation.resume(returning: Result { try work() })
            }
        }
        return try result.get()
    }
}
