package import PeerRPC

/// Where a service is told to listen.
package enum ListenAddress {
    /// Reads `--listen`.
    ///
    /// - Parameters:
    ///   - text: `unix:///path.sock`, a bare absolute path, `SERVICE/REPLICA`, `tcp://host:port` or `host:port`; without it the
    ///     service's own socket in the data folder.
    ///   - service: The service's name.
    ///   - folder: The data folder.
    /// - Returns: The address; the folder of a socket in the data folder is there.
    /// - Throws: ``ConfigurationError`` for anything else, and why the socket's folder cannot be made.
    package static func read(_ text: String?, service: String, folder: DataFolder) throws -> RPCAddress {
        guard let text else { return .unix(try folder.prepareSocket(service: service)) }
        if text.hasPrefix(service + "/") {
            let replica = String(text.dropFirst(service.utf8.count + 1))
            return .unix(try folder.prepareSocket(service: service, instance: replica))
        }
        if text.hasPrefix("unix://") { return .unix(String(text.dropFirst("unix://".count))) }
        if text.hasPrefix("/") { return .unix(text) }
        let place = text.hasPrefix("tcp://") ? String(text.dropFirst("tcp://".count)) : text
        guard let colon = place.lastIndex(of: ":"), let port = Int(place[place.index(after: colon)...]),
            (0...65_535).contains(port)
        else { throw ConfigurationError(key: "--listen", problem: "expected unix:///path.sock or host:port") }
        let host = place[..<colon].filter { $0 != "[" && $0 != "]" }
        return .tcp(host: host, port: port)
    }
}
