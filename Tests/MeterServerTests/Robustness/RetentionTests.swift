import Contracts
import MeterCore
import Storage
import TestSupport
import Testing

@testable import MeterServer

/// What is old goes, a bounded batch at a time, and nothing else does.
@Suite("Retention", .bothEngines)
struct RetentionTests {
    private static let day = 86_400_000_000
    private static let now = TestClock.start.epochUS

    /// Sweeps a database that no meter has open, with a queue of its own.
    private static func sweep(_ folder: TemporaryFolder, days: Int) async throws -> Int {
        let database = try await DatabaseFactory.open(.meter(folder), service: "meter")
        let queue = WriteQueue()
        let count = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while let work = await queue.next() {
                    if case .job(let job) = work { await job() }
                }
            }
            let retention = Retention(database: database, queue: queue, retentionUS: days * day)
            let count = try await retention.sweep(nowUS: now)
            queue.close()
            return count
        }
        await database.close()
        return count
    }

    @Test("old rows of every table go, in batches, and young ones stay")
    func sweeping() async throws {
        let folder = try TemporaryFolder()
        try await writing(folder) { connection throws(StoreError) in
            for number in 0..<2500 {
                try Rows.ledger("old\(number)", startedUS: time(daysAgo: 101) - number, key: 1, connection)
            }
            for number in 0..<10 {
                try Rows.ledger("young\(number)", startedUS: time(daysAgo: 99) + number, key: 1, connection)
            }
            for age in 90..<110 {
                try Rows.rollup(day: time(daysAgo: age) / Self.day, connection)
                try Rows.period(startUS: time(daysAgo: age), connection)
                try Rows.alert("a\(age)", atUS: time(daysAgo: age), connection)
                try connection.execute(
                    "INSERT INTO usage_day VALUES ($1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1)",
                    [time(daysAgo: age) / Self.day]
                )
                try connection.execute(
                    "INSERT INTO saving_hour VALUES ($1, 1, 1, 1, 1, 1, 9, 3, 6)",
                    [time(daysAgo: age) / 3_600_000_000]
                )
                try connection.execute(
                    "INSERT INTO trial VALUES (1, $1, 0, 1, 9, 9, 3, 3, $2)",
                    ["c\(age)", time(daysAgo: age)]
                )
            }
            try Rows.period(startUS: 0, connection)
            try Rows.key("k1", ordinal: 1, connection)
        }
        let swept = try await Self.sweep(folder, days: 100)
        let counts = try await reading(folder) { connection throws(StoreError) in
            [
                try connection.number("SELECT COUNT(*) FROM ledger"),
                try connection.number("SELECT COUNT(*) FROM rollup"),
                try connection.number("SELECT COUNT(*) FROM budget_state"),
                try connection.number("SELECT COUNT(*) FROM alert"),
                try connection.number("SELECT COUNT(*) FROM saving_hour"),
                try connection.number("SELECT COUNT(*) FROM trial"),
                try connection.number("SELECT COUNT(*) FROM usage_day"),
            ]
        }
        #expect(counts == [10, 11, 12, 11, 11, 11, 11])
        #expect(swept == 2500 + 9 * 6)
        #expect(try await Self.sweep(folder, days: 100) == 0)
    }

    @Test("a revoked key goes when the last of its rows has gone; its number is not given to another")
    func keys() async throws {
        let folder = try TemporaryFolder()
        try await writing(folder) { connection throws(StoreError) in
            try Rows.key("idle", ordinal: 1, revokedUS: time(daysAgo: 101), connection)
            try Rows.key("used", ordinal: 2, revokedUS: time(daysAgo: 101), connection)
            try Rows.key("live", ordinal: 3, connection)
            try Rows.key("last", ordinal: 4, revokedUS: time(daysAgo: 101), connection)
            try Rows.ledger("r", startedUS: time(daysAgo: 50), key: 2, connection)
            for ordinal in 1...4 { try Rows.period(startUS: 0, key: ordinal, connection) }
        }
        _ = try await Self.sweep(folder, days: 100)
        let (ids, periods) = try await reading(folder) { connection throws(StoreError) in
            let ids = try connection.query("SELECT id FROM api_key ORDER BY ordinal") { row throws(StoreError) in
                try row.get(0, as: String.self)
            }
            return (ids, try connection.number("SELECT COUNT(*) FROM budget_state"))
        }
        #expect(ids == ["used", "live", "last"])
        #expect(periods == 3)
        try await withMeter(in: folder) { meter in
            let key = try await meter.makeKey("new")
            #expect(try await meter.budget(key).spentNanoUSD == 0)
        }
        let ordinal = try await reading(folder) { connection throws(StoreError) in
            try connection.number("SELECT MAX(ordinal) FROM api_key")
        }
        #expect(ordinal == 5)
    }

    @Test("a wall clock that jumps is not believed")
    func steadiness() {
        let start = TestClock.start
        let hour = start.advanced(byMilliseconds: 3_600_000)
        #expect(Retention.isSteady(from: start, to: hour))
        for seconds in [-86_400, -301, 301, 86_400 * 3650] {
            var jumped = hour
            jumped.epochUS += seconds * 1_000_000
            #expect(!Retention.isSteady(from: start, to: jumped))
        }
    }
}

