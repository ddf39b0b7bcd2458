import HTTP
import Testing

@Suite("URLs")
struct URLTests {
    @Test("an origin keeps scheme, host and port")
    func origin() throws {
        let plain = try #require(UpstreamOrigin(url: "https://API.Example.com/v1?x=1"))
        #expect(plain == UpstreamOrigin(scheme: .https, host: "api.example.com", port: 443))
        #expect(plain.authority == "api.example.com")
        let literal = try #require(UpstreamOrigin(url: "http://[::1]:8080"))
        #expect(literal == UpstreamOrigin(scheme: .http, host: "::1", port: 8_080))
        #expect(literal.authority == "[::1]:8080")
    }

    @Test(
        "what is not a plain http or https URL is no origin",
        arguments: [
            "", "example.com", "ftp://example.com", "http://", "http://:80", "http://a b", "http://a:0",
            "http://a:65536",
            "http://a:80x", "http://user:pw@a", "http://a\\@b", "http://[::1", "http://[::1]x", "http://a#b",
            "http://a%2eb",
            "https:/a", "http://é",
        ]
    )
    func noOrigin(url: String) {
        #expect(UpstreamOrigin(url: url) == nil)
    }

    @Test("proxies are read with their credentials")
    func proxies() throws {
        #expect(try ProxyAddress.parse("http://proxy:3128") == ProxyAddress(kind: .http, host: "proxy", port: 3_128))
        let socks = ProxyAddress(kind: .socks5, host: "10.0.0.1", port: 1_080, username: "me@x", password: "p:w")
        #expect(try ProxyAddress.parse("socks5://me%40x:p%3aw@10.0.0.1") == socks)
        #expect(try ProxyAddress.parse("socks5h://h/").port == 1_080)
    }

    @Test(
        "broken proxies are refused",
        arguments: ["", "proxy:3128", "https://proxy", "http://proxy/path", "http://%zz@proxy", "socks4://a"]
    )
    func brokenProxies(url: String) {
        #expect(throws: URLError.self) { try ProxyAddress.parse(url) }
    }
}
