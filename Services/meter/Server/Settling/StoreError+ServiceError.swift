package import Contracts
package import Storage

extension ServiceError {
    /// What a caller hears when the store fails; the store's own words stay in the cause.
    package init(_ error: StoreError) {
        let isPassing =
            switch error.kind {
            case .busy, .full, .unavailable, .cancelled: true
            default: false
            }
        self.init(
            isPassing ? .unavailable : .internal,
            reason: "store_\(Self.name(of: error.kind))",
            message: "the meter's database did not do what was asked",
            origin: .store,
            retry: isPassing ? .same(afterMilliseconds: 1000) : .no,
            cause: error
        )
    }

    private static func name(of kind: StoreError.Kind) -> String {
        switch kind {
        case .unavailable: "unavailable"
        case .busy: "busy"
        case .cancelled: "cancelled"
        case .constraint: "constraint"
        case .newerSchema: "newer_schema"
        case .corrupt: "corrupt"
        case .full: "full"
        case .readOnly: "read_only"
        case .migration: "migration"
        case .other: "other"
        }
    }
}

extension Database {
    /// Reads, with the store's errors as a caller of the service hears them.
    func reading<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(StoreError) -> T
    ) async throws(ServiceError) -> T {
        do throws(StoreError) {
            return try await read(body)
        } catch {
            throw ServiceError(error)
        }
    }

    /// Writes one transaction; its body refuses before it changes anything.
    func writing<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(StoreError) -> Verdict<T>
    ) async throws(ServiceError) -> T {
        let verdict: Verdict<T>
        do throws(StoreError) {
            verdict = try await write(body)
        } catch {
            throw ServiceError(error)
        }
        switch verdict {
        case .done(let value): return value
        case .refused(let error): throw error
        }
    }
}

/// How a transaction that checks before it changes has ended; a refusal has changed nothing.
enum Verdict<Value: Sendable>: Sendable {
    case done(Value)
    case refused(ServiceError)
}
