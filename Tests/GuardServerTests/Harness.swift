import Bootstrap
import Contracts
import GuardCore
import GuardServer
import Logging
import NIOPosix
import Observability
import PeerRPC
import Secrets
import Storage
import Synchronization
import TestSupport

/// The event loops of all tests.
let loops = MultiThreadedEventLoopGroup(numberOfThreads: 2)

let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

extension DatabaseLocation {
    /// The guard's data for a folder, on the engine that the test runs on.
    static func `guard`(_ folder: TemporaryFolder) -> DatabaseLocation {
        switch TestStore.current {
        case .sqlite: .sqlite(path: folder.file("guard.db"))
        case .postgres(let url): .postgres(url: url, schema: TestStore.schema("guard", folder))
        }
    }
}

/// A clock that the test alone moves.
final class TestClock: Sendable {
    /// 24 November 2026, 04:00 UTC.
    private let microseconds = Mutex(1_795_492_800_000_000)

    var nowUS: Int { microseconds.withLock { $0 } }

    var clock: GuardClock { GuardClock { self.nowUS } }

    func advance(days: Int) {
        microseconds.withLock { $0 += days * 86_400_000_000 }
    }
}

/// What a stream has brought so far.
final class Heard<Item: Sendable>: Sendable {
    private let items = Mutex<[Item]>([])

    var all: [Item] { items.withLock { $0 } }

    func add(_ item: Item) {
        items.withLock { $0.append(item) }
    }
}

/// What a guard is started with.
struct GuardSetup: Sendable {
    static let key = Subkey.random()

    var clock = TestClock()
    var declaration = GuardDeclaration()
    var socket = "g.sock"
    var pollInterval = Duration.milliseconds(20)
    var presidio: PresidioSettings?
    var moderation: ModerationSettings?
    /// Where a router makes vectors.
    var router: RPCEndpoint?
    var isOffline = false
    var catalogue = Catalogue.builtin
    var metrics = MetricsRegistry()

    func service(in folder: TemporaryFolder) -> GuardService {
        var configuration = GuardConfiguration(
            server: RPCServerConfiguration(listen: .unix(folder.file(socket)), drain: .seconds(1)),
            folder: DataFolder(folder.path),
            declaration: declaration,
            placeholderKey: Self.key
        )
        configuration.location = .guard(folder)
        configuration.presidio = presidio
        configuration.moderation = moderation
        configuration.router = router
        configuration.isOffline = isOffline
        configuration.catalogue = catalogue
        configuration.metrics = metrics
        configuration.pollInterval = pollInterval
        return GuardService(configuration: configuration, group: loops, logger: silent, clock: clock.clock)
    }
}

/// Runs a guard in this process, with the real socket and the real database, for as long as the body takes.
func withGuard(
    in folder: TemporaryFolder,
    _ setup: GuardSetup = GuardSetup(),
    _ body: (GuardUnderTest) async throws -> Void
) async throws {
    let service = setup.service(in: folder)
    let stop = Gate()
    var patient = RPCClientConfiguration()
    patient.connectTimeout = .seconds(30)
    patient.healthTimeout = .seconds(30)
    let client = RPCClient(
        endpoint: try RPCEndpoint.parse("unix://\(folder.file(setup.socket))"),
        group: loops,
        configuration: patient,
        logger: silent
    )
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await service.run { await stop.wait() } }
        do {
            guard await client.waitUntilReady(deadline: .now + .seconds(20)) else {
                throw TestSupportError("the guard does not serve")
            }
            try await body(GuardUnderTest(client: client, clock: setup.clock, folder: folder))
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
func withGuard(_ setup: GuardSetup = GuardSetup(), _ body: (GuardUnderTest) async throws -> Void) async throws {
    try await withGuard(in: try TemporaryFolder(), setup, body)
}

/// A running guard as its callers see it.
struct GuardUnderTest: Sendable {
    static let admin = AdminMethods.guardV1

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

    @discardableResult
    func put(_ item: PolicyItem, etag: String? = nil) async throws(ServiceError) -> PolicyItem {
        try await call(Self.admin.policies.put, PutRequest(item: item, etag: etag))
    }

    func inspect(
        _ text: String,
        scope: RequestScope = RequestScope(tenant: "default"),
        direction: Direction = .inbound,
        requestID: String = "r"
    ) async throws(ServiceError) -> InspectReply {
        let segment = InspectSegment(id: 3, role: "user", kind: .text, text: text)
        return try await call(
            GuardMethods.inspect,
            InspectRequest(requestID: requestID, direction: direction, scope: scope, segments: [segment])
        )
    }

    func decisions(_ filter: [String: String] = [:], pageSize: Int = 100) async throws(ServiceError) -> [DecisionItem] {
        var items: [DecisionItem] = []
        var token: String?
        repeat {
            let request = ListRequest(pageToken: token, pageSize: pageSize, filter: filter)
            let page = try await call(Self.admin.decisions.list, request)
            items += page.items
            token = page.next
        } while token != nil
        return items
    }
}

extension PolicyItem {
    /// Masks mail addresses and blocks cards, both ways.
    static func personalData(_ scope: String = "global", action: GuardAction = .mask) -> PolicyItem {
        PolicyItem(
            scope: scope,
            pii: PIISection(
                enabled: true,
                direction: "both",
                action: action,
                entities: ["EMAIL_ADDRESS": "", "CREDIT_CARD": "block"]
            )
        )
    }
}
