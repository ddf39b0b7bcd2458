package import Contracts
package import Storage

extension ServiceError {
    /// What a caller of the saver hears when its store fails.
    package init(_ error: StoreError) {
        self.init(error, of: "saver")
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
