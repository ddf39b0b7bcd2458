package import Bootstrap
import NIOCore
import Observability
import PeerRPC
import Storage

extension SaverConfiguration {
    /// More threads than this gain nothing: the router asks only for what is new.
    private static let maximumThreads = 8

    /// The service's part of the whole configuration; makes the data folder where it is missing.
    ///
    /// - Parameters:
    ///   - configuration: What was read, with the variables of ``SaverDeclaration/parts``.
    ///   - listen: `--listen`; without it the service's socket in the data folder.
    /// - Throws: ``ConfigurationError`` and what the data folder cannot be used for.
    package init(_ configuration: KeiRouterConfiguration, listen: String?) throws {
        let declaration = try SaverDeclaration(reading: configuration.declare)
        let folder = DataFolder(configuration.dataFolder)
        try folder.create()
        self.init(
            server: RPCServerConfiguration(
                listen: try ListenAddress.read(listen, service: "saver", folder: folder),
                allowUIDs: configuration.rpc.allowUIDs,
                maximumFrame: configuration.rpc.maxFrame,
                allowPlaintext: configuration.rpc.allowPlaintext
            ),
            location: DatabaseLocation(
                setting: configuration.storage.url,
                file: folder.file("saver.db"),
                service: "saver"
            ),
            declaration: declaration,
            threads: min(System.coreCount, Self.maximumThreads)
        )
        server.version = Version.current
        database.patience = DatabaseOptions.startPatience
        server.metrics = { MetricsRegistry.shared.render() }
    }
}
