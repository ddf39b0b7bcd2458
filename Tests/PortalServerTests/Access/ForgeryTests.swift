import TestSupport
import Testing

@Suite("Forged requests", .bothEngines)
struct ForgeryTests {
    @Test("a form needs the token of its own session")
    func csrf() async throws {
        try await withPortal { portal in
            var browser = Browser(portal)
            try await browser.claim()
            #expect(try await browser.post("/things", ["name": "a b&c"]).text == "posted a b&c")
            #expect(try await browser.post("/things", csrf: "").status == 403)
            #expect(try await browser.post("/things", csrf: String(repeating: "0", count: 64)).status == 403)
            var second = Browser(portal)
            #expect(try await second.login().status == 303)
            #expect(second.csrf != browser.csrf)
            #expect(try await browser.post("/things", csrf: second.csrf).status == 403)
            let token = HeaderField("X-CSRF-Token", browser.csrf)
            #expect(try await browser.post("/things", ["name": "x"], csrf: "", headers: [token]).status == 200)
        }
    }

    @Test("forms before a sign-in are tied to the browser too")
    func preLogin() async throws {
        try await withPortal { portal in
            var browser = Browser(portal)
            try await browser.claim()
            var stranger = Browser(portal)
            try await stranger.get("/login")
            var victim = Browser(portal)
            // The victim's browser never read the form that the stranger's token is from.
            let forged = try await victim.post("/login", ["password": Browser.password], csrf: stranger.csrf)
            #expect(forged.status == 403)
            #expect(forged.text.contains("staleForm"))
            #expect(victim.cookies["kr_session"] == nil)
        }
    }

    @Test(
        "a request from another site is refused whatever it carries",
        arguments: [
            [HeaderField("Sec-Fetch-Site", "cross-site")], [HeaderField("Sec-Fetch-Site", "same-site")],
            [HeaderField("Origin", "https://evil.example")], [HeaderField("Origin", "null")],
            [HeaderField("Origin", "http://localhost.evil.example")],
        ]
    )
    func origin(headers: [HeaderField]) async throws {
        try await withPortal { portal in
            var browser = Browser(portal)
            try await browser.claim()
            #expect(try await browser.post("/things", headers: headers).status == 403)
            let good = [HeaderField("Sec-Fetch-Site", "same-origin"), HeaderField("Origin", "http://localhost")]
            #expect(try await browser.post("/things", headers: good).status == 200)
        }
    }

    @Test("a token that somebody planted is not adopted at sign-in")
    func fixation() async throws {
        try await withPortal { portal in
            var browser = Browser(portal)
            try await browser.claim()
            let planted = String(repeating: "ab", count: 32)
            var victim = Browser(portal)
            victim.cookies["kr_session"] = (planted, "/")
            #expect(try await victim.login().status == 303)
            #expect(victim.cookies["kr_session"]?.value != planted)
            var attacker = Browser(portal)
            attacker.cookies["kr_session"] = (planted, "/")
            #expect(try await attacker.get("/").status == 303)
            // Signing in again ends the session before.
            let before = try #require(victim.cookies["kr_session"])
            victim.cookies["kr_session"] = nil
            try await victim.get("/login")
            victim.cookies["kr_session"] = before
            try await victim.get("/")
            #expect(try await victim.post("/login", ["password": Browser.password]).status == 303)
            #expect(victim.cookies["kr_session"]?.value != before.value)
            attacker.cookies["kr_session"] = before
            #expect(try await attacker.get("/").status == 303)
        }
    }

    @Test("a body past 1 MiB is refused")
    func tooLarge() async throws {
        try await withPortal { portal in
            var browser = Browser(portal)
            try await browser.claim()
            let big = String(repeating: "a", count: (1 << 20) + 1)
            #expect(try await browser.post("/things", ["name": big]).status == 413)
        }
    }
}
