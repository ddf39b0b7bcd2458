package import NIOCore

/// IP addresses as bytes in network order.
enum AddressBytes {
    /// The 4 or 16 bytes of a canonical literal.
    static func parse(_ text: String) -> [UInt8]? {
        guard let address = try? SocketAddress(ipAddress: text, port: 0) else { return nil }
        return of(address)
    }

    /// The 4 or 16 bytes of an address; `nil` for a Unix socket.
    static func of(_ address: SocketAddress) -> [UInt8]? {
        switch address {
        // The offsets of `sin_addr` and `sin6_addr` are part of every platform's ABI we build for.
        case .v4(let v4): withUnsafeBytes(of: v4.address) { Array($0[4..<8]) }
        case .v6(let v6): withUnsafeBytes(of: v6.address) { Array($0[8..<24]) }
        case .unixDomainSocket: nil
        }
    }
}

extension AddressKind {
    /// Judges a socket address; a Unix socket is local.
    package init(_ address: SocketAddress) {
        guard let bytes = AddressBytes.of(address) else {
            self = .loopback
            return
        }
        if bytes.count == 4 {
            self.init(ipv4: bytes.reduce(0) { $0 << 8 | UInt32($1) })
        } else {
            self.init(ipv6: bytes)
        }
    }
}
