package import Bootstrap
import HTTP
import NIOCore
import NIOHTTP1

/// Who may see what is for operators, decided by the socket a request came in on; headers can only deny.
package struct AdminGate: Sendable {
    private let allowed: [AddressRange]
    private let trusted: [AddressRange]
    private let hosts: Set<String>

    package init(_ server: ServerSettings) {
        allowed = server.adminAllow
        trusted = server.trustedProxies
        hosts = Set(server.adminHosts)
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

    /// The last address in `X-Forwarded-For` that no trusted proxy stands for.
    private func client(behind headers: HTTPHeaders) -> String? {
        let hops = headers["x-forwarded-for"].joined(separator: ",").split(separator: ",")
            .map { hop in hop.filter { $0 != " " } }
        return hops.last { !contains(trusted, $0) }
    }

    /// `localhost`, an address, or a listed name: a page elsewhere cannot make its own name lead here.
    private func isKnown(host: String?) -> Bool {
        guard let host, let parts = try? URLParts("http://\(host)"), parts.path.isEmpty, parts.username == nil else {
            return false
        }
        return parts.host == "localhost" || hosts.contains(parts.host) || AddressRange(parts.host) != nil
    }
}
