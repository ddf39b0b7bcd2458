/// Which door of the router a request came in by; its proxy says so in `X-KeiRouter-Area`.
package enum Area: String, Hashable, Sendable {
    /// From a peer that may see the dashboard.
    case admin
    /// From anybody: the teammates' portal and what it needs.
    case open
}

/// How the browser reached the gateway, so far as a trusted proxy tells.
package enum WebScheme: String, Hashable, Sendable {
    case http
    case https
}

/// Who connected to the gateway.
package enum PeerAddress {
    /// Whether the peer is this machine, so that plain HTTP between the two is nobody else's to read.
    ///
    /// - Parameter text: An IP address, or `unix` for a socket of the file system.
    /// - Returns: Whether it is loopback or a socket.
    package static func isLocal(_ text: String) -> Bool {
        if text == "unix" || text == "::1" { return true }
        let address = text.hasPrefix("::ffff:") ? text.dropFirst(7) : text[...]
        return address.hasPrefix("127.")
            && address.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
    }
}
