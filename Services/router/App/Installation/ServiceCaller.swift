import Bootstrap
import Contracts
import Logging
import NIOCore
import NIOPosix
import PeerRPC

/// Calls one service for the length of a command.
struct ServiceCaller: Sendable {
    /// How long a call may take where nothing else is said.
    static let usualTime = Duration.seconds(15)
    /// How many items a list may have before it is cut; far more than a person reads.
    private static let longestList = 200_000

    private let client: RPCClient
    private let endpoint: String

    /// Connects, runs the body and disconnects.
    static func with<Result>(
        _ endpoint: String,
        _ configuration: KeiRouterConfiguration,
        _ body: (ServiceCaller) async throws -> Result
    ) async throws -> Result {
        var settings = RPCClientConfiguration()
        settings.allowPlaintext = configuration.rpc.allowPlaintext
        settings.maximumFrame = configuration.rpc.maxFrame
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let client = RPCClient(
            endpoint: try RPCEndpoint.parse(endpoint),
            group: group,
            configuration: settings,
            logger: Logger(label: "keirouter") { _ in SwiftLogNoOpLogHandler() }
        )
        do {
            let result = try await body(ServiceCaller(client: client, endpoint: endpoint))
            await client.shutdown()
            try? await group.shutdownGracefully()
            return result
        } catch {
            await client.shutdown()
            try? await group.shutdownGracefully()
            throw error
        }
    }

    /// Whether a server says now that it serves.
    func isServing() async -> Bool {
        await client.waitUntilReady(deadline: .now)
    }

    /// Waits until a server says that it serves.
    func waitUntilServing(_ patience: Duration) async -> Bool {
        await client.waitUntilReady(deadline: .now + patience)
    }

    /// What a server says of its health; `nil` when none answers.
    ///
    /// One that knows no such method, as an external guard may, is taken at its word that it answers.
    func health() async -> HealthStatus? {
        do throws(ServiceError) {
            return try await attempt(HealthMethods.check, HealthCheck(), within: .seconds(2))
        } catch {
            return error.isNotOffered ? HealthStatus(isServing: true) : nil
        }
    }

    /// Calls a method; its error becomes one line for the user.
    func call<Parameters, Output>(
        _ method: RPCMethod<Parameters, Output>,
        _ parameters: Parameters,
        within time: Duration = usualTime
    ) async throws(ProgramFailure) -> Output {
        do throws(ServiceError) {
            return try await attempt(method, parameters, within: time)
        } catch {
            throw failure(error)
        }
    }

    /// Calls a method and leaves its error as it is.
    func attempt<Parameters, Output>(
        _ method: RPCMethod<Parameters, Output>,
        _ parameters: Parameters,
        within time: Duration = usualTime
    ) async throws(ServiceError) -> Output {
        try await client.call(method, parameters, deadline: .now + time)
    }

    /// The first item of a stream, which is then given up; `nil` when it ends without one.
    func first<Parameters, Item, Output>(
        of stream: RPCServerStream<Parameters, Item, Output>,
        _ parameters: Parameters,
        within time: Duration = usualTime
    ) async throws(ServiceError) -> Item? {
        let items = AsyncStream.makeStream(of: Item.self, bufferingPolicy: .bufferingOldest(1))
        let deadline = ContinuousClock.now + time
        let call = Task { [client] in
            defer { items.continuation.finish() }
            do throws(ServiceError) {
                _ = try await client.stream(stream, parameters, deadline: deadline) {
                    _ = items.continuation.yield($0)
                }
                return ServiceError?.none
            } catch {
                return error
            }
        }
        defer { call.cancel() }
        var iterator = items.stream.makeAsyncIterator()
        if let item = await iterator.next() { return item }
        if let error = await call.value { throw error }
        return nil
    }

    /// Opens a call that streams both ways.
    func open<Parameters, Sent, Item, Output>(
        _ stream: RPCDuplexStream<Parameters, Sent, Item, Output>,
        _ parameters: Parameters,
        within time: Duration = usualTime
    ) async throws(ServiceError) -> RPCDuplexCall<Sent, Item, Output> {
        try await client.duplex(stream, parameters, deadline: .now + time)
    }

    /// All items of a resource, page by page.
    func all<Item>(
        _ resource: AdminResource<Item>,
        filter: [String: String] = [:]
    ) async throws(ProgramFailure) -> [Item] {
        var items: [Item] = []
        var token: String?
        repeat {
            let request = ListRequest(pageToken: token, pageSize: ListRequest.largestPage, filter: filter)
            let page = try await call(resource.list, request)
            items += page.items
            token = page.next
        } while token != nil && items.count < Self.longestList
        return items
    }

    /// Deletes the one item that is meant, and answers it.
    func delete<Item>(
        _ resource: AdminResource<Item>,
        _ noun: String,
        plural: String? = nil,
        _ text: String,
        where isMeant: (Item) -> Bool
    ) async throws(ProgramFailure) -> Item {
        let items = try await all(resource).filter(isMeant)
        let found = try Selection.one(noun, plural: plural, text, among: items, name: \.id)
        _ = try await call(resource.delete, DeleteRequest(id: found.id))
        return found
    }

    private func failure(_ error: ServiceError) -> ProgramFailure {
        switch error.code {
        // Who has a store to speak of is running.
        case .unavailable where error.origin == .store: ProgramFailure(.failed, error.message)
        case .unavailable: ProgramFailure(.notRunning, "\(error.message); start it with keirouter start")
        case .deadlineExceeded: ProgramFailure(.failed, "\(endpoint) did not answer in time; try again, or see its log")
        case _ where error.isNotOffered:
            ProgramFailure(.failed, "\(endpoint) does not know this call; it is another version, restart it")
        default: ProgramFailure(.failed, error.message)
        }
    }
}

extension ServiceError {
    /// Whether the server does not know the method.
    var isNotOffered: Bool { code == .methodNotFound || code == .unimplemented }
}
