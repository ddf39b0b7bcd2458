import Bootstrap
import Contracts
import Logging
import NIOCore
import NIOPosix
import PeerRPC
import RouterCore
import Secrets
import Storage
import Synchronization
import TestSupport
import Testing

@testable import RouterServer

/// The event loops of the book's tests.
private let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

extension DatabaseLocation {
    /// The router's data for a folder, on the engine that the test runs on.
    static func router(_ folder: TemporaryFolder) -> DatabaseLocation {
        switch TestStore.current {
        case .sqlite: .sqlite(path: folder.file("router.db"))
        case .postgres(let url): .postgres(url: url, schema: TestStore.schema("router", folder))
        }
    }
}

/// A folder with a database and what is declared for it.
struct BookHarness {
    let folder: TemporaryFolder
    var key = Subkey.random()
    var environment: [String: String] = [:]

    init() throws {
        folder = try TemporaryFolder()
    }

    var location: DatabaseLocation { .router(folder) }
    var envelope: Envelope { Envelope(keys: [1: key], current: 1) }

    /// Reads a configuration file whose first line is `declare:`.
    func declaration(_ yaml: String) throws -> RouterDeclaration {
        let file = try folder.write(yaml, to: "config.yaml")
        let sources = ConfigurationSources(
            file: file,
            data: folder.path,
            environment: environment,
            declares: RouterDeclaration.parts
        )
        return try RouterDeclaration(reading: try KeiRouterConfiguration.load(sources).declare)
    }

    func open(_ yaml: String = "declare: {}", envelope: Envelope? = nil) async throws -> RouterBook {
        let configuration = RouterBookConfiguration(
            location: location,
            declaration: try declaration(yaml),
            envelope: envelope ?? self.envelope
        )
        return try await RouterBook.open(configuration, logger: silent)
    }

    /// Opens, looks and closes.
    func look<Value>(_ yaml: String = "declare: {}", _ body: (RouterBook) throws -> Value) async throws -> Value {
        let book = try await open(yaml)
        do {
            let value = try body(book)
            await book.close()
            return value
        } catch {
            await book.close()
            throw error
        }
    }

    /// Runs SQL behind the router's back.
    func tamper(_ body: @escaping @Sendable (any SQLConnection) throws(StoreError) -> Void) async throws {
        let database = try await DatabaseFactory.open(location, service: "router")
        try await database.write(body)
        await database.close()
    }

    /// Serves a book over a Unix socket for as long as the body runs.
    func serving(
        _ yaml: String = "declare: {}",
        _ body: (BookCaller) async throws -> Void
    ) async throws {
        let book = try await open(yaml)
        let health = FakeHealth()
        var registry = RPCRegistry(service: .router)
        book.register(on: &registry, health: health)
        let socket = folder.file("r.sock")
        let server = PeerServer(socket: socket)
        try await server.start(registry)
        let client = RPCClient(endpoint: try RPCEndpoint.parse("unix://\(socket)"), group: loops, logger: silent)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(BookCaller(book: book, health: health, client: client)))
        } catch {
            outcome = .failure(error)
        }
        await client.shutdown()
        await book.close()
        await server.stop()
        try outcome.get()
    }
}

/// A client of a served book.
struct BookCaller: Sendable {
    let book: RouterBook
    let health: FakeHealth
    let client: RPCClient
    let admin = AdminMethods.routerV1

    func call<Parameters, Output>(
        _ method: RPCMethod<Parameters, Output>,
        _ parameters: Parameters
    ) async throws(ServiceError) -> Output {
        try await client.call(method, parameters, deadline: .now + .seconds(30))
    }

    /// The error that a call is refused with.
    func refusal<Parameters, Output>(
        _ method: RPCMethod<Parameters, Output>,
        _ parameters: Parameters,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async -> ServiceError {
        do throws(ServiceError) {
            _ = try await call(method, parameters)
            Issue.record("\(method.name) was not refused", sourceLocation: sourceLocation)
            return ServiceError(.unknown, reason: "none", message: "")
        } catch {
            return error
        }
    }

    @discardableResult
    func put(provider id: String, _ baseURL: String = "https://llm.example/v1") async throws -> ProviderItem {
        let item = ProviderItem(id: id, name: id, dialect: "openai", baseURL: baseURL)
        return try await call(admin.providers.put, PutRequest(item: item))
    }

    @discardableResult
    func put(
        account label: String,
        at provider: String,
        key: String? = "sk-0123456789abcdefWXYZ"
    ) async throws
        -> AccountItem
    {
        let item = AccountItem(provider: provider, label: label, apiKey: key)
        return try await call(admin.accounts.put, PutRequest(item: item))
    }

    /// All items of a list, page by page.
    func all<Item>(
        _ resource: AdminResource<Item>,
        pageSize: Int = 500,
        filter: [String: String] = [:]
    ) async throws -> [Item] {
        var items: [Item] = []
        var token: String?
        repeat {
            let request = ListRequest(pageToken: token, pageSize: pageSize, filter: filter)
            let page = try await call(resource.list, request)
            #expect(page.items.count <= pageSize)
            items += page.items
            token = page.next
        } while token != nil
        return items
    }
}

/// Health that a test sets.
final class FakeHealth: AccountHealthSource {
    struct Pause: Sendable {
        var account: String
        var model: String?
        var reason: String
        var untilUS: Int
    }

    private let paused = Mutex<[Pause]>([])
    private let clearings = Mutex<[String]>([])
    private let tests = Mutex<[(account: Account, provider: Provider)]>([])

    var cleared: [String] { clearings.withLock { $0 } }
    var tested: [(account: Account, provider: Provider)] { tests.withLock { $0 } }

    func set(_ pauses: [Pause]) {
        paused.withLock { $0 = pauses }
    }

    func pause(account: String) -> (reason: String, untilUS: Int)? {
        paused.withLock { pauses in
            pauses.first { $0.account == account && $0.model == nil }.map { ($0.reason, $0.untilUS) }
        }
    }

    func pauses() -> [AccountPause] {
        paused.withLock { pauses in
            pauses.map { AccountPause(account: $0.account, model: $0.model, reason: $0.reason, untilUS: $0.untilUS) }
        }
    }

    func latency(account: String) -> Int? { nil }

    func refreshModels(account: Account, provider: Provider, force: Bool) async -> LiveModels.Outcome {
        .failed("not asked in this test")
    }

    func liveModels() -> [String: [String]] { [:] }

    func down(_ pool: ProxyPool) -> [Int] { [] }

    func clear(account: String) {
        clearings.withLock { $0.append(account) }
        paused.withLock { $0.removeAll { $0.account == account } }
    }

    func test(account: Account, provider: Provider) async -> AccountTest {
        tests.withLock { $0.append((account, provider)) }
        return AccountTest(ok: true, status: 200, message: "accepted", latencyMS: 3)
    }
}

extension RouterBook {
    /// The accounts of a provider in the order in which they are tried.
    func accounts(of provider: String) -> [Account] {
        state.provider(named: provider).map { state.accounts(of: $0) } ?? []
    }
}
