import Contracts
import HTTP
import Logging
import NIOCore
import NIOPosix
import PeerRPC
import RouterCore
import ServiceLifecycle
import Storage

/// The parts of a running router, wired.
struct RouterParts: Sendable {
    let book: RouterBook
    let client: UpstreamClient
    let peers: [RPCClient]
    let preparer: Preparer
    let settler: SpoolSettler
    let meter: MeterLink
    let front: RouterFront
    let admin: RPCServer
    let demo: DemoServer
    let portal: PortalProxy

    static func open(
        _ configuration: RouterConfiguration,
        group: MultiThreadedEventLoopGroup,
        logger: Logger
    ) async throws -> RouterParts {
        var bookConfiguration = configuration.book
        bookConfiguration.database.patience = DatabaseOptions.startPatience
        let book = try await cancelWhenGracefulShutdown { [bookConfiguration] in
            try await RouterBook.open(bookConfiguration, logger: logger)
        }
        let ways = EgressWays(
            declared: Set(book.declaredDestinations),
            proxy: configuration.proxy,
            demoSocket: configuration.demoSocket
        )
        tell(openings: configuration.openings + ways.declared.map { "\($0.host):\($0.port)" }.sorted(), logger)
        let client = UpstreamClient(group: group, egress: configuration.egress, logger: logger)
        let caller = UpstreamCaller(client: client, timeouts: configuration.timeouts)
        let dispatcher = Dispatcher(book.state, ways: ways, caller: caller)
        book.onChange { dispatcher.update($0) }

        let peer = peer(configuration.meter, configuration, group, logger)
        let (preparer, others) = await preparer(configuration, book, group, logger)
        let instance = InstanceName.make()
        let spool = try Spool(root: configuration.spoolRoot, instance: instance)
        let settler = SpoolSettler(
            spool: spool,
            root: configuration.spoolRoot,
            instance: instance,
            client: peer,
            logger: logger
        )
        let meter = MeterLink(
            client: peer,
            instance: instance,
            grace: OutageGrace(outputReserve: configuration.outputReserve),
            spool: spool,
            settler: settler,
            grants: GrantBook(outputReserve: configuration.outputReserve),
            logger: logger
        )
        let metrics = RouterMetrics()
        let chat = ChatService(
            dispatcher: dispatcher,
            meter: meter,
            settler: settler,
            spool: spool,
            caller: caller,
            preparer: preparer,
            metrics: metrics,
            maximumBody: configuration.maximumBody,
            conversationKey: configuration.conversationKey,
            keepAlive: configuration.keepAlive,
            logger: logger
        )
        let portal = PortalProxy(configuration.portal, group: group, logger: logger)
        var registry = RPCRegistry(service: ServiceDescription.router)
        book.register(on: &registry, health: dispatcher)
        EmbeddingService(
            dispatcher: dispatcher,
            caller: caller,
            spool: spool,
            settler: settler,
            metrics: metrics,
            logger: logger
        ).register(on: &registry)
        return RouterParts(
            book: book,
            client: client,
            peers: [peer] + others,
            preparer: preparer,
            settler: settler,
            meter: meter,
            front: RouterFront(
                chat: chat,
                pages: Pages(
                    dispatcher: dispatcher,
                    meter: meter,
                    preparer: preparer,
                    portal: portal,
                    figures: ServiceFigures(services: [("meter", peer)] + zip(["guard", "saver"], others))
                ),
                portal: PortalFront(configuration.server, proxy: portal),
                crossOrigin: configuration.crossOrigin,
                metrics: metrics,
                maximumConcurrent: configuration.maximumConcurrent
            ),
            admin: RPCServer(configuration.admin, registry: registry, group: group, logger: logger),
            demo: DemoServer(
                socket: configuration.demoSocket,
                maximumBody: configuration.maximumBody,
                group: group,
                logger: logger
            ),
            portal: portal
        )
    }

    /// What stands between a request and its provider: guard and savers, with the router's memory of them.
    private static func preparer(
        _ configuration: RouterConfiguration,
        _ book: RouterBook,
        _ group: MultiThreadedEventLoopGroup,
        _ logger: Logger
    ) async -> (Preparer, [RPCClient]) {
        let metrics = PreparationMetrics()
        let key = configuration.segmentKey
        let guards = peer(configuration.guard, configuration, group, logger)
        let savers = peer(configuration.saver, configuration, group, logger)
        let preparer = Preparer(
            guardLink: GuardLink(client: guards, hashKey: key, metrics: metrics, logger: logger),
            saverLink: SaverLink(client: savers, hashKey: key, metrics: metrics, logger: logger),
            memory: SegmentMemory(),
            conversations: ConversationTable(),
            epochs: await EpochStore.book(book, logger),
            hashKey: key,
            maximumFrame: configuration.peers.maximumFrame,
            metrics: metrics
        )
        return (preparer, [guards, savers])
    }

    private static func peer(
        _ endpoint: RPCEndpoint,
        _ configuration: RouterConfiguration,
        _ group: MultiThreadedEventLoopGroup,
        _ logger: Logger
    ) -> RPCClient {
        RPCClient(endpoint: endpoint, group: group, configuration: configuration.peers, logger: logger)
    }

    /// An operator must be able to see what the configuration opens.
    private static func tell(openings: [String], _ logger: Logger) {
        guard !openings.isEmpty else { return }
        logger.info(
            "these destinations may have private addresses",
            metadata: ["destinations": "\(openings.joined(separator: ", "))"]
        )
    }

    func close() async {
        await admin.stop(drain: .zero)
        await demo.stop()
        await client.shutdown()
        await portal.shutdown()
        for peer in peers { await peer.shutdown() }
        await book.close()
    }
}

/// Names this run of a router, for its spool and for the meter.
enum InstanceName {
    /// 16 hexadecimal digits; a name that was used before would hide another router's spool.
    static func make() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return "router-" + String(repeating: "0", count: 16 - digits.count) + digits
    }
}
