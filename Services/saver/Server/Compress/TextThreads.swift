import Contracts
import NIOPosix
import Synchronization

/// Threads for texts that would hold an event loop up.
final class TextThreads: Sendable {
    /// Requests that may be at work or wait; a router whose call is refused sends the texts as they are.
    private static let maximumJobs = 256

    private let pool: NIOThreadPool
    private let jobs = Mutex(0)

    init(pool: NIOThreadPool) {
        self.pool = pool
    }

    func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async throws(ServiceError) -> Value {
        let isFree = jobs.withLock { jobs in
            guard jobs < Self.maximumJobs else { return false }
            jobs += 1
            return true
        }
        guard isFree else {
            throw ServiceError(
                .resourceExhausted,
                reason: "busy",
                message: "\(Self.maximumJobs) requests with long texts are at work",
                retry: .same(afterMilliseconds: 100)
            )
        }
        defer { jobs.withLock { $0 -= 1 } }
        do {
            return try await pool.runIfActive { body() }
        } catch {
            throw ServiceError(
                .unavailable,
                reason: "stopping",
                message: "the saver is stopping",
                retry: .same(afterMilliseconds: 500)
            )
        }
    }
}
