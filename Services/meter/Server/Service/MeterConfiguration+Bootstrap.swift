package import Bootstrap
import MeterCore
import PeerRPC
import Secrets

extension MeterConfiguration {
    /// The service's part of the whole configuration; makes the data folder and the master key where they are missing.
    ///
    /// - Parameters:
    ///   - configuration: What was read, with the variables of ``MeterDeclaration/parts``.
    ///   - listen: `--listen`; without it the service's socket in the data folder.
    /// - Throws: ``ConfigurationError`` and what the data folder or the master key cannot be used for.
    package init(_ configuration: KeiRouterConfiguration, listen: String?) throws {
        guard configuration.storage.isSQLite else {
            throw ConfigurationError(key: "storage.url", problem: "this build of the meter keeps its data in sqlite")
        }
        guard configuration.limits.backend == .memory else {
            throw ConfigurationError(key: "limits.backend", problem: "this build of the meter keeps limits in memory")
        }
        let declaration = try MeterDeclaration(reading: configuration.declare)
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
            databasePath: folder.file("meter.db"),
            policy: LimitPolicy(configuration),
            retentionDays: configuration.usage.retentionDays,
            declaration: declaration,
            reservationKey: master.subkey(for: "meter", purpose: "reservation")
        )
        server.version = Version.current
    }

    /// `unix:///path.sock`, a bare absolute path, `tcp://host:port` or `host:port`.
    private static func address(_ listen: String?, folder: DataFolder) throws -> RPCAddress {
        guard let listen else { return .unix(try folder.prepareSocket(service: "meter")) }
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

extension LimitPolicy {
    init(_ configuration: KeiRouterConfiguration) {
        let limits = configuration.limits
        let window = limits.window.components
        let cache = configuration.cache
        self.init(
            isEnabled: limits.enabled,
            rpm: limits.defaultRPM,
            tpm: limits.defaultTPM,
            concurrency: limits.defaultConcurrency,
            windowUS: Int(window.seconds) * 1_000_000 + Int(window.attoseconds / 1_000_000_000_000),
            outputReserve: limits.outputReserve,
            cache: cache.semantic ? "semantic" : cache.exact ? "exact" : "off"
        )
    }
}
