import Storage
import TestSupport

/// A schema of a test's own on a server.
struct PostgresPlace: Sendable {
    let url: String
    let schema = PostgresServer.newSchema()

    /// - Parameters:
    ///   - server: Where the schema is.
    ///   - parameters: What is set in the URL, `?name=value`.
    init(_ server: PostgresServer, parameters: String = "") {
        url = server.url() + parameters
    }

    static func shared() async throws -> PostgresPlace {
        PostgresPlace(try await PostgresServer.shared())
    }

    func open(
        service: String = "test",
        _ configure: (inout DatabaseOptions) -> Void = { _ in }
    ) async throws -> any Database {
        var options = DatabaseOptions()
        options.durability = .process
        configure(&options)
        return try await DatabaseFactory.open(.postgres(url: url, schema: schema), service: service, options: options)
    }
}
