import Storage
import TestSupport
import Testing

@Suite("PostgreSQL keeps what every driver keeps", .timeLimit(.minutes(2)))
struct PostgresConformanceTests {
    @Test("case", arguments: Conformance.cases)
    func conformance(_ conformance: Conformance) async throws {
        let place = try await PostgresPlace.shared()
        try await conformance.run(Conformance.Subject { try await place.open(service: $0) })
    }
}
