import Bootstrap
import Testing

@Suite("Settings")
struct SettingsTests {
    @Test(
        "durations",
        arguments: [
            ("250ms", Duration.milliseconds(250)), ("10s", .seconds(10)), ("1m", .seconds(60)),
            ("1h30m", .seconds(5400)),
            ("1.5s", .milliseconds(1500)), ("2d", .seconds(172_800)), ("5us", .microseconds(5)), ("0", .zero),
            ("0s", .zero),
        ]
    )
    func durations(text: String, duration: Duration) {
        #expect(Quantity.duration(text) == duration)
    }

    @Test(
        "what is no duration",
        arguments: [
            "", "10", "s", "-1s", "1 s", "1S", "1.s", ".5s", "1w", "1s2", "1e3s", "99999999999999999999s",
            "9999999999d",
            "1.0000000001s", "1.0000001us", "+1s", "１s",
        ]
    )
    func noDurations(text: String) {
        #expect(Quantity.duration(text) == nil)
    }

    @Test(
        "sizes",
        arguments: [
            ("512", 512), ("512B", 512), ("64KiB", 65_536), ("32MiB", 33_554_432), ("1GiB", 1 << 30),
            ("10MB", 10_000_000),
            ("1kb", 1000), ("2 MiB", 2 << 20), ("0", 0),
        ]
    )
    func sizes(text: String, bytes: Int) {
        #expect(Quantity.bytes(text) == bytes)
    }

    @Test(
        "what is no size",
        arguments: ["", "MiB", "-1", "1.5MiB", "1TiB", "1 2", "9999999999999999999", "99999999999GiB"]
    )
    func noSizes(text: String) {
        #expect(Quantity.bytes(text) == nil)
    }

    @Test(
        "switches in every spelling",
        arguments: [
            ("on", true), ("off", false), ("yes", true), ("no", false), ("true", true), ("false", false), ("ON", true),
            ("\"off\"", false), ("False", false),
        ]
    )
    func switches(text: String, value: Bool) throws {
        #expect(try load("telemetry: { capture_content: \(text) }").telemetry.captureContent == value)
    }

    @Test(
        "ranges hold the addresses they should",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.1.2.3/8", "10.9.9.9", true),
            ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1", "127.0.0.2", false), ("::1", "::1", true),
            ("fd00::/8", "fdab::1", true), ("fd00::/8", "fe80::1", false), ("0.0.0.0/0", "8.8.8.8", true),
            ("0.0.0.0/0", "::1", false), ("::/0", "2001:db8::1", true), ("192.168.4.0/22", "192.168.7.255", true),
            ("192.168.4.0/22", "192.168.8.0", false), ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("::1", "nonsense", false),
        ]
    )
    func ranges(range: String, address: String, isInside: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(address) == isInside)
    }

    @Test(
        "what is no range",
        arguments: [
            "", "10", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/+8", "a/8", "10.0.0.0/8/8",
            "127.1",
        ]
    )
    func noRanges(text: String) {
        #expect(AddressRange(text) == nil)
    }

    @Test(
        "hosts with ports",
        arguments: [
            ("127.0.0.1:80", "127.0.0.1", 80), ("Db.Example:5432", "db.example", 5432), ("[::1]:443", "::1", 443),
        ]
    )
    func hostPorts(text: String, host: String, port: Int) throws {
        let parsed = try #require(HostPort(text))
        #expect(parsed.host == host && parsed.port == port)
        #expect(HostPort(parsed.description) == parsed)
    }

    @Test(
        "what is no host with a port",
        arguments: ["", "a", ":80", "a:", "a:0", "a:65536", "::1:80", "[::1]", "[a]:1", "a b:1", "a:+1", "a:1x"]
    )
    func noHostPorts(text: String) {
        #expect(HostPort(text) == nil)
    }

    @Test("with a listener of its own the dashboard is open to any peer unless said otherwise")
    func adminListener() throws {
        let open = try load("server: { admin_listen: \"0.0.0.0:9000\" }").server
        #expect(open.adminAllow.map(\.description) == ["0.0.0.0/0", "::/0"])
        #expect(open.adminListen?.port == 9000)
        let closed = try load("server: { admin_listen: \"0.0.0.0:9000\", admin_allow: [10.0.0.0/8] }").server
        #expect(closed.adminAllow.map(\.description) == ["10.0.0.0/8"])
    }

    @Test("lists and addresses of all kinds are taken")
    func lists() throws {
        let configuration = try load(
            """
            server: { cors_origins: ["*", "https://app.example:8443"], admin_hosts: [Kei.Local], admin_url: "https://a.b/c" }
            egress: { allow_private: [10.0.0.0/8, "ollama:11434", "[::1]:8080", 192.168.1.5], proxy: "socks5://p:1080" }
            services: { guard: { endpoint: "unix:///run/g/*.sock" }, saver: { endpoint: "tls://s.example:443" } }
            rpc: { allow_uids: [1000] }
            """
        )
        #expect(configuration.server.corsOrigins.count == 2)
        #expect(configuration.server.adminHosts == ["kei.local"])
        #expect(
            configuration.egress.allowPrivate.map(\.description) == [
                "10.0.0.0/8", "ollama:11434", "[::1]:8080", "192.168.1.5",
            ]
        )
        #expect(configuration.services.guard.endpoint == "unix:///run/g/*.sock")
        #expect(configuration.rpc.allowUIDs == [1000])
    }

    @Test("a service is called at its socket, its replicas' folder, or where the configuration says")
    func endpoints() throws {
        let folder = DataFolder("/d")
        #expect(try load("").services.endpoint(of: .meter, in: folder) == "unix:///d/run/meter.sock")
        let many = try load("services: { guard: { replicas: 3 }, meter: { endpoint: \"tcp://127.0.0.1:9\" } }").services
        #expect(many.endpoint(of: .guard, in: folder) == "unix:///d/run/guard/*.sock")
        #expect(many.endpoint(of: .meter, in: folder) == "tcp://127.0.0.1:9")
    }
}
