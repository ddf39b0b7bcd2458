import Storage
import Testing

/// What every driver has to keep; each case gets an empty database.
///
/// A driver's tests run all of them: `@Test(arguments: Conformance.cases)`.
struct Conformance: Sendable, CustomTestStringConvertible {
    /// An empty place and how to open it, for one service or several.
    struct Subject: Sendable {
        let open: @Sendable (_ service: String) async throws -> any Database
    }

    let testDescription: String
    let run: @Sendable (Subject) async throws -> Void

    init(_ description: String, _ run: @escaping @Sendable (Subject) async throws -> Void) {
        testDescription = description
        self.run = run
    }

    /// A case that needs one database and nothing in it.
    static func plain(_ description: String, _ run: @escaping @Sendable (any Database) async throws -> Void) -> Self {
        Conformance(description) { subject in
            let database = try await subject.open("test")
            try await run(database)
            await database.close()
        }
    }

    static let cases = values + statements + transactions + concurrency + migrations
}

/// Expects an error of this kind and hands it back.
@discardableResult
func expectError<T: Sendable>(
    _ kind: StoreError.Kind,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> T
) async -> StoreError? {
    do {
        _ = try await body()
        Issue.record("expected \(kind), nothing was thrown", sourceLocation: sourceLocation)
    } catch let error as StoreError {
        #expect(error.kind == kind, "\(error)", sourceLocation: sourceLocation)
        return error
    } catch {
        Issue.record("expected a StoreError, not \(error)", sourceLocation: sourceLocation)
    }
    return nil
}
