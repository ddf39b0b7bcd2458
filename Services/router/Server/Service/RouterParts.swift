import Contracts
import HTTP
import Logging
import NIOCore
import NIOPosix
import PeerRPC
import RouterCore

/// The parts of a running router, wired.
struct RouterParts: Sendable {
    let book: RouterBook
    let client: UpstreamClient
    let peer: RPCClient
    let settler: SpoolSettler
    let meter: MeterLink
    let front: RouterFront
    let admin: RPCServer
    let demo: DemoServer

    static func open(
        _ configuration: RouterConfiguration,
        group: MultiThreadedEventLoopGroup,
        logger: Logger
    ) async throws -> RouterParts {
        let book = try await RouterBook.open(configuration.book, logger: logger)
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

        let peer = RPCClient(
            endpoint: configuration.meter,
            group: group,
            configuration: configuration.peers,
            logger: logger
        )
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
            logger: logger
        )
        let metrics = RouterMetrics()
        let chat = ChatService(
            dispatcher: dispatcher,
            meter: meter,
            settler: settler,
            spool: spool,
            caller: caller,
            metrics: metrics,
            maximumBody: configuration.maximumBody,
            conversationKey: configuration.conversationKey,
            logger: logger
        )
        var registry = RPCRegistry(service: ServiceDescription.router)
        book.register(on: &registry, health: dispatcher)
        return RouterParts(
            book: book,
            client: client,
            peer: peer,
            settler: settler,
            meter: meter,
            front: RouterFront(
                chat: chat,
                pages: Pages(dispatcher: dispatcher, meter: meter, gate: configuration.gate),
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
            )
        )
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
        await peer.shutdown()
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
