import Storage
import Testing

@Suite("SQLite keeps what every driver keeps", .timeLimit(.minutes(2)))
struct SQLiteConformanceTests {
    @Test("case", arguments: Conformance.cases)
    func conformance(_ conformance: Conformance) async throws {
        let folder = try TemporaryFolder()
        try await conformance.run(Conformance.Subject { try await folder.open(service: $0) })
    }
}
