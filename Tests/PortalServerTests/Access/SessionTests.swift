import JSON
import PortalCore
import PortalServer
import TestSupport
import Testing

@Suite("Sessions", .bothEngines)
struct SessionTests {
    @Test("sign-out ends the session on the server, not only in the browser")
    func logout() async throws {
        try await withPortal { portal in
            var browser = Browser(portal)
            try await browser.claim()
            let cookie = try #require(browser.cookies["kr_session"])
            #expect(try await browser.post("/logout").header("location") == "/login")
            #expect(browser.cookies["kr_session"] == nil)
            var thief = Browser(portal)
            thief.cookies["kr_session"] = cookie
            #expect(try await thief.get("/").status == 303)
            #expect(try await thief.api("GET", "/api/keys").status == 401)
            #expect(try await browser.get("/login").text.contains("notice=signed-out"))
            #expect(try await browser.get("/login").text.contains("notice=none"))
        }
    }

    @Test("a session is revoked from another one, alone or with all others")
    func revocation() async throws {
        try await withPortal { portal in
            var first = Browser(portal)
            try await first.claim()
            var second = Browser(portal)
            _ = try await second.login()
            var third = Browser(portal)
            _ = try await third.login()
            let list = try #require(try await first.api("GET", "/api/sessions").json?["items"])
            #expect(list.count == 3)
            let current = list.elements.filter { $0["current"]?.boolean == true }
            #expect(current.count == 1)
            let own = try #require(try await second.api("GET", "/api/session").json?["session"]?["id"]?.string)
            #expect(try await first.post("/sessions/\(own)/revoke").status == 303)
            #expect(try await second.get("/").status == 303)
            #expect(try await first.post("/sessions/\(own)/revoke").status == 404)
            #expect(try await third.get("/").status == 200)
            #expect(try await first.post("/sessions/others/revoke").status == 303)
            #expect(try await third.get("/").status == 303)
            #expect(try await first.get("/").status == 200)
        }
    }

    @Test("a session ends after 12 idle hours and after seven days")
    func limits() async throws {
        try await withPortal { portal in
            var browser = Browser(portal)
            try await browser.claim()
            portal.clock.advance(seconds: 12 * 3600 - 1)
            #expect(try await browser.get("/").status == 200)
            portal.clock.advance(seconds: 12 * 3600)
            #expect(try await browser.get("/").status == 303)
            _ = try await browser.login()
            for _ in 0..<15 {
                portal.clock.advance(seconds: 11 * 3600)
                #expect(try await browser.get("/").status == 200)
            }
            portal.clock.advance(seconds: 3 * 3600)
            #expect(try await browser.get("/").status == 303)
        }
    }

    @Test("cookies are Secure on HTTPS alone, always HttpOnly and Lax", arguments: ["http", "https"])
    func cookies(scheme: String) async throws {
        try await withPortal { portal in
            var browser = Browser(portal, peer: "192.168.1.7")
            browser.scheme = scheme
            let page = try await browser.get("/welcome")
            #expect(page.text.contains("insecure=\(scheme == "http")"))
            #expect(!browser.set.isEmpty)
            for line in browser.set { check(line, scheme) }
            try await browser.claim()
            _ = try await browser.login()
            _ = try await browser.post("/appearance", ["theme": "dark", "palette": "ocean"])
            for line in browser.set { check(line, scheme) }
            #expect(browser.cookies["kr_look"]?.value == "dark.ocean")
            #expect(portal.parts.looks.current == Appearance(theme: .dark, palette: .ocean))
            let secret = portal.peers.makeKey("k1")
            try await browser.get("/portal")
            _ = try await browser.post("/portal", ["key": secret])
            #expect(browser.set.contains { $0.hasPrefix("kr_member=") && $0.contains("Path=/portal") })
            for line in browser.set { check(line, scheme) }
        }
    }

    private func check(_ line: String, _ scheme: String) {
        #expect(line.contains("; HttpOnly"), "\(line)")
        #expect(line.contains("; SameSite=Lax"), "\(line)")
        #expect(line.contains("; Secure") == (scheme == "https"), "\(line)")
    }
}
