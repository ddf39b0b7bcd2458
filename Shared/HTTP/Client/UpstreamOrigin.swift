/// Where a request goes: connections are pooled by this value.
package struct UpstreamOrigin: Hashable, Sendable {
    /// Whether TLS is spoken.
    package enum Scheme: Hashable, Sendable {
        case http
        case https

        package var standardPort: Int { self == .https ? 443 : 80 }
    }

    package var scheme: Scheme
    /// Lower case; an IPv6 literal without brackets.
    package var host: String
    package var port: Int
    /// Dials this socket instead of host and port, which then only name the server; no egress policy applies.
    package var unixPath: String?
    package var proxy: ProxyAddress?
    /// Whether the operator allows a private address behind this very host and port; link-local ones stay shut.
    package var allowsPrivate = false

    package init(scheme: Scheme, host: String, port: Int, unixPath: String? = nil, proxy: ProxyAddress? = nil) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.unixPath = unixPath
        self.proxy = proxy
    }

    /// The origin of an `http` or `https` URL, whose path is ignored; `nil` when it is not one or carries credentials.
    package init?(url: String, proxy: ProxyAddress? = nil) {
        guard let parts = try? URLParts(url), parts.username == nil else { return nil }
        switch parts.scheme {
        case "http": scheme = .http
        case "https": scheme = .https
        default: return nil
        }
        host = parts.host
        port = parts.port ?? scheme.standardPort
        self.proxy = proxy
    }

    /// What the `Host` field says.
    package var authority: String {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return port == scheme.standardPort ? name : "\(name):\(port)"
    }
}
