package import Contracts
package import Storage

extension ServiceError {
    /// What a caller of the saver hears when its store fails.
    package init(_ error: StoreError) {
        self.init(error, of: "saver")
    }
}

extension Database {
    /// Reads, with the store's errors as a caller of the saver hears them.
    func reading<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(StoreError) -> T
    ) async throws(ServiceError) -> T {
        try await reading(for: "saver", body)
    }

    /// Writes one transaction; its body refuses before it changes anything.
    func writing<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(StoreError) -> Verdict<T>
    ) async throws(ServiceError) -> T {
        try await writing(for: "saver", body)
    }
}
