package import Bootstrap
import HTTP
import NIOCore
import NIOHTTP1

/// Who may see what is for operators, decided by the socket a request came in on; headers can only deny.
package struct AdminGate: Sendable {
    private let allowed: [AddressRange]
    private let trusted: [AddressRange]
    private let hosts: Set<String>

    /// - Parameters:
    ///   - server: The settings.
    ///   - isOwnListener: Whether it guards the listener that is for operators alone. Where there is such a one, the main
    ///     port shows what is for operators to this machine only, whatever the other listener allows.
    package init(_ server: ServerSettings, isOwnListener: Bool = false) {
        allowed = server.adminListen == nil || isOwnListener ? server.adminAllow : AddressRange.loopback
        trusted = server.trustedProxies
        var hosts = Set(server.adminHosts)
        // Where the operator says the dashboard is, its name is meant.
        if let own = try? URLParts(server.adminURL).host { hosts.insert(own) }
        self.hosts = hosts
    }

    /// Why a request is refused, or `nil`.
    func refusal(_ exchange: HTTPExchange) -> String? {
        guard isKnown(host: exchange.head.headers.first(name: "host")) else {
            return "this host name is not known here; add it to server.admin_hosts"
        }
        // A Unix socket is guarded by its folder's permissions.
        guard let peer = exchange.peer?.ipAddress else { return nil }
        guard contains(allowed, peer) else { return "only the addresses in server.admin_allow may see this" }
        let headers = exchange.head.headers
        guard contains(trusted, peer) else {
            return isForwarded(headers) ? "this came through a proxy that is not in server.trusted_proxies" : nil
        }
        guard let client = client(behind: headers) else { return nil }
        return contains(allowed, client) ? nil : "only the addresses in server.admin_allow may see this"
    }

    /// Who stands behind a request: the peer, or who a trusted proxy says that it is.
    func origin(of exchange: HTTPExchange) -> RequestOrigin {
        guard let peer = exchange.peer?.ipAddress else { return RequestOrigin(peer: "unix", isSecure: false) }
        guard contains(trusted, peer) else { return RequestOrigin(peer: peer, isSecure: false) }
        let headers = exchange.head.headers
        let client = client(behind: headers).flatMap { AddressRange($0) == nil ? nil : $0 }
        return RequestOrigin(peer: client ?? peer, isSecure: Self.isSecure(headers))
    }

    /// What the nearest proxy says of the connection it took: its word comes last.
    private static func isSecure(_ headers: HTTPHeaders) -> Bool {
        if let said = headers[canonicalForm: "x-forwarded-proto"].last { return said.lowercased() == "https" }
        return parameters("proto", of: headers).last?.lowercased() == "https"
    }

    private func contains(_ ranges: [AddressRange], _ address: String) -> Bool {
        ranges.contains { $0.contains(address) }
    }

    /// A tunnel or reverse proxy on this machine looks like a local user, but for what it adds.
    private func isForwarded(_ headers: HTTPHeaders) -> Bool {
        headers.contains { name, _ in
            let name = name.lowercased()
            return name == "forwarded" || name == "via" || name.hasPrefix("x-forwarded-") || name == "x-real-ip"
        }
    }

    /// The last address in `X-Forwarded-For`, or without that in `Forwarded`, that no trusted proxy stands for.
    private func client(behind headers: HTTPHeaders) -> String? {
        var hops = headers[canonicalForm: "x-forwarded-for"].map { hop in hop.filter { $0 != " " } }
        if hops.isEmpty {
            hops = Self.parameters("for", of: headers).map { hop in hop.filter { $0 != "[" && $0 != "]" } }
        }
        return hops.last { !contains(trusted, $0) }
    }

    /// The values of one parameter of every element of `Forwarded`, nearest proxy last.
    private static func parameters(_ name: String, of headers: HTTPHeaders) -> [String] {
        headers[canonicalForm: "forwarded"].compactMap { element in
            for part in element.split(separator: ";") {
                let pair = part.filter { $0 != " " && $0 != "\"" }
                if pair.lowercased().hasPrefix(name + "=") { return String(pair.dropFirst(name.utf8.count + 1)) }
            }
            return nil
        }
    }

    /// `localhost`, an address, or a listed name: a page elsewhere cannot make its own name lead here.
    private func isKnown(host: String?) -> Bool {
        guard let host, let parts = try? URLParts("http://\(host)"), parts.path.isEmpty, parts.username == nil else {
            return false
        }
        return parts.host == "localhost" || hosts.contains(parts.host) || AddressRange(parts.host) != nil
    }
}

/// Whom a request comes from, and over what.
struct RequestOrigin: Hashable, Sendable {
    /// An IP address, or `unix` for a socket of the file system.
    var peer: String
    /// Whether a trusted proxy says that its client spoke TLS.
    var isSecure: Bool
}