/// So many days before the tests' present.
private func time(daysAgo days: Int) -> Int {
    TestClock.start.epochUS - days * 86_400_000_000
}

/// Rows as the meter writes them.
enum Rows {
    static func ledger(
        _ id: String,
        startedUS: Int,
        key: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) {
        try connection.execute(
            """
            INSERT INTO ledger (request_id, key_ref, started_us, outcome, cache, provider, model, requested, dialect,
              attempts, estimated, total_ms, input, cache_read, cache_write_5m, cache_write_1h, output, reasoning, audio_in,
              audio_out, units, saved_tokens, cost_nano_usd, unpriced)
            VALUES ($1, $2, $3, 1, 0, 1, 2, 2, 3, 1, 0, 10, 1000, 0, 0, 0, 1000, 0, 0, 0, 0, 0, 3000000, 0)
            """,
            [id, key, startedUS]
        )
    }

    static func rollup(day: Int, _ connection: any SQLConnection) throws(StoreError) {
        try connection.execute(
            """
            INSERT INTO rollup (day, key_ref, provider, model, requests, errors, input, cache_read, cache_write_5m,
              cache_write_1h, output, reasoning, audio_in, audio_out, units, cost_nano_usd, unpriced)
            VALUES ($1, 1, 1, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
            """,
            [day]
        )
    }

    static func period(startUS: Int, key: Int = 1, _ connection: any SQLConnection) throws(StoreError) {
        try connection.execute(
            """
            INSERT INTO budget_state (key_ref, span, period_start_us, spent_nano_usd, tokens, requests, unpriced)
            VALUES ($1, $2, $3, 5, 5, 1, 0)
            """,
            [key, startUS == 0 ? "total/UTC" : "daily/UTC", startUS]
        )
    }

    static func alert(_ id: String, atUS: Int, _ connection: any SQLConnection) throws(StoreError) {
        try connection.execute(
            """
            INSERT INTO alert (id, key_ref, period_start_us, measure, threshold, at_us, message)
            VALUES ($1, 1, 0, 'money', 50, $2, '')
            """,
            [id, atUS]
        )
    }

    static func key(
        _ id: String,
        ordinal: Int,
        digest: String? = nil,
        revokedUS: Int? = nil,
        _ connection: any SQLConnection
    ) throws(StoreError) {
        let terms = KeyTerms(id: id, name: id, ordinal: ordinal, digest: digest ?? "digest \(id)", revokedUS: revokedUS)
        let row = KeyRow(
            terms: terms,
            display: "",
            createdUS: 0,
            isDeclared: false,
            version: 1
        )
        try KeyStore.insert(row, connection)
    }
}
