/// What an IP address is for, as far as dialing it matters.
package enum AddressKind: Hashable, Sendable {
    /// An ordinary address of the internet.
    case global
    /// This host: 127.0.0.0/8, ::1, and 0.0.0.0 and ::, which Linux dials as loopback.
    case loopback
    /// A private network: RFC 1918, shared 100.64.0.0/10, unique local fc00::/7.
    case privateNetwork
    /// Documentation, benchmarking, tunnels and other special purposes.
    case special
    /// Link-local, where cloud metadata lives. Never dialed.
    case linkLocal
    /// A cloud's metadata service outside link-local. Never dialed.
    case metadata
    /// Multicast, broadcast and class E. Never dialed.
    case undialable

    /// Whether no declaration opens it.
    var isNeverAllowed: Bool {
        switch self {
        case .linkLocal, .metadata, .undialable: true
        case .global, .loopback, .privateNetwork, .special: false
        }
    }

    /// What an operator is told.
    package var phrase: String {
        switch self {
        case .global: "a public address"
        case .loopback: "a loopback address"
        case .privateNetwork: "a private address"
        case .special: "a special-purpose address"
        case .linkLocal: "a link-local address"
        case .metadata: "a cloud metadata address"
        case .undialable: "a multicast or reserved address"
        }
    }

    /// The stricter of two judgements.
    private func worse(_ other: AddressKind) -> AddressKind {
        if isNeverAllowed { return self }
        if other.isNeverAllowed { return other }
        return self == .global ? other : self
    }

    // MARK: IPv4

    /// Judges an IPv4 address in host byte order.
    package init(ipv4 address: UInt32) {
        func within(_ network: UInt32, _ prefix: UInt32) -> Bool { (address ^ network) >> (32 - prefix) == 0 }
        switch address {
        case 0x6464_64C8, 0xC000_00C0, 0xA83F_8110: self = .metadata  // Alibaba, Oracle, Azure.
        case _ where within(0xA9FE_0000, 16): self = .linkLocal
        case _ where within(0x7F00_0000, 8) || address == 0: self = .loopback
        case _ where within(0x0A00_0000, 8) || within(0xAC10_0000, 12) || within(0xC0A8_0000, 16):
            self = .privateNetwork
        case _ where within(0x6440_0000, 10): self = .privateNetwork
        case _ where address >= 0xE000_0000: self = .undialable
        case _ where within(0, 8) || within(0xC000_0000, 24) || within(0xC000_0200, 24) || within(0xC058_6300, 24):
            self = .special
        case _ where within(0xC612_0000, 15) || within(0xC633_6400, 24) || within(0xCB00_7100, 24): self = .special
        default: self = .global
        }
    }

    // MARK: IPv6

    /// Judges an IPv6 address of 16 bytes; one that carries an IPv4 address is judged by it.
    package init(ipv6 bytes: [UInt8]) {
        guard bytes.count == 16 else {
            self = .undialable
            return
        }
        self = Self.embedding(bytes) ?? Self.plain(bytes)
    }

    private static func embedding(_ bytes: [UInt8]) -> AddressKind? {
        func embedded(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> AddressKind {
            let high = UInt32(bytes[a]) << 24 | UInt32(bytes[b]) << 16
            return AddressKind(ipv4: high | UInt32(bytes[c]) << 8 | UInt32(bytes[d]))
        }
        let last = embedded(12, 13, 14, 15)
        if bytes[..<8].allSatisfy({ $0 == 0 }) {
            let middle = bytes[8..<12]
            // Compatible ::/96 (with :: and ::1), mapped ::ffff:0:0/96, translated ::ffff:0:0:0/96.
            if middle.elementsEqual([0, 0, 0, 0]) {
                return bytes[12..<15].allSatisfy { $0 == 0 } ? .loopback : last.worse(.special)
            }
            return middle.elementsEqual([0, 0, 0xFF, 0xFF]) || middle.elementsEqual([0xFF, 0xFF, 0, 0]) ? last : nil
        }
        if bytes.starts(with: [0x00, 0x64, 0xFF, 0x9B]) {
            if bytes[4..<12].allSatisfy({ $0 == 0 }) { return last }
            guard bytes[4] == 0, bytes[5] == 1 else { return nil }
            // RFC 8215 leaves the prefix length to the network: 48 (the address around byte 8) or longer (at the end).
            let around = embedded(6, 7, 9, 10)
            if bytes[12...].allSatisfy({ $0 == 0 }) { return around }
            return [6, 7, 9, 10].allSatisfy { bytes[$0] == 0 } ? last : last.worse(around)
        }
        if bytes.starts(with: [0x20, 0x02]) { return embedded(2, 3, 4, 5) }
        return nil
    }

    private static func plain(_ bytes: [UInt8]) -> AddressKind {
        let metadata: [[UInt8]] = [
            [0xFD, 0x00, 0x0E, 0xC2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54],  // Amazon.
            [0xFD, 0x20, 0x00, 0xCE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54],  // Google.
            [0xFD, 0x00, 0x00, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x00, 0x42],  // Scaleway.
        ]
        if metadata.contains(bytes) { return .metadata }
        switch (bytes[0], bytes[1]) {
        case (0xFE, 0x80...0xBF): return .linkLocal
        case (0xFF, _): return .undialable
        case (0xFC...0xFD, _), (0xFE, 0xC0...0xFF): return .privateNetwork
        case (0x20, 0x01):
            // 2001::/23 holds Teredo, benchmarking and ORCHID; 2001:db8::/32 is documentation.
            let isSpecial = bytes[2] < 2 || (bytes[2] == 0x0D && bytes[3] == 0xB8)
            return isSpecial ? .special : .global
        case (0x3F, 0xFF): return bytes[2] < 0x10 ? .special : .global
        case (0x20...0x3F, _): return .global
        default: return .special
        }
    }
}
