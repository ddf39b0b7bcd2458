import Contracts
import GuardServer
import Storage
import TestSupport
import Testing

@Suite("Decisions on their way", .bothEngines)
struct AuditQueueTests {
    @Test("one that the database refuses takes none of those beside it with it")
    func refused() async throws {
        let folder = try TemporaryFolder()
        let database = try await DatabaseFactory.open(.guard(folder), service: "guard", options: DatabaseOptions())
        try await database.migrate(GuardSchema.migrations)
        try await database.write { connection throws(StoreError) in
            try connection.execute("CREATE UNIQUE INDEX one_of_a_reason ON decision (reason)", [])
        }
        let queue = AuditQueue()
        for (id, reason) in [("gd_1", "first"), ("gd_2", "second"), ("gd_3", "second"), ("gd_4", "third")] {
            queue.add(
                DecisionItem(
                    id: id,
                    atUS: 1,
                    requestID: "req_\(id)",
                    direction: .inbound,
                    scope: RequestScope(tenant: "default"),
                    action: .mask,
                    reason: reason
                )
            )
        }
        queue.close()
        await queue.run(database, silent)
        let kept = try await database.read { connection throws(StoreError) in
            try connection.query("SELECT id FROM decision ORDER BY id", []) { row throws(StoreError) in
                try row.get(0) as String
            }
        }
        #expect(kept == ["gd_1", "gd_2", "gd_4"] && queue.dropped == 1)
        await database.close()
    }
}
