package import Contracts

/// How a transaction that checks before it changes has ended; a refusal has changed nothing.
package enum Verdict<Value: Sendable>: Sendable {
    case done(Value)
    case refused(ServiceError)
}

extension Database {
    /// Reads, with the store's errors as a caller of the service hears them.
    package func reading<T: Sendable>(
        for service: String,
        _ body: @escaping @Sendable (any SQLConnection) throws(StoreError) -> T
    ) async throws(ServiceError) -> T {
        do throws(StoreError) {
            return try await read(body)
        } catch {
            throw ServiceError(error, of: service)
        }
    }

    /// Writes one transaction; its body refuses before it changes anything.
    package func writing<T: Sendable>(
        for service: String,
        _ body: @escaping @Sendable (any SQLConnection) throws(StoreError) -> Verdict<T>
    ) async throws(ServiceError) -> T {
        let verdict: Verdict<T>
        do throws(StoreError) {
            verdict = try await write(body)
        } catch {
            throw ServiceError(error, of: service)
        }
        switch verdict {
        case .done(let value): return value
        case .refused(let error): throw error
        }
    }
}

extension DatabaseFactory {
    /// Opens a database, looks for damage and closes it; an SQLite file must be open nowhere else.
    ///
    /// - Returns: What is damaged; empty when nothing is.
    package static func findDamage(_ location: DatabaseLocation, service: String) async throws -> [String] {
        let database = try await open(location, service: service)
        do {
            let damage = try await database.findDamage()
            await database.close()
            return damage
        } catch {
            await database.close()
            throw error
        }
    }
}
