import Contracts
import Synchronization

/// Everything that changes the store, in the order in which it came in.
///
/// One task takes the work out, so that what is committed and what is in memory change in the same order. Settlements that
/// wait together are handed out together: one transaction for all of them is what makes their rate high.
final class WriteQueue: Sendable {
    /// Records that wait at most; a router keeps the rest in its spool.
    static let maximumRecords = 100_000
    /// Other work that waits at most.
    static let maximumJobs = 1000
    /// Records in one transaction.
    static let batch = 2000

    struct Settlement: Sendable {
        var records: [UsageRecord]
        var reply: CheckedContinuation<Result<SettleReply, ServiceError>, Never>
    }

    enum Work: Sendable {
        case settle([Settlement])
        case job(@Sendable () async -> Void)
    }

    private struct State {
        var settlements: [Settlement] = []
        var records = 0
        var jobs: [@Sendable () async -> Void] = []
        var isClosed = false
        var waiter: CheckedContinuation<Void, Never>?
        /// Whether jobs go first next time: neither kind of work starves the other.
        var prefersJobs = false
    }

    private let state = Mutex(State())

    /// Settles records: suspends until they are committed.
    func settle(_ records: [UsageRecord]) async throws(ServiceError) -> SettleReply {
        let result: Result<SettleReply, ServiceError> = await withCheckedContinuation { continuation in
            let refusal = state.withLock { state -> ServiceError? in
                if state.isClosed { return .stopping }
                if state.records + records.count > Self.maximumRecords { return .overloaded }
                state.settlements.append(Settlement(records: records, reply: continuation))
                state.records += records.count
                return nil
            }
            if let refusal { continuation.resume(returning: .failure(refusal)) } else { wake() }
        }
        return try result.get()
    }

    /// Runs other work in turn and hands back its result.
    func perform<Result: Sendable>(
        _ body: @escaping @Sendable () async throws(ServiceError) -> Result
    ) async throws(ServiceError) -> Result {
        let result: Swift.Result<Result, ServiceError> = await withCheckedContinuation { continuation in
            let refusal = enqueue {
                do throws(ServiceError) {
                    continuation.resume(returning: .success(try await body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            if let refusal { continuation.resume(returning: .failure(refusal)) }
        }
        return try result.get()
    }

    /// Runs other work in turn; nobody waits, and a full queue drops it.
    func submit(_ body: @escaping @Sendable () async -> Void) {
        _ = enqueue(body)
    }

    private func enqueue(_ job: @escaping @Sendable () async -> Void) -> ServiceError? {
        let refusal = state.withLock { state -> ServiceError? in
            if state.isClosed { return .stopping }
            if state.jobs.count >= Self.maximumJobs { return .overloaded }
            state.jobs.append(job)
            return nil
        }
        if refusal == nil { wake() }
        return refusal
    }

    /// The next work, for one task only: `nil` when the queue is closed and empty.
    func next() async -> Work? {
        while true {
            let (work, isOver) = state.withLock { state in (Self.take(from: &state), state.isClosed) }
            if let work { return work }
            if isOver { return nil }
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    guard state.settlements.isEmpty, state.jobs.isEmpty, !state.isClosed else { return true }
                    state.waiter = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Takes no more work; what has come in is still done.
    func close() {
        state.withLock { $0.isClosed = true }
        wake()
    }

    private func wake() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    private static func take(from state: inout State) -> Work? {
        let takesJob = !state.jobs.isEmpty && (state.prefersJobs || state.settlements.isEmpty)
        state.prefersJobs = !takesJob
        if takesJob { return .job(state.jobs.removeFirst()) }
        guard !state.settlements.isEmpty else { return nil }
        var count = 0
        var taken = 0
        for settlement in state.settlements {
            guard taken == 0 || count + settlement.records.count <= batch else { break }
            count += settlement.records.count
            taken += 1
        }
        let settlements = Array(state.settlements[..<taken])
        state.settlements.removeFirst(taken)
        state.records -= count
        return .settle(settlements)
    }
}

extension ServiceError {
    static let stopping = ServiceError(
        .unavailable,
        reason: "stopping",
        message: "the meter is stopping",
        retry: .same(afterMilliseconds: 500)
    )

    static let overloaded = ServiceError(
        .resourceExhausted,
        reason: "queue_full",
        message: "too much is waiting to be written",
        retry: .same(afterMilliseconds: 500)
    )
}
