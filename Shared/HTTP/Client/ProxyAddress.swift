/// A proxy that connections are made through.
package struct ProxyAddress: Hashable, Sendable {
    /// The protocol spoken to the proxy.
    package enum Kind: Hashable, Sendable {
        /// HTTP `CONNECT`, for plain and TLS origins alike.
        case http
        /// SOCKS version 5, with the name resolved by the proxy.
        case socks5
    }

    package var kind: Kind
    package var host: String
    package var port: Int
    package var username: String?
    package var password: String?

    package init(kind: Kind, host: String, port: Int, username: String? = nil, password: String? = nil) {
        self.kind = kind
        self.host = host
        self.port = port
        self.username = username
        self.password = password
    }

    /// Reads `http://user:password@host:port`, `socks5://…` or `socks5h://…`; user and password may be percent-encoded.
    ///
    /// - Throws: ``URLError`` for another scheme, a path, or parts out of range.
    package static func parse(_ url: String) throws(URLError) -> ProxyAddress {
        let parts = try URLParts(url)
        let kind: Kind
        let standardPort: Int
        switch parts.scheme {
        case "http":
            kind = .http
            standardPort = 8_080
        case "socks5", "socks5h":
            kind = .socks5
            standardPort = 1_080
        default: throw URLError(problem: "the scheme must be http, socks5 or socks5h")
        }
        guard parts.path.isEmpty || parts.path == "/" else { throw URLError(problem: "a proxy has no path") }
        let username = try parts.username.map { name throws(URLError) in try URLParts.percentDecoded(name) }
        let password = try parts.password.map { word throws(URLError) in try URLParts.percentDecoded(word) }
        guard (username?.utf8.count ?? 0) <= 255, (password?.utf8.count ?? 0) <= 255 else {
            throw URLError(problem: "a proxy's user name and password have at most 255 bytes")
        }
        return ProxyAddress(
            kind: kind,
            host: parts.host,
            port: parts.port ?? standardPort,
            username: username,
            password: password
        )
    }
}
