package import Bootstrap
import PeerRPC
import Secrets
import Storage

extension PortalConfiguration {
    /// The service's part of the whole configuration; makes the data folder and the master key where they are missing.
    ///
    /// - Parameters:
    ///   - configuration: What was read.
    ///   - listen: `--listen`; without it the service's socket in the data folder.
    /// - Throws: ``ConfigurationError`` and what the data folder or the master key cannot be used for.
    package init(_ configuration: KeiRouterConfiguration, listen: String?) throws {
        let folder = DataFolder(configuration.dataFolder)
        try folder.create()
        let master = try MasterKey.load(
            environment: configuration.masterKey,
            dataFolder: folder.path,
            createIfMissing: true
        )
        let address = try ListenAddress.read(listen, service: "portal", folder: folder)
        if case .tcp(let host, _) = address, !configuration.rpc.allowPlaintext, !Self.isLoopback(host) {
            throw ConfigurationError(
                key: "--listen",
                problem:
                    "the portal believes whoever connects to it about who asks; only the router may, so listen on a"
                    + " socket, or set rpc.allow_plaintext on a network that nobody else is on"
            )
        }
        func endpoint(_ name: PeerName) throws -> RPCEndpoint {
            try RPCEndpoint.parse(configuration.services.endpoint(of: name, in: folder))
        }
        var peers = RPCClientConfiguration()
        peers.allowPlaintext = configuration.rpc.allowPlaintext
        peers.maximumFrame = configuration.rpc.maxFrame
        self.init(
            listen: address,
            location: DatabaseLocation(
                setting: configuration.storage.url,
                file: folder.file("portal.db"),
                service: "portal"
            ),
            endpoints: PeerClients.Endpoints(
                router: try RPCEndpoint.parse("unix://\(folder.socketPath(service: "router"))"),
                guard: try endpoint(.guard),
                saver: try endpoint(.saver),
                meter: try endpoint(.meter)
            ),
            peers: peers,
            csrfKey: master.subkey(for: "portal", purpose: "csrf")
        )
        // Two portals would each count the attempts to sign in, and each make a claim code that ends the other's.
        database.isExclusive = true
        database.patience = DatabaseOptions.startPatience
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }
}
