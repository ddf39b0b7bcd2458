import Bootstrap
import HTTP
import NIOCore
import PeerRPC
import RouterCore
import Secrets
import Storage

/// What the router is started with, from the whole configuration.
struct RouterConfiguration: Sendable {
    var host: String
    var port: Int
    var http: HTTPServerConfiguration
    var maximumBody: Int
    var maximumConcurrent: Int
    var server: ServerSettings
    var portal: UpstreamOrigin
    var crossOrigin: CrossOrigin
    var timeouts: UpstreamCaller.Timeouts
    var egress: EgressPolicy
    var proxy: ProxyAddress?
    var book: RouterBookConfiguration
    var admin: RPCServerConfiguration
    var meter: RPCEndpoint
    var `guard`: RPCEndpoint
    var saver: RPCEndpoint
    var peers: RPCClientConfiguration
    var spoolRoot: String
    var demoSocket: String
    var outputReserve: Int
    var conversationKey: Subkey
    /// Hashes the texts that guard and savers have seen.
    var segmentKey: Subkey
    /// How long a stream may be silent before a comment keeps it open.
    var keepAlive = StreamPulse.usualInterval
    /// What may be dialed although it is private, for the log.
    var openings: [String]

    init(_ configuration: KeiRouterConfiguration, listen: String?) throws {
        let folder = DataFolder(configuration.dataFolder)
        try folder.create()
        let master = try MasterKey.load(
            environment: configuration.masterKey,
            dataFolder: folder.path,
            createIfMissing: true
        )
        let server = configuration.server
        (host, port) = try Self.address(listen) ?? (server.host, server.port)
        maximumBody = server.maxBody
        maximumConcurrent = server.maxConcurrentRequests
        self.server = server
        crossOrigin = CrossOrigin(origins: server.corsOrigins)
        http = HTTPServerConfiguration()
        http.maximumBody = server.maxBody
        http.errorResponse = { Rescue.edgeResponse($0, $1) }
        let times = configuration.timeouts
        timeouts = UpstreamCaller.Timeouts(
            connect: times.connect,
            firstByte: times.firstByte,
            stall: times.stall,
            request: times.request,
            stream: times.stream
        )
        proxy = try Self.proxy(configuration.egress.proxy)
        egress = EgressPolicy(
            allowPrivate: try configuration.egress.allowPrivate.map { try EgressRule.parse($0.description) }
        )
        openings = configuration.egress.allowPrivate.map(\.description)
        book = RouterBookConfiguration(
            location: DatabaseLocation(
                setting: configuration.storage.url,
                file: folder.file("router.db"),
                service: "router"
            ),
            declaration: try RouterDeclaration(reading: configuration.declare),
            envelope: Envelope(keys: [1: master.subkey(for: "router")], current: 1),
            includesDemo: true
        )
        let rpc = configuration.rpc
        admin = RPCServerConfiguration(
            listen: .unix(try folder.prepareSocket(service: "router")),
            allowUIDs: rpc.allowUIDs,
            maximumFrame: rpc.maxFrame,
            allowPlaintext: rpc.allowPlaintext
        )
        admin.version = Version.current
        let services = configuration.services
        meter = try RPCEndpoint.parse(services.endpoint(of: .meter, in: folder))
        `guard` = try RPCEndpoint.parse(services.endpoint(of: .guard, in: folder))
        saver = try RPCEndpoint.parse(services.endpoint(of: .saver, in: folder))
        portal = try Self.portal(services.endpoint(of: .portal, in: folder))
        peers = RPCClientConfiguration()
        peers.maximumFrame = rpc.maxFrame
        peers.allowPlaintext = rpc.allowPlaintext
        spoolRoot = folder.file("spool")
        demoSocket = try folder.prepareSocket(service: "demo")
        outputReserve = configuration.limits.outputReserve
        conversationKey = master.subkey(for: "router", purpose: "conversation")
        segmentKey = master.subkey(for: "router", purpose: "segments")
    }

    /// The portal speaks HTTP, on its socket or at an address of the operator's choosing.
    private static func portal(_ endpoint: String) throws -> UpstreamOrigin {
        if endpoint.hasPrefix("unix://"), !endpoint.contains("*") {
            let path = String(endpoint.dropFirst("unix://".count))
            return UpstreamOrigin(scheme: .http, host: "portal", port: 80, unixPath: path)
        }
        let url = endpoint.replacing("tcp://", with: "http://").replacing("tls://", with: "https://")
        guard !endpoint.hasPrefix("unix://"), var origin = UpstreamOrigin(url: url) else {
            throw ConfigurationError(
                key: "services.portal.endpoint",
                problem: "expected unix, unix:///path.sock, tcp://host:port or tls://host:port"
            )
        }
        origin.allowsPrivate = true
        return origin
    }

    private static func proxy(_ text: String) throws -> ProxyAddress? {
        guard !text.isEmpty else { return nil }
        do throws(URLError) {
            return try ProxyAddress.parse(text)
        } catch {
            throw ConfigurationError(key: "egress.proxy", problem: error.problem)
        }
    }

    /// `host:port`, `[v6]:port` or `:port`.
    private static func address(_ listen: String?) throws -> (String, Int)? {
        guard let listen else { return nil }
        guard let colon = listen.lastIndex(of: ":"), let port = Int(listen[listen.index(after: colon)...]),
            (0...65_535).contains(port)
        else { throw ConfigurationError(key: "--listen", problem: "expected host:port") }
        let host = listen[..<colon].filter { $0 != "[" && $0 != "]" }
        return (host.isEmpty ? "0.0.0.0" : host, port)
    }
}
