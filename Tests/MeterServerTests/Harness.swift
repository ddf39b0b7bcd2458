import Contracts
import Foundation
import Logging
import MeterCore
import MeterServer
import NIOPosix
import Observability
import PeerRPC
import Secrets
import Storage
import Synchronization
import TestSupport

/// The event loops of all tests.
let loops = MultiThreadedEventLoopGroup(numberOfThreads: 2)

/// Both clocks of a meter, moved by the test alone.
final class TestClock: Sendable {
    /// 24 November 2026, 04:00 UTC, a Tuesday.
    static let start = Moment(epochUS: 1_795_492_800_000_000, uptimeUS: 1_000_000_000)

    private let moment: Mutex<Moment>

    init(_ start: Moment = TestClock.start) {
        moment = Mutex(start)
    }

    var now: Moment { moment.withLock { $0 } }

    var clock: MeterClock { MeterClock { self.now } }

    func advance(seconds: Double) {
        moment.withLock { $0 = $0.advanced(byMilliseconds: Int((seconds * 1000).rounded())) }
    }

    /// Sets the wall clock alone, as an operator or a time server does.
    func moveWall(bySeconds seconds: Int) {
        moment.withLock { $0.epochUS += seconds * 1_000_000 }
    }
}

/// What a meter is started with; a test changes what it is about.
struct MeterSetup: Sendable {
    static let key = Subkey.random()

    var clock = TestClock()
    /// Without limits of its own, so that a test sets exactly those it means.
    var policy = LimitPolicy(isEnabled: true, rpm: 0, tpm: 0, concurrency: 0)
    var retentionDays = 400
    var declaration = MeterDeclaration(prices: [.small, .large, .demo])
    var maximumPages: Int?
    var metrics = MetricsRegistry()

    func configuration(in folder: TemporaryFolder) -> MeterConfiguration {
        var configuration = MeterConfiguration(
            server: RPCServerConfiguration(listen: .unix(folder.file("m.sock")), drain: .seconds(1)),
            location: .meter(folder),
            policy: policy,
            retentionDays: retentionDays,
            declaration: declaration,
            reservationKey: Self.key
        )
        configuration.database.maximumPages = maximumPages
        configuration.metrics = metrics
        // What is on the disk is the same; only the waiting for it is left out.
        configuration.database.durability = .process
        return configuration
    }

    func service(in folder: TemporaryFolder) -> MeterService {
        MeterService(configuration: configuration(in: folder), group: loops, logger: silent, clock: clock.clock)
    }
}

extension DatabaseLocation {
    /// The meter's data for a folder, on the engine that the test runs on.
    static func meter(_ folder: TemporaryFolder) -> DatabaseLocation {
        switch TestStore.current {
        case .sqlite: .sqlite(path: folder.file("meter.db"))
        case .postgres(let url): .postgres(url: url, schema: TestStore.schema("meter", folder))
        }
    }
}

let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

extension MeterDeclaration.DeclaredPrice {
    private static let dollar = 1_000_000_000

    /// 1 and 2 USD per million tokens.
    static let small = Self(id: "acme/small", price: Price(input: dollar, output: 2 * dollar, source: .declared))
    /// 10 and 20 USD.
    static let large = Self(
        id: "acme/large",
        price: Price(input: 10 * dollar, output: 20 * dollar, source: .declared)
    )
    static let demo = Self(id: "demo/echo", price: Price(input: 0, output: 0, source: .declared))
}

extension Target {
    static let small = Target(provider: "acme", model: "small")
    static let large = Target(provider: "acme", model: "large")
    /// Nobody knows its price.
    static let mystery = Target(provider: "acme", model: "mystery")
}

/// Runs a meter in this process, with the real socket and the real database, for as long as the body takes.
func withMeter(
    in folder: TemporaryFolder,
    _ setup: MeterSetup = MeterSetup(),
    _ body: (MeterUnderTest) async throws -> Void
) async throws {
    let service = setup.service(in: folder)
    let stop = Gate()
    var patient = RPCClientConfiguration()
    // The machine that runs the tests may be busy, and a debug build reads 500 records slowly.
    patient.connectTimeout = .seconds(30)
    patient.healthTimeout = .seconds(30)
    let client = RPCClient(
        endpoint: try RPCEndpoint.parse("unix://\(folder.file("m.sock"))"),
        group: loops,
        configuration: patient,
        logger: silent
    )
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await service.run { await stop.wait() } }
        do {
            guard await client.waitUntilReady(deadline: .now + .seconds(20)) else {
                throw TestSupportError("the meter does not serve")
            }
            try await body(MeterUnderTest(client: client, clock: setup.clock, folder: folder))
        } catch {
            await client.shutdown()
            stop.open()
            throw error
        }
        await client.shutdown()
        stop.open()
        try await group.waitForAll()
    }
}

/// The same in a folder of its own.
func withMeter(_ setup: MeterSetup = MeterSetup(), _ body: (MeterUnderTest) async throws -> Void) async throws {
    try await withMeter(in: try TemporaryFolder(), setup, body)
}

/// A running meter as its callers see it.
struct MeterUnderTest: Sendable {
    let client: RPCClient
    let clock: TestClock
    let folder: TemporaryFolder

    func call<Parameters, Output>(
        _ method: RPCMethod<Parameters, Output>,
        _ parameters: Parameters
    ) async throws(ServiceError) -> Output {
        try await client.call(method, parameters, deadline: .now + .seconds(60))
    }

    /// The code that a call is refused with; `nil` when it is not.
    func refusal<Parameters, Output>(
        _ method: RPCMethod<Parameters, Output>,
        _ parameters: Parameters
    ) async throws -> ServiceError.Code? {
        do throws(ServiceError) {
            _ = try await call(method, parameters)
            return nil
        } catch {
            return error.code
        }
    }

