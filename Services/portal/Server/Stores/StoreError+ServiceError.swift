import Contracts
import Storage

extension Database {
    /// Reads, with the store's errors as a visitor of the portal hears them.
    func reading<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(StoreError) -> T
    ) async throws(ServiceError) -> T {
        try await reading(for: "portal", body)
    }

    /// Writes one transaction; its body refuses before it changes anything.
    func writing<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(StoreError) -> Verdict<T>
    ) async throws(ServiceError) -> T {
        try await writing(for: "portal", body)
    }
}
