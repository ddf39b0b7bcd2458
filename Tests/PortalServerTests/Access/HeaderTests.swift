import TestSupport
import Testing

@Suite("Headers and areas", .bothEngines)
struct HeaderTests {
    static let paths = [
        "/", "/welcome", "/login", "/portal", "/healthz", "/readyz", "/nothing", "/static/none.css", "/api/keys",
        "/api/nothing", "/api/openapi.json", "/portal/nothing",
    ]

    @Test("every answer carries the security headers")
    func security() async throws {
        try await withPortal { portal in
            var browser = Browser(portal)
            for (isIn, path) in [false, true].flatMap({ isIn in Self.paths.map { (isIn, $0) } }) {
                if isIn, browser.cookies["kr_session"] == nil { try await browser.claim() }
                let response = try await browser.get(path)
                let policy = try #require(response.header("content-security-policy"), "\(path) \(response.status)")
                #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self';"))
                #expect(!policy.contains("unsafe"))
                #expect(response.header("x-content-type-options") == "nosniff")
                #expect(response.header("x-frame-options") == "DENY")
                #expect(response.header("referrer-policy") == "same-origin")
                #expect(response.header("cache-control")?.contains("no-store") == true)
                #expect(response.header("x-request-id")?.isEmpty == false)
            }
        }
    }

    @Test("whoever comes by the open door finds the teammates' portal and nothing else")
    func openArea() async throws {
        try await withPortal { portal in
            var browser = Browser(portal)
            try await browser.claim()
            for area in ["open", "nonsense", ""] {
                browser.area = area
                for path in [
                    "/", "/welcome", "/login", "/sessions", "/api/keys", "/api/session", "/api/events", "/nothing",
                ] {
                    #expect(try await browser.get(path).status == 404, "\(path)")
                    #expect(try await browser.post(path).status == 404, "\(path)")
                }
                #expect(try await browser.get("/portal").status == 200)
            }
        }
    }

    @Test("health answers without a session")
    func health() async throws {
        try await withPortal { portal in
            for path in ["/healthz", "/readyz"] {
                let response = try await portal.send(RawRequest("GET", path))
                #expect(response.status == 200)
                #expect(response.text == "{\"status\":\"ok\"}")
            }
        }
    }

    @Test("an id from outside is taken over when it is harmless, and not when it is not")
    func requestID() async throws {
        try await withPortal { portal in
            var browser = Browser(portal)
            let good = try await browser.get("/login", headers: [HeaderField("X-Request-Id", "abc-1.2_3")])
            #expect(good.header("x-request-id") == "abc-1.2_3")
            let bad = try await browser.get("/login", headers: [HeaderField("X-Request-Id", "a b\"<script>")])
            #expect(bad.header("x-request-id")?.contains("script") == false)
        }
    }

    @Test("whoever is not signed in is led to the page that he asked for")
    func next() async throws {
        try await withPortal { portal in
            var browser = Browser(portal)
            try await browser.claim()
            var other = Browser(portal)
            #expect(try await other.get("/sessions?a=b").header("location") == "/login?next=/sessions%3Fa%3Db")
            try await other.get("/login?next=/sessions")
            let fields = ["password": Browser.password, "next": "/sessions"]
            #expect(try await other.post("/login", fields).header("location") == "/sessions")
            for next in ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"] {
                var third = Browser(portal)
                try await third.get("/login")
                let fields = ["password": Browser.password, "next": next]
                #expect(try await third.post("/login", fields).header("location") == "/")
            }
        }
    }
}
