import NIOSSL

/// Whether a certificate, already trusted, belongs to the host that was asked for (RFC 9525).
enum ServerIdentity {
    /// Looks at the subject alternative names alone; the common name has not counted for years.
    static func names(_ host: String, in certificate: NIOSSLCertificate) -> Bool {
        let address = AddressBytes.parse(host)
        let name = Array(HostPort(host: host, port: 0).host.utf8)
        return certificate._subjectAlternativeNames().contains { entry in
            switch entry.nameType {
            case .dnsName: address == nil && matches(name, Array(entry.contents))
            case .ipAddress: address == Array(entry.contents)
            default: false
            }
        }
    }

    /// A leading `*.` stands for exactly one label.
    static func matches(_ name: [UInt8], _ pattern: [UInt8]) -> Bool {
        let pattern = pattern.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
        guard pattern.starts(with: [UInt8(ascii: "*"), UInt8(ascii: ".")]) else { return name == pattern }
        guard let dot = name.firstIndex(of: UInt8(ascii: ".")), dot > 0 else { return false }
        // `*.com` would name half the world.
        let parent = pattern.dropFirst(1)
        return name[dot...] == parent && parent.dropFirst().contains(UInt8(ascii: "."))
    }
}
