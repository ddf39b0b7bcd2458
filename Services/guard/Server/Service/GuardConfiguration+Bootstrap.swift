package import Bootstrap
import PeerRPC
import Secrets

extension GuardConfiguration {
    /// The service's part of the whole configuration; makes the data folder and the master key where they are missing.
    ///
    /// - Parameters:
    ///   - configuration: What was read, with the variables of ``GuardDeclaration/parts``.
    ///   - listen: `--listen`; without it the service's socket in the data folder.
    /// - Throws: ``ConfigurationError`` and what the data folder or the master key cannot be used for.
    package init(_ configuration: KeiRouterConfiguration, listen: String?) throws {
        guard configuration.storage.isSQLite else {
            throw ConfigurationError(key: "storage.url", problem: "this build of the guard keeps its data in sqlite")
        }
        let declaration = try GuardDeclaration(reading: configuration.declare)
        let folder = DataFolder(configuration.dataFolder)
        try folder.create()
        let master = try MasterKey.load(
            environment: configuration.masterKey,
            dataFolder: folder.path,
            createIfMissing: true
        )
        self.init(
            server: RPCServerConfiguration(
                listen: try Self.address(listen, folder: folder),
                allowUIDs: configuration.rpc.allowUIDs,
                maximumFrame: configuration.rpc.maxFrame,
                allowPlaintext: configuration.rpc.allowPlaintext
            ),
            folder: folder,
            retentionDays: configuration.guardrails.auditRetentionDays,
            window: configuration.guardrails.window,
            declaration: declaration,
            placeholderKey: master.subkey(for: "guard", purpose: "placeholder")
        )
        server.version = Version.current
    }

    /// `unix:///path.sock`, a bare absolute path, `guard/REPLICA`, `tcp://host:port` or `host:port`.
    private static func address(_ listen: String?, folder: DataFolder) throws -> RPCAddress {
        guard let listen else { return .unix(try folder.prepareSocket(service: "guard")) }
        if listen.hasPrefix("guard/") {
            let replica = String(listen.dropFirst("guard/".count))
            return .unix(try folder.prepareSocket(service: "guard", instance: replica))
        }
        if listen.hasPrefix("unix://") { return .unix(String(listen.dropFirst("unix://".count))) }
        if listen.hasPrefix("/") { return .unix(listen) }
        let place = listen.hasPrefix("tcp://") ? String(listen.dropFirst("tcp://".count)) : listen
        guard let colon = place.lastIndex(of: ":"), let port = Int(place[place.index(after: colon)...]),
            (0...65_535).contains(port)
        else { throw ConfigurationError(key: "--listen", problem: "expected unix:///path.sock or host:port") }
        let host = place[..<colon].filter { $0 != "[" && $0 != "]" }
        return .tcp(host: host, port: port)
    }
}
