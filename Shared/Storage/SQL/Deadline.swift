/// Runs work that ends early when its task is cancelled, and cancels it when the time is up.
///
/// - Returns: What the work returned, also when it finished just after its time.
/// - Throws: ``StoreError/Kind/busy`` for work that was cut off, ``StoreError/Kind/cancelled`` when the caller's own task
///   was cancelled, else what `storeError` makes of the work's error.
func withDeadline<T: Sendable>(
    _ limit: Duration,
    storeError: @escaping @Sendable (any Error) -> StoreError,
    _ work: @escaping @Sendable () async throws -> T
) async throws(StoreError) -> T {
    let (result, isExpired) = await race(limit, work)
    switch result {
    case .success(let value): return value
    case .failure(let error):
        let mapped = storeError(error)
        guard mapped.kind == .cancelled, isExpired else { throw mapped }
        throw StoreError(.busy, "the database did not answer within \(limit)")
    }
}

private enum RaceEvent<T: Sendable>: Sendable {
    case finished(Result<T, any Error>)
    case expired
    case stopped
}

private func race<T: Sendable>(
    _ limit: Duration,
    _ work: @escaping @Sendable () async throws -> T
) async -> (Result<T, any Error>, isExpired: Bool) {
    await withTaskGroup(of: RaceEvent<T>.self) { group in
        group.addTask {
            do {
                return .finished(.success(try await work()))
            } catch {
                return .finished(.failure(error))
            }
        }
        group.addTask {
            do {
                try await ContinuousClock().sleep(for: limit)
                return .expired
            } catch {
                return .stopped
            }
        }
        var isExpired = false
        for await event in group {
            switch event {
            case .finished(let result):
                group.cancelAll()
                return (result, isExpired)
            case .expired:
                isExpired = true
                group.cancelAll()
            case .stopped:
                break
            }
        }
        return (.failure(CancellationError()), isExpired)
    }
}
