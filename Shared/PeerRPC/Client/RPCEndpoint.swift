/// Where one or many servers of a service are found.
package struct RPCEndpoint: Hashable, Sendable, CustomStringConvertible {
    enum Kind: Hashable, Sendable {
        case socket(path: String)
        /// All sockets of a folder whose names match.
        case sockets(folder: String, pattern: String)
        /// All addresses of a name.
        case network(host: String, port: Int, isSecure: Bool)
    }

    let kind: Kind
    package let description: String

    /// Reads an endpoint: `unix:///path.sock`, `unix:///folder/*.sock`, `tcp://host:port` or `tls://host:port`.
    package static func parse(_ text: String) throws(RPCEndpointError) -> Self {
        if text.hasPrefix("unix://") { return try parseSocket(text, path: String(text.dropFirst(7))) }
        if text.hasPrefix("tcp://") { return try parseNetwork(text, text.dropFirst(6), isSecure: false) }
        if text.hasPrefix("tls://") { return try parseNetwork(text, text.dropFirst(6), isSecure: true) }
        throw RPCEndpointError(text: text, problem: "expected unix://, tcp:// or tls://")
    }

    private static func parseSocket(_ text: String, path: String) throws(RPCEndpointError) -> Self {
        guard path.hasPrefix("/"), let slash = path.lastIndex(of: "/") else {
            throw RPCEndpointError(text: text, problem: "the socket path must be absolute")
        }
        let name = String(path[path.index(after: slash)...])
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        guard !name.isEmpty else {
            throw RPCEndpointError(text: text, problem: "the path names a folder, not a socket")
        }
        guard !folder.contains(where: SocketPattern.isWild) else {
            throw RPCEndpointError(text: text, problem: "only the last part of the path may hold * or ?")
        }
        if name.contains(where: SocketPattern.isWild) {
            return Self(kind: .sockets(folder: folder, pattern: name), description: text)
        }
        let bytes = path.utf8.count
        guard bytes <= UnixSocket.longestPath else {
            let problem = "the socket path has \(bytes) bytes; the system takes at most \(UnixSocket.longestPath)"
            throw RPCEndpointError(text: text, problem: problem)
        }
        return Self(kind: .socket(path: path), description: text)
    }

    private static func parseNetwork(
        _ text: String,
        _ rest: Substring,
        isSecure: Bool
    ) throws(RPCEndpointError) -> Self {
        guard let colon = rest.lastIndex(of: ":"), let port = Int(rest[rest.index(after: colon)...]),
            (1...65_535).contains(port)
        else {
            throw RPCEndpointError(text: text, problem: "expected a port between 1 and 65535 after the last colon")
        }
        var host = rest[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw RPCEndpointError(text: text, problem: "an IPv6 address stands in brackets")
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x2F && $0 != 0x40 }) else {
            throw RPCEndpointError(text: text, problem: "expected a host name or an address before the port")
        }
        return Self(kind: .network(host: String(host), port: port, isSecure: isSecure), description: text)
    }
}

/// Why a text names no endpoint.
package struct RPCEndpointError: Error, Hashable, CustomStringConvertible {
    package var text: String
    package var problem: String

    package var description: String { "\"\(text)\" is no endpoint: \(problem)" }
}

/// A file-name pattern with `*` and `?`.
enum SocketPattern {
    static func isWild(_ character: Character) -> Bool {
        character == "*" || character == "?"
    }

    /// Whether a name matches; a leading dot matches only a leading dot.
    static func matches(_ pattern: String, _ name: String) -> Bool {
        let pattern = Array(pattern.utf8)
        let name = Array(name.utf8)
        if name.first == 0x2E, pattern.first != 0x2E { return false }
        var (inPattern, inName) = (0, 0)
        var star: (pattern: Int, name: Int)?
        while inName < name.count {
            if inPattern < pattern.count, pattern[inPattern] == 0x2A {
                star = (inPattern, inName)
                inPattern += 1
            } else if inPattern < pattern.count, pattern[inPattern] == name[inName] || pattern[inPattern] == 0x3F {
                inPattern += 1
                inName += 1
            } else if let last = star {
                // The star takes one more byte, and matching goes on behind it.
                star = (last.pattern, last.name + 1)
                inPattern = last.pattern + 1
                inName = last.name + 1
            } else {
                return false
            }
        }
        return pattern[inPattern...].allSatisfy { $0 == 0x2A }
    }
}
