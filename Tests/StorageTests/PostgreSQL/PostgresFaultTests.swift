import Foundation
import Storage
import TestSupport
import Testing

/// The server goes away and comes back under load, or stays and is silent.
///
/// `KEIROUTER_TEST_OUTAGE` sets the seconds of the long outage (2).
@Suite("PostgreSQL goes away", .serialized, .timeLimit(.minutes(5)))
struct PostgresFaultTests {
    private static let outage = ProcessInfo.processInfo.environment["KEIROUTER_TEST_OUTAGE"].flatMap(Int.init) ?? 2
    /// Every commit waits for the disk, which other work on the machine may keep busy.
    private static let patience = Duration.seconds(20)

    /// What the writers and the listener of a test have seen.
    private struct Record: Sendable {
        let committed = Recorder<String>()
        let errors = Recorder<StoreError>()
        let heard = Recorder<Int>()
    }

    @Test("restarts and an outage under load lose no committed write and leave no half one", arguments: [true, false])
    func outage(isAbrupt: Bool) async throws {
        let server = try await PostgresServer(isDurable: true)
        let database = try await PostgresPlace(server).open { $0.durability = .power }
        try await database.fill(2)
        let record = Record()
        try await Self.underLoad(database, record) {
            for pause in [0, Self.outage] {
                try await Self.more(record)
                let heard = record.heard.elements.count
                try await server.stop(isAbrupt: isAbrupt)
                try await Task.sleep(for: .seconds(pause))
                try await server.start()
                // It looks for the server twice a second, and a server that leaves again at once would be seen to leave once.
                try await Poll.until("the listener is back", deadline: Self.patience) {
                    record.heard.elements.count > heard
                }
            }
            try await Self.more(record)
        }
        try await Self.check(database, record)
        await database.close()
        try await server.stop(isAbrupt: false)
    }

    @Test("a server that takes connections and says nothing is given up in time, and used again when it speaks")
    func frozen() async throws {
        let server = try await PostgresServer()
        let place = PostgresPlace(server, parameters: "?connect_timeout=2")
        let database = try await place.open { $0.deadline = .seconds(2) }
        try await database.fill(2)
        let start = ContinuousClock.now
        // More than the way to the server takes.
        let large = String(repeating: "x", count: 8 << 20)
        let unsent = await #expect(throws: StoreError.self) {
            try await database.write { connection throws(StoreError) in
                try? server.freeze()
                try connection.execute("INSERT INTO entry (id, account) VALUES ($1, 'a0')", [large])
            }
        }
        #expect(unsent?.kind == .busy)
        let unasked = await #expect(throws: StoreError.self) { try await database.fill(0) }
        #expect(unasked?.kind == .unavailable)
        await #expect(throws: StoreError.self) { try await database.number("SELECT COUNT(*) FROM account") }
        // The time of a call, and three seconds for the server to stop; two for each connection that is tried.
        #expect(ContinuousClock.now - start < .seconds(20))
        try server.thaw()
        try await Poll.until("it is used again", deadline: Self.patience) {
            (try? await database.number("SELECT COUNT(*) FROM account")) == 2
        }
        try await database.fill(0)
        let closing = ContinuousClock.now
        await database.close()
        #expect(ContinuousClock.now - closing < .seconds(10))
    }

    @Test("an opening waits for a server that comes late, and says so; one that does not come is named in time")
    func late() async throws {
        let server = try await PostgresServer()
        let place = PostgresPlace(server)
        try await server.stop(isAbrupt: false)
        let begin = ContinuousClock.now
        let error = await expectError(.unavailable) { try await place.open { $0.patience = .seconds(1) } }
        #expect(error?.message.contains("cannot be reached") == true)
        #expect(ContinuousClock.now - begin < .seconds(10))
        async let opening = place.open { $0.patience = .seconds(60) }
        try await Task.sleep(for: .seconds(1))
        try await server.start()
        let database = try await opening
        try await database.fill(1)
        await database.close()
    }

    /// Runs a body beside writers and a listener, which end with it, however it ends.
    private static func underLoad(
        _ database: any Database,
        _ record: Record,
        _ body: () async throws -> Void
    ) async throws {
        let done = Flag()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 { group.addTask { await write(writer, database, record, until: done) } }
            group.addTask { for await _ in database.changes(on: "book") { record.heard.append(1) } }
            defer {
                done.raise()
                group.cancelAll()
            }
            try await body()
        }
    }

    private static func more(_ record: Record) async throws {
        let count = record.committed.elements.count
        try await Poll.until("writes go on by themselves", deadline: patience) {
            record.committed.elements.count > count + 50
        }
    }

    private static func check(_ database: any Database, _ record: Record) async throws {
        let stored = Set(
            try await database.read { connection throws(StoreError) in
                try connection.query("SELECT id FROM entry") { row throws(StoreError) in
                    try row.get(0, as: String.self)
                }
            }
        )
        let all = record.committed.elements
        #expect(stored.isSuperset(of: all))
        // Both halves of a write are there, or none.
        #expect(try await database.number("SELECT balance FROM account WHERE id = 'a0'") == 100 + stored.count)
        let errors = record.errors.elements
        #expect(stored.count <= all.count + errors.filter(\.isOutcomeUnknown).count)
        #expect(errors.contains { $0.kind == .unavailable })
        let strange = errors.filter { $0.kind != .unavailable && $0.kind != .cancelled }
        #expect(strange.isEmpty, "\(Set(strange.map(\.message)))")
    }

    private static func write(
        _ writer: Int,
        _ database: any Database,
        _ record: Record,
        until done: Flag
    ) async {
        var number = 0
        while !done.isRaised {
            number += 1
            let id = "w\(writer)-\(number)"
            do throws(StoreError) {
                try await database.write { connection throws(StoreError) in
                    try connection.execute("INSERT INTO entry (id, account) VALUES ($1, 'a0')", [id])
                    try connection.execute("UPDATE account SET balance = balance + 1 WHERE id = 'a0'")
                }
                record.committed.append(id)
            } catch {
                record.errors.append(error)
                try? await Task.sleep(for: .milliseconds(50))
            }
        }
    }
}
