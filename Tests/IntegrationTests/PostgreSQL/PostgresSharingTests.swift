import Contracts
import TestSupport
import Testing

extension Integration {
    /// One database, one installation or several.
    @Suite("Installations on PostgreSQL")
    struct PostgresSharingTests {
        private static let masterKey = "xh5aM3Lq0bZ8nT2vYw7KcE4jRfU1oPs9GdHiXlQmV6A="

        @Test("a whole installation serves, masks, meters and keeps it, and no file of a database is made")
        func whole() async throws {
            let mock = try await MockProvider.start()
            let database = try await PostgresServer.shared().makeDatabase()
            var setup = PostgresGateway.setup(mock, storage: database)
            setup.environment["KEIROUTER_MASTER_KEY"] = Self.masterKey
            let first = try await Gateway.start(setup, supervised: true)
            let response = try await PostgresGateway.chat(first, "Write to \(Load.address).")
            #expect(response.status == 200)
            LedgerCheck.masked(mock)
            let row = try await first.row(try #require(response.requestID))
            #expect(row.outcome == Outcome.ok)
            #expect((row.costNanoUSD ?? 0) > 0)
            let spent = try await first.key("load").spentNanoUSD
            #expect(spent == row.costNanoUSD)
            try await PostgresGateway.waitForPortal(first)
            try await first.stop()
            #expect(TestFile.all(below: first.data).filter { $0.hasSuffix(".db") || $0.hasSuffix("-wal") }.isEmpty)

            // Another machine, the same database.
            let second = try await Gateway.start(setup, supervised: true)
            #expect(try await second.ledger().map(\.requestID) == [row.requestID])
            #expect(try await second.key("load").spentNanoUSD == spent)
            #expect(try await PostgresGateway.chat(second).status == 200)
            try await second.stop()
        }

        @Test("what is changed through one router reaches another")
        func changes() async throws {
            let mock = try await MockProvider.start()
            let database = try await PostgresServer.shared().makeDatabase()
            var setup = PostgresGateway.setup(mock, storage: database)
            setup.environment["KEIROUTER_MASTER_KEY"] = Self.masterKey
            let first = try await Gateway.start(setup)
            // One meter per database: the second installation asks the first one's.
            setup.settings = ["services: { meter: { endpoint: \"unix://\(first.data)/run/meter.sock\" } }"]
            let second = try await Gateway.start(setup, programs: [.guard, .saver, .router])

            let provider = ProviderItem(id: "late", name: "late", dialect: "openai", baseURL: "https://late.example/v1")
            _ = try await first.call(.router, AdminMethods.routerV1.providers.put, PutRequest(item: provider))
            try await Poll.until("the other router has the provider", deadline: .seconds(5)) {
                let list = AdminMethods.routerV1.providers.list
                return try await second.call(.router, list, ListRequest()).items.contains { $0.id == "late" }
            }
            try await second.stop()
            try await first.stop()
        }

        @Test("of two portals on one database the second waits, says why, and takes over")
        func portals() async throws {
            let mock = try await MockProvider.start()
            let database = try await PostgresServer.shared().makeDatabase()
            let setup = PostgresGateway.setup(mock, storage: database)
            let (first, second) = (try Gateway.prepare(setup), try Gateway.prepare(setup))
            try first.launch(.portal)
            try await Poll.until("the first serves") { first.log.contains("portal serves") }
            try second.launch(.portal)
            try await Poll.until("the second says why not") {
                second.log.contains("in use by another process of this service")
            }
            #expect(!second.log.contains("portal serves") && !second.log.contains("claim code"))
            try await first.kill(.portal)
            try await Poll.until("the second serves") { second.log.contains("portal serves") }
            try await second.stop()
        }
    }
}
