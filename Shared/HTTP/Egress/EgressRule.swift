/// A host and a port, as an operator declares them.
package struct HostPort: Hashable, Sendable {
    /// Lower case, without brackets and without a trailing dot.
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        var name = host.lowercased()
        if name.utf8.first == UInt8(ascii: "["), name.utf8.last == UInt8(ascii: "]") {
            name = String(name.dropFirst().dropLast())
        }
        if name.utf8.last == UInt8(ascii: ".") { name.removeLast() }
        self.host = name
        self.port = port
    }
}

/// Why an egress rule cannot be read.
package struct EgressRuleError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
}

/// An exception an operator makes from the refusal of private addresses.
package enum EgressRule: Hashable, Sendable {
    /// Exactly this host and port.
    case endpoint(HostPort)
    /// Every address whose first `prefix` bits equal those of `address` (4 or 16 bytes).
    case network(address: [UInt8], prefix: Int)

    /// Reads `host:port`, `[v6]:port`, a CIDR network or a single IP address.
    package static func parse(_ text: String) throws(EgressRuleError) -> EgressRule {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if let bytes = AddressBytes.parse(String(parts[0])) {
            guard parts.count > 1 else { return .network(address: bytes, prefix: bytes.count * 8) }
            guard parts.count == 2, let prefix = Int(parts[1]), (0...bytes.count * 8).contains(prefix) else {
                throw EgressRuleError(description: "expected a network such as 10.0.0.0/8")
            }
            return .network(address: bytes, prefix: prefix)
        }
        guard parts.count == 1, let url = try? URLParts("tcp://" + text), let port = url.port, url.path.isEmpty,
            url.username == nil
        else { throw EgressRuleError(description: "expected host:port, an address or a network") }
        return .endpoint(HostPort(host: url.host, port: port))
    }

    /// Whether the rule opens this destination.
    func opens(_ address: [UInt8], _ destination: HostPort) -> Bool {
        switch self {
        case .endpoint(let endpoint): endpoint == destination
        case .network(let network, let prefix):
            network.count == address.count
                && network.indices.allSatisfy { index in
                    let bits = min(8, max(0, prefix - index * 8))
                    return bits == 0 || (network[index] ^ address[index]) >> (8 - bits) == 0
                }
        }
    }
}
