package import Contracts
package import Logging
package import NIOCore
package import PeerRPC

/// The services that the portal shows and administers.
package struct PeerClients: Sendable {
    /// Where each of them answers.
    package struct Endpoints: Hashable, Sendable {
        package var router: RPCEndpoint
        package var `guard`: RPCEndpoint
        package var saver: RPCEndpoint
        package var meter: RPCEndpoint

        package init(router: RPCEndpoint, guard: RPCEndpoint, saver: RPCEndpoint, meter: RPCEndpoint) {
            self.router = router
            self.guard = `guard`
            self.saver = saver
            self.meter = meter
        }
    }

    /// One of the services.
    package enum Peer: String, CaseIterable, Hashable, Sendable {
        case router
        case `guard`
        case saver
        case meter
    }

    private let clients: [Peer: RPCClient]

    package init(
        _ endpoints: Endpoints,
        group: any EventLoopGroup,
        configuration: RPCClientConfiguration = RPCClientConfiguration(),
        logger: Logger
    ) {
        func client(_ endpoint: RPCEndpoint) -> RPCClient {
            RPCClient(endpoint: endpoint, group: group, configuration: configuration, logger: logger)
        }
        clients = [
            .router: client(endpoints.router), .guard: client(endpoints.guard), .saver: client(endpoints.saver),
            .meter: client(endpoints.meter),
        ]
    }

    /// Calls a method of the service that its name begins with.
    ///
    /// - Parameters:
    ///   - method: `router.v1.…`, `guard.v1.…`, `saver.v1.…` or `meter.v1.…`.
    ///   - parameters: What it takes.
    ///   - deadline: When to give up; ``PortalLimits/call`` from now if not given.
    /// - Returns: What the service answered.
    /// - Throws: ``ServiceError``, the service's own or the transport's.
    package func call<Parameters, Output>(
        _ method: RPCMethod<Parameters, Output>,
        _ parameters: Parameters,
        deadline: ContinuousClock.Instant = .now + PortalLimits.call
    ) async throws(ServiceError) -> Output {
        try await client(of: method.name).call(method, parameters, deadline: deadline)
    }

    /// Calls a method that streams, until the task is cancelled or the stream ends.
    package func stream<Parameters, Item, Output>(
        _ stream: RPCServerStream<Parameters, Item, Output>,
        _ parameters: Parameters,
        onItem: @escaping @Sendable (Item) async -> Void
    ) async throws(ServiceError) -> Output {
        try await client(of: stream.name).stream(stream, parameters, deadline: nil, onItem: onItem)
    }

    /// All items of a list, page by page, up to a number.
    package func all<Item>(
        _ resource: AdminResource<Item>,
        filter: [String: String] = [:],
        limit: Int = 5000
    ) async throws(ServiceError) -> [Item] {
        var items: [Item] = []
        var token: String?
        repeat {
            let size = min(ListRequest.largestPage, limit - items.count)
            let page = try await call(resource.list, ListRequest(pageToken: token, pageSize: size, filter: filter))
            items += page.items
            token = page.next
        } while token != nil && items.count < limit
        return items
    }

    /// Whether a service says now that it serves.
    package func isServing(_ peer: Peer) async -> Bool {
        await clients[peer]?.waitUntilReady(deadline: .now) ?? false
    }

    package func shutdown() async {
        for client in clients.values { await client.shutdown() }
    }

    private func client(of method: String) throws(ServiceError) -> RPCClient {
        let name = method.prefix { $0 != "." }
        guard let peer = Peer(rawValue: String(name)), let client = clients[peer] else {
            throw ServiceError(.methodNotFound, reason: "unknown_service", message: "no service answers \(method)")
        }
        return client
    }
}
