package import Bootstrap
import MeterCore
import Observability
import PeerRPC
import Secrets
import Storage

extension MeterConfiguration {
    /// The service's part of the whole configuration; makes the data folder and the master key where they are missing.
    ///
    /// - Parameters:
    ///   - configuration: What was read, with the variables of ``MeterDeclaration/parts``.
    ///   - listen: `--listen`; without it the service's socket in the data folder.
    /// - Throws: ``ConfigurationError`` and what the data folder or the master key cannot be used for.
    package init(_ configuration: KeiRouterConfiguration, listen: String?) throws {
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
                listen: try ListenAddress.read(listen, service: "meter", folder: folder),
                allowUIDs: configuration.rpc.allowUIDs,
                maximumFrame: configuration.rpc.maxFrame,
                allowPlaintext: configuration.rpc.allowPlaintext
            ),
            location: DatabaseLocation(
                setting: configuration.storage.url,
                file: folder.file("meter.db"),
                service: "meter"
            ),
            policy: LimitPolicy(configuration),
            retentionDays: configuration.usage.retentionDays,
            declaration: declaration,
            reservationKey: master.subkey(for: "meter", purpose: "reservation")
        )
        server.version = Version.current
        server.metrics = { [metrics] in metrics.render() }
        // Two meters would each admit the whole of a budget.
        database.isExclusive = true
        database.patience = DatabaseOptions.startPatience
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
