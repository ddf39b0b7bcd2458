import Contracts
import MeterCore
import PeerRPC
import Storage
import Synchronization
import TestSupport
import Testing

@testable import MeterServer

/// The store's server goes while it commits: the batch may be in the ledger, or not.
@Suite("A commit without an answer", .bothEngines)
struct UnansweredTests {
    private static func record(_ id: String, model: String) -> UsageRecord {
        UsageRecord(
            requestID: id,
            keyID: "k",
            outcome: .ok,
            dialect: "openai",
            requestedModel: model,
            startedUS: TestClock.start.epochUS,
            totalMS: 10,
            attempts: [
                Attempt(
                    n: 1,
                    provider: "acme",
                    model: model,
                    account: "main",
                    status: 200,
                    durationMS: 10,
                    usage: TokenUsage(input: 1000, output: 1000),
                    usageSource: .provider
                )
            ]
        )
    }

    @Test("counts once in the ledger and once in memory, whether it was made or not", arguments: [true, false])
    func counts(isMade: Bool) async throws {
        let folder = try TemporaryFolder()
        try await writing(folder) { connection throws(StoreError) in try Rows.key("k", ordinal: 1, connection) }
        let setup = MeterSetup()
        let database = try await DatabaseFactory.open(.meter(folder), service: "meter")
        let configuration = setup.configuration(in: folder)
        let loader = MeterLoader(database: database, configuration: configuration, clock: setup.clock.clock)
        let loaded = try await loader.load()
        let memory = MeterMemory(
            state: loaded.state,
            clock: setup.clock.clock,
            signer: ReservationTagger(key: MeterSetup.key)
        )
        let (queue, silenced) = (WriteQueue(), SilencedDatabase(database))
        let news = SettlementNews(feed: ChangeFeed())
        let settler = Settler(database: silenced, memory: memory, queue: queue, news: news, logger: silent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await settler.run(labels: loaded.labels) }
            defer { queue.close() }
            silenced.silenceNext(isMade: isMade)
            let first = Self.record("r1", model: "small")
            await #expect(throws: ServiceError.self) { try await queue.settle([first]) }
            // With names of its own, so that their numbers are to be right too.
            let second = Self.record("r2", model: "large")
            #expect(try await queue.settle([second, first]).applied == ["r2", "r1"])
            #expect(try await queue.settle([first]).applied == ["r1"])
            let view = try #require(memory.view(keyID: "k"))
            #expect(view.lifetime.requests == 2 && view.lifetime.nanoUSD == 33_000_000)
        }
        let sums = try await database.read { connection throws(StoreError) in
            [
                try connection.number("SELECT COUNT(*) FROM ledger"),
                try connection.number("SELECT requests FROM key_total"),
                try connection.number("SELECT spent_nano_usd FROM key_total"),
            ]
        }
        #expect(sums == [2, 2, 33_000_000])
        await database.close()
    }
}

/// A database of which one write has no answer.
private final class SilencedDatabase: Database {
    private let inner: any Database
    private let next = Mutex<Bool?>(nil)

    init(_ inner: any Database) {
        self.inner = inner
    }

    /// Leaves the next write without an answer, made or not.
    func silenceNext(isMade: Bool) {
        next.withLock { $0 = isMade }
    }

    func read<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(StoreError) -> T
    ) async throws(StoreError) -> T {
        try await inner.read(body)
    }

    func write<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(StoreError) -> T
    ) async throws(StoreError) -> T {
        let isMade = next.withLock { next in
            defer { next = nil }
            return next
        }
        guard let isMade else { return try await inner.write(body) }
        var unknown = StoreError(.unavailable, "whether the change was made is not known")
        unknown.isOutcomeUnknown = true
        do throws(StoreError) {
            try await inner.write { connection throws(StoreError) in
                _ = try body(connection)
                if !isMade { throw StoreError(.cancelled, "not made") }
            }
        } catch {
            guard error.kind == .cancelled else { throw error }
        }
        throw unknown
    }

    func migrate(_ migrations: [Migration]) async throws(StoreError) { try await inner.migrate(migrations) }

    func backup(to path: String, progress: @escaping @Sendable (BackupProgress) -> Void) async throws(StoreError) {
        try await inner.backup(to: path, progress: progress)
    }

    func findDamage() async throws(StoreError) -> [String] { try await inner.findDamage() }

    func changes(on channel: String) -> AsyncStream<Void> { inner.changes(on: channel) }

    func close() async { await inner.close() }
}
