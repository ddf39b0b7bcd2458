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
        let change = "CREATE UNIQUE INDEX one_of_a_reason ON decision (reason)"
        let database = try await Self.database(folder, refusing: change)
        let queue = AuditQueue()
        for (id, reason) in [("gd_1", "first"), ("gd_2", "second"), ("gd_3", "second"), ("gd_4", "third")] {
            queue.add(Self.decision(id, reason))
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

    @Test("of a database that takes none the log tells once, and at the end how many more were lost")
    func broken() async throws {
        let folder = try TemporaryFolder()
        let database = try await Self.database(folder, refusing: "DROP TABLE decision")
        let (queue, log) = (AuditQueue(), LogCapture())
        for number in 0..<40 { queue.add(Self.decision("gd_\(number)", "any")) }
        queue.close()
        await queue.run(database, log.logger)
        #expect(log.lines.count == 2 && queue.dropped == 40, "\(log.lines)")
        #expect(log.lines.allSatisfy { $0.hasPrefix("error decisions lost") }, "\(log.lines)")
        #expect(log.lines.first?.contains("\"decisions\": 1") == true, "\(log.lines)")
        #expect(log.lines.last?.contains("\"decisions\": 39") == true, "\(log.lines)")
        await database.close()
    }

    /// A guard's database with a change after which it refuses some rows.
    private static func database(_ folder: TemporaryFolder, refusing change: String) async throws -> any Database {
        let database = try await DatabaseFactory.open(.guard(folder), service: "guard", options: DatabaseOptions())
        try await database.migrate(GuardSchema.migrations)
        try await database.write { connection throws(StoreError) in try connection.execute(change, []) }
        return database
    }

    private static func decision(_ id: String, _ reason: String) -> DecisionItem {
        DecisionItem(
            id: id,
            atUS: 1,
            requestID: "req_\(id)",
            direction: .inbound,
            scope: RequestScope(tenant: "default"),
            action: .mask,
            reason: reason
        )
    }
}
