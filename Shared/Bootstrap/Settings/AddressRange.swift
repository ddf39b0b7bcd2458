#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A range of IP addresses: one address, or a network with a prefix length.
package struct AddressRange: Hashable, Sendable, CustomStringConvertible {
    /// Four or sixteen bytes, the bits behind the prefix cleared.
    package let address: [UInt8]
    package let prefixLength: Int
    /// As it was written.
    package let description: String

    /// Reads `10.0.0.0/8`, `127.0.0.1`, `fd00::/8` or `::1`.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, var bytes = Self.bytes(of: String(first)) else { return nil }
        var length = bytes.count * 8
        if parts.count == 2 {
            guard let given = Int(parts[1]), (0...length).contains(given), !parts[1].hasPrefix("+") else { return nil }
            length = given
        }
        for index in bytes.indices {
            let kept = min(8, max(0, length - index * 8))
            bytes[index] &= kept == 0 ? 0 : UInt8.max << (8 - kept)
        }
        address = bytes
        prefixLength = length
        description = text
    }

    /// Whether an address, in network byte order, lies inside; an IPv4 address mapped into IPv6 counts as IPv4.
    package func contains(_ bytes: [UInt8]) -> Bool {
        let candidate = Self.unmapped(bytes)
        guard candidate.count == address.count else { return false }
        for index in address.indices {
            let kept = min(8, max(0, prefixLength - index * 8))
            if kept == 0 { return true }
            let mask = UInt8.max << (8 - kept)
            if candidate[index] & mask != address[index] { return false }
        }
        return true
    }

    /// The same for an address in text form; false for anything that is not one.
    package func contains(_ text: String) -> Bool {
        Self.bytes(of: text).map(contains) ?? false
    }

    /// Every address there is.
    package static let everything = ["0.0.0.0/0", "::/0"].compactMap(AddressRange.init)
    /// The addresses of this machine itself.
    package static let loopback = ["127.0.0.0/8", "::1"].compactMap(AddressRange.init)

    /// The bytes of an IPv4 or IPv6 address in its strict text form.
    static func bytes(of text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes.prefix(4)) }
        return inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : nil
    }

    private static func unmapped(_ bytes: [UInt8]) -> [UInt8] {
        let prefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        return bytes.count == 16 && bytes.starts(with: prefix) ? Array(bytes.suffix(4)) : bytes
    }

    package static func == (one: AddressRange, other: AddressRange) -> Bool {
        one.address == other.address && one.prefixLength == other.prefixLength
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(address)
        hasher.combine(prefixLength)
    }
}

/// A host and a port: `127.0.0.1:8080`, `db.example:5432`, `[::1]:443`.
package struct HostPort: Hashable, Sendable, CustomStringConvertible {
    /// A name in lower case or an address without brackets.
    package let host: String
    package let port: Int

    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits),
            (1...65_535).contains(port)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard AddressRange.bytes(of: String(host))?.count == 16 else { return nil }
        } else {
            guard Self.isHost(host), !host.contains(":") else { return nil }
        }
        self.host = host.lowercased()
        self.port = port
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Whether a text can be a host: an address, or a name of letters, digits, dots, dashes and underscores.
    static func isHost(_ text: some StringProtocol) -> Bool {
        if AddressRange.bytes(of: String(text)) != nil { return true }
        guard (1...253).contains(text.utf8.count) else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}

/// An exception from the rule that private addresses are not dialed: a host and port, or a range.
package enum PrivateAddressRule: Hashable, Sendable, CustomStringConvertible {
    case range(AddressRange)
    case host(HostPort)

    package init?(_ text: String) {
        if let range = AddressRange(text) {
            self = .range(range)
        } else if let host = HostPort(text) {
            self = .host(host)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .range(let range): range.description
        case .host(let host): host.description
        }
    }
}