    // MARK: Terms

    private static let admin = AdminMethods.meterV1

    @discardableResult
    func putPlan(_ item: PlanItem) async throws(ServiceError) -> PlanItem {
        try await call(Self.admin.plans.put, PutRequest(item: item))
    }

    /// Makes a key; the answer holds its secret.
    func makeKey(
        _ name: String = "test",
        plan: String? = nil,
        allowedModels: [String] = [],
        expiresUS: Int? = nil
    ) async throws(ServiceError) -> KeyItem {
        let item = KeyItem(name: name, plan: plan, expiresUS: expiresUS, allowedModels: allowedModels)
        return try await call(Self.admin.keys.put, PutRequest(item: item))
    }

    func budget(_ key: KeyItem) async throws(ServiceError) -> BudgetItem {
        try await call(Self.admin.budgets.get, GetRequest(id: key.id))
    }

    /// Every item of a list, page by page.
    func all<Item>(
        _ method: RPCMethod<ListRequest, ListReply<Item>>,
        filter: [String: String] = [:],
        pageSize: Int = 500
    ) async throws(ServiceError) -> [Item] {
        var items: [Item] = []
        var token: String?
        repeat {
            let request = ListRequest(pageToken: token, pageSize: pageSize, filter: filter)
            let page = try await call(method, request)
            items += page.items
            token = page.next
        } while token != nil
        return items
    }

    func ledger(filter: [String: String] = [:]) async throws(ServiceError) -> [UsageItem] {
        try await all(Self.admin.usage.list, filter: filter)
    }

    // MARK: Requests

    /// Asks to run a request of 1000 tokens each way: 3 000 000 nano-USD on `acme/small`.
    func admit(
        _ id: String,
        _ key: KeyItem,
        model: String = "small",
        targets: [Target] = [.small],
        input: Int = 1000,
        output: Int? = 1000
    ) async throws(ServiceError) -> AdmitReply {
        let request = AdmitRequest(
            requestID: id,
            keySHA256: APIKey.digestHex(key.secret ?? ""),
            operation: .chat,
            requestedModel: model,
            targets: targets,
            estimatedInputTokens: input,
            maxOutputTokens: output
        )
        return try await call(MeterMethods.admit, request)
    }

    func settle(_ records: [UsageRecord]) async throws(ServiceError) -> SettleReply {
        try await call(MeterMethods.settle, SettleRequest(records: records))
    }

    /// What a request used: 1000 tokens each way unless it says otherwise.
    func record(
        _ id: String,
        _ key: KeyItem,
        _ reservation: Reservation? = nil,
        outcome: Outcome = .ok,
        target: Target = .small,
        usage: TokenUsage = TokenUsage(input: 1000, output: 1000)
    ) -> UsageRecord {
        UsageRecord(
            requestID: id,
            reservationID: reservation?.id,
            keyID: key.id,
            outcome: outcome,
            dialect: "openai",
            requestedModel: target.model,
            startedUS: clock.now.epochUS,
            totalMS: 10,
            attempts: [
                Attempt(
                    n: 1,
                    provider: target.provider,
                    model: target.model,
                    account: "main",
                    status: 200,
                    durationMS: 10,
                    usage: usage,
                    usageSource: .provider
                )
            ]
        )
    }

    // MARK: The end without notice

    /// The data as it would be found if the process were killed now, for a folder of its own.
    func crashImage() async throws -> TemporaryFolder {
        let image = try TemporaryFolder()
        guard TestStore.current == .sqlite else {
            try await copySchema(to: image)
            return image
        }
        // The log after the database: a checkpoint between the two could not be undone otherwise.
        for name in ["meter.db", "meter.db-wal"] {
            try FileManager.default.copyItem(atPath: folder.file(name), toPath: image.file(name))
        }
        return image
    }
}

extension MeterUnderTest {
    /// Copies every table in one transaction, which no other writer of the schema is beside.
    private func copySchema(to image: TemporaryFolder) async throws {
        let (old, new) = (TestStore.schema("meter", folder), TestStore.schema("meter", image))
        let database = try await DatabaseFactory.open(.meter(folder), service: "meter")
        try await database.write { connection throws(StoreError) in
            let sql = "SELECT tablename::text FROM pg_tables WHERE schemaname = $1"
            let tables = try connection.query(sql, [old]) { row throws(StoreError) in try row.get(0, as: String.self) }
            try connection.execute("CREATE SCHEMA \"\(new)\"")
            for table in tables {
                try connection.execute("CREATE TABLE \"\(new)\".\(table) (LIKE \"\(old)\".\(table) INCLUDING ALL)")
                try connection.execute("INSERT INTO \"\(new)\".\(table) SELECT * FROM \"\(old)\".\(table)")
            }
        }
        await database.close()
    }
}

/// Reads a database that no meter has open.
func reading<Value: Sendable>(
    _ folder: TemporaryFolder,
    _ body: @escaping @Sendable (any SQLConnection) throws(StoreError) -> Value
) async throws -> Value {
    let database = try await DatabaseFactory.open(.meter(folder), service: "meter")
    let value = try await database.read(body)
    await database.close()
    return value
}

/// Writes to a database that no meter has open, its schema made first.
func writing(
    _ folder: TemporaryFolder,
    _ body: @escaping @Sendable (any SQLConnection) throws(StoreError) -> Void
) async throws {
    let database = try await DatabaseFactory.open(.meter(folder), service: "meter")
    try await database.migrate(MeterSchema.migrations)
    try await database.write(body)
    await database.close()
}

extension SQLConnection {
    func number(_ sql: String) throws(StoreError) -> Int {
        try first(sql) { row throws(StoreError) in try row.get(0) } ?? 0
    }
}
