import HTTP
import NIOCore
import Testing

@Suite("Egress policy")
struct EgressPolicyTests {
    static let special: [(String, AddressKind)] = [
        ("0.0.0.0", .loopback), ("0.1.2.3", .special), ("127.0.0.1", .loopback), ("127.255.255.254", .loopback),
        ("10.0.0.1", .privateNetwork), ("10.255.255.255", .privateNetwork), ("172.16.0.1", .privateNetwork),
        ("172.31.255.255", .privateNetwork), ("192.168.1.1", .privateNetwork), ("100.64.0.1", .privateNetwork),
        ("100.127.255.255", .privateNetwork), ("169.254.169.254", .linkLocal), ("169.254.0.1", .linkLocal),
        ("100.100.100.200", .metadata), ("192.0.0.192", .metadata), ("168.63.129.16", .metadata),
        ("192.0.0.1", .special), ("192.0.2.1", .special), ("198.51.100.7", .special), ("203.0.113.9", .special),
        ("192.88.99.1", .special), ("198.18.0.1", .special), ("198.19.255.255", .special), ("224.0.0.1", .undialable),
        ("239.255.255.255", .undialable), ("240.0.0.1", .undialable), ("255.255.255.255", .undialable),
        ("::", .loopback), ("::1", .loopback), ("fc00::1", .privateNetwork), ("fdff::1", .privateNetwork),
        ("fec0::1", .privateNetwork), ("fe80::1", .linkLocal), ("febf::1", .linkLocal), ("ff02::1", .undialable),
        ("fd00:ec2::254", .metadata), ("fd20:ce::254", .metadata), ("::ffff:127.0.0.1", .loopback),
        ("::ffff:169.254.169.254", .linkLocal), ("::ffff:10.1.2.3", .privateNetwork), ("::127.0.0.2", .loopback),
        ("::8.8.8.8", .special), ("::169.254.169.254", .linkLocal), ("64:ff9b::10.0.0.1", .privateNetwork),
        ("64:ff9b::169.254.169.254", .linkLocal), ("64:ff9b:1::169.254.169.254", .linkLocal),
        ("64:ff9b:1:a9fe:a9:fe00::", .linkLocal), ("64:ff9b:1:7f00:0:100::", .loopback),
        ("2002:a9fe:a9fe::1", .linkLocal),
        ("2002:0a00:0001::", .privateNetwork), ("2001::1", .special), ("2001:0:a9fe:a9fe::1", .special),
        ("2001:db8::1", .special), ("2001:10::1", .special), ("3fff:1::", .special), ("100::1", .special),
        ("4000::1", .special),
        ("5f00::1", .special), ("::ffff:0:127.0.0.1", .loopback),
    ]

    static let ordinary = [
        "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "192.0.1.1", "192.169.0.1",
        "198.17.0.1", "198.20.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "64:ff9b:1::8.8.8.8", "2002:0808:0808::1", "2001:4860::8888", "11.0.0.1", "126.1.1.1", "128.0.0.1",
        "169.253.1.1",
    ]

    @Test("special addresses are recognised and refused", arguments: special)
    func isSpecial(text: String, kind: AddressKind) throws {
        let address = try SocketAddress(ipAddress: text, port: 443)
        #expect(AddressKind(address) == kind)
        #expect(EgressPolicy().verdict(for: address, host: text, port: 443) == .refused(kind.phrase))
    }

    @Test("ordinary addresses are allowed", arguments: ordinary)
    func isOrdinary(text: String) throws {
        let address = try SocketAddress(ipAddress: text, port: 443)
        #expect(EgressPolicy().verdict(for: address, host: text, port: 443) == .allowed)
    }

    @Test(
        "a declaration opens exactly its host and port, but never link-local, metadata or multicast",
        arguments: special
    )
    func declared(text: String, kind: AddressKind) throws {
        let policy = EgressPolicy(declared: [HostPort(host: "Ollama.Local.", port: 11_434)])
        let address = try SocketAddress(ipAddress: text, port: 11_434)
        let isShut = [.linkLocal, .metadata, .undialable].contains(kind)
        let verdict: EgressPolicy.Verdict = isShut ? .refused(kind.phrase) : .allowed
        #expect(policy.verdict(for: address, host: "ollama.local", port: 11_434) == verdict)
        #expect(policy.verdict(for: address, host: "ollama.local", port: 80) == .refused(kind.phrase))
        #expect(policy.verdict(for: address, host: "evil.example", port: 11_434) == .refused(kind.phrase))
    }

    @Test("a listed network opens its addresses, whatever the host")
    func listedNetwork() throws {
        let policy = EgressPolicy(allowPrivate: [
            try .parse("10.1.0.0/16"), try .parse("169.254.0.0/16"), try .parse("fd00::/8"),
        ])
        func verdict(_ text: String) throws -> EgressPolicy.Verdict {
            policy.verdict(for: try SocketAddress(ipAddress: text, port: 80), host: "any", port: 80)
        }
        #expect(try verdict("10.1.255.1") == .allowed)
        #expect(try verdict("10.2.0.1") != .allowed)
        #expect(try verdict("169.254.169.254") != .allowed)
        #expect(try verdict("fd12::1") == .allowed)
        #expect(try verdict("fd00:ec2::254") != .allowed)
    }

    @Test(
        "rules are read",
        arguments: [
            ("localhost:11434", EgressRule.endpoint(HostPort(host: "localhost", port: 11_434))),
            ("[fd00::1]:80", .endpoint(HostPort(host: "fd00::1", port: 80))),
            ("10.0.0.0/8", .network(address: [10, 0, 0, 0], prefix: 8)),
            ("127.0.0.1", .network(address: [127, 0, 0, 1], prefix: 32)),
            ("10.0.0.1:80", .endpoint(HostPort(host: "10.0.0.1", port: 80))),
        ]
    )
    func rules(text: String, rule: EgressRule) throws {
        #expect(try EgressRule.parse(text) == rule)
    }

    @Test(
        "broken rules are refused",
        arguments: ["", "10.0.0.0/33", "10.0.0.0/x", "host", "host:0", "host:99999", "a/b:1", "10.0.0.0/8/8"]
    )
    func brokenRules(text: String) {
        #expect(throws: EgressRuleError.self) { try EgressRule.parse(text) }
    }
}
