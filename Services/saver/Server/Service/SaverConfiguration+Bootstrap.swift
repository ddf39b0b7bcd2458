package import Bootstrap
import NIOCore
import PeerRPC

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
        guard configuration.storage.isSQLite else {
            throw ConfigurationError(key: "storage.url", problem: "this build of the saver keeps its data in sqlite")
        }
        let declaration = try SaverDeclaration(reading: configuration.declare)
        let folder = DataFolder(configuration.dataFolder)
        try folder.create()
        self.init(
            server: RPCServerConfiguration(
                listen: try Self.address(listen, folder: folder),
                allowUIDs: configuration.rpc.allowUIDs,
                maximumFrame: configuration.rpc.maxFrame,
                allowPlaintext: configuration.rpc.allowPlaintext
            ),
            databasePath: folder.file("saver.db"),
            declaration: declaration,
            threads: min(System.coreCount, Self.maximumThreads)
        )
        server.version = Version.current
    }

    /// `unix:///path.sock`, a bare absolute path, `tcp://host:port` or `host:port`.
    private static func address(_ listen: String?, folder: DataFolder) throws -> RPCAddress {
        guard let listen else { return .unix(try folder.prepareSocket(service: "saver")) }
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
