package import Testing

/// Where a test keeps its data.
///
/// A suite or a test with the trait ``Testing/Trait/bothEngines`` runs once on each engine. A test has its databases by its temporary folder: a file in it, or a schema that is named after it, on the one server of the
/// test's process. Whoever opens the same folder again finds the same data.
package enum TestStore: Sendable, Hashable {
    case sqlite
    case postgres(url: String)

    /// Of the test that runs; SQLite where no trait says otherwise.
    @TaskLocal package static var current: TestStore = .sqlite

    /// For `storage.url`.
    package var setting: String {
        switch self {
        case .sqlite: "sqlite"
        case .postgres(let url): url
        }
    }

    package var name: String { self == .sqlite ? "SQLite" : "PostgreSQL" }

    /// The schema of a service's data for a folder.
    package static func schema(_ service: String, _ folder: TemporaryFolder) -> String {
        "\(folder.path.split(separator: "/").last ?? "test")_\(service)"
    }

    /// Everything that a service has stored for a folder, as bytes that a test looks for a text in.
    ///
    /// - Parameters:
    ///   - service: Names the file and the schema.
    ///   - folder: The test's.
    /// - Returns: The file with its log, or the dump of the schema.
    /// - Throws: ``TestSupportError`` when there is nothing, or it cannot be read.
    package func bytes(of service: String, in folder: TemporaryFolder) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        switch self {
        case .sqlite:
            for name in ["\(service).db", "\(service).db-wal"] { bytes += TestFile.bytes(folder.file(name)) }
        case .postgres:
            bytes = try await PostgresServer.shared().dump(schema: Self.schema(service, folder))
        }
        guard !bytes.isEmpty else { throw TestSupportError("the \(service) has stored nothing") }
        return bytes
    }
}

/// Runs each test of a suite on every engine, and says in what fails on which one it was.
package struct EnginesTrait: SuiteTrait, TestTrait, TestScoping {
    /// Whether it is about the server alone.
    let isOnServerOnly: Bool

    package var isRecursive: Bool { true }

    @concurrent
    package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        // A test's own word is the last one.
        let isNarrowed = test.traits.contains { trait in
            trait is SQLiteOnlyTrait || !isOnServerOnly && (trait as? EnginesTrait)?.isOnServerOnly == true
        }
        guard !isNarrowed else { return try await function() }
        let server = TestStore.postgres(url: try await PostgresServer.shared().url())
        for store in isOnServerOnly ? [server] : [.sqlite, server] {
            let note = IssueHandlingTrait.compactMapIssues { issue in
                var issue = issue
                issue.comments.append("on \(store.name)")
                return issue
            }
            try await TestStore.$current.withValue(store) {
                try await note.provideScope(for: test, testCase: testCase) {
                    do {
                        try await function()
                    } catch let error where !(error is ExpectationFailedError || error is CancellationError) {
                        throw TestSupportError("on \(store.name): \(error)")
                    }
                }
            }
        }
    }
}

/// Marks a test of such a suite that is about SQLite, or too much for a server on a machine that has other things to do.
package struct SQLiteOnlyTrait: TestTrait {
    package let comments: [Comment]
}

extension Trait where Self == SQLiteOnlyTrait {
    /// Not on PostgreSQL, for this reason.
    package static func sqliteOnly(_ reason: Comment) -> Self { Self(comments: [reason]) }
}

extension Trait where Self == EnginesTrait {
    /// Once on SQLite and once on PostgreSQL; see ``TestStore``.
    package static var bothEngines: Self { Self(isOnServerOnly: false) }
    /// On PostgreSQL alone: what a file, which one process has, cannot do.
    package static var onPostgres: Self { Self(isOnServerOnly: true) }
}
