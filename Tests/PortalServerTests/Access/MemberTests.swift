import Contracts
import PortalCore
import PortalServer
import Secrets
import Storage
import Synchronization
import TestSupport
import Testing

@Suite("Members", .bothEngines)
struct MemberTests {
    @Test("a key signs in to its own page, posted, and the cookie is not the key")
    func signIn() async throws {
        try await withPortal { portal in
            let secret = portal.peers.makeKey("k1")
            var member = Browser(portal, area: "open")
            #expect(try await member.get("/portal").text.contains("page=member"))
            #expect(try await member.memberLogin(secret).header("location") == "/portal")
            #expect(try await member.get("/portal").text.contains("own page of k1"))
            let cookie = try #require(member.cookies["kr_member"])
            #expect(cookie.path == "/portal")
            #expect(!cookie.value.contains(secret) && !secret.contains(cookie.value))
            #expect(cookie.value.utf8.count == 64)
            #expect(try await member.post("/portal/logout").status == 303)
            member.cookies["kr_member"] = cookie
            #expect(try await member.get("/portal").text.contains("page=member"))
        }
    }

    @Test("an unknown, mistyped, revoked or empty key hears the same")
    func refusals() async throws {
        try await withPortal { portal in
            let revoked = portal.peers.makeKey("k1")
            portal.peers.state.withLock { $0.keys["k1"]?.revokedUS = 1 }
            let known = portal.peers.makeKey("k2")
            let mistyped = String(known.dropLast()) + (known.last == "a" ? "b" : "a")
            for key in [revoked, mistyped, "", "kr_short", APIKey.generate().secret] {
                var member = Browser(portal, area: "open", peer: "10.1.\(key.utf8.count).\(key.hashValue & 255)")
                let response = try await member.memberLogin(key)
                #expect(response.status == 401)
                #expect(response.text.contains("wrongKey"))
                #expect(member.cookies["kr_member"] == nil)
            }
        }
    }

    @Test("a session ends with its key, within five seconds")
    func keyEnds() async throws {
        try await withPortal { portal in
            let secret = portal.peers.makeKey("k1")
            var member = Browser(portal, area: "open")
            _ = try await member.memberLogin(secret)
            portal.peers.state.withLock { $0.keys["k1"]?.revokedUS = 1 }
            portal.clock.advance(seconds: 5)
            let page = try await member.get("/portal")
            #expect(page.text.contains("page=member"))
            #expect(page.text.contains("notice=key-ended"))
            #expect(try await portal.parts.sessions.list(.member, keyID: "k1").isEmpty)

            let brief = portal.peers.makeKey("k2", expiresUS: portal.clock.nowUS + 60_000_000)
            var other = Browser(portal, area: "open")
            _ = try await other.memberLogin(brief)
            #expect(try await other.get("/portal").text.contains("own page of k2"))
            portal.clock.advance(seconds: 60)
            #expect(try await other.get("/portal").text.contains("page=member"))
        }
    }

    @Test("while the meter is away nothing is shown and nobody is signed out")
    func meterAway() async throws {
        try await withPortal { portal in
            let secret = portal.peers.makeKey("k1")
            var member = Browser(portal, area: "open")
            _ = try await member.memberLogin(secret)
            portal.peers.state.withLock { $0.isMeterAway = true }
            portal.clock.advance(seconds: 5)
            #expect(try await member.get("/portal").status == 503)
            var other = Browser(portal, area: "open", peer: "10.0.0.2")
            #expect(try await other.memberLogin(secret).status == 503)
            portal.peers.state.withLock { $0.isMeterAway = false }
            #expect(try await member.get("/portal").text.contains("own page of k1"))
        }
    }

    @Test("a member's session opens nothing of the operator's, and not another key's page")
    func isolation() async throws {
        try await withPortal { portal in
            var admin = Browser(portal)
            try await admin.claim()
            let one = portal.peers.makeKey("k1")
            let two = portal.peers.makeKey("k2")
            var member = Browser(portal)
            _ = try await member.memberLogin(one)
            let token = try #require(member.cookies["kr_member"]?.value)
            // Its token in the operator's cookie is no session of the operator's.
            member.cookies["kr_session"] = (token, "/")
            for path in ["/", "/sessions", "/api/keys", "/api/keys/k2", "/api/sessions", "/api/audit", "/api/usage/r1"]
            {
                let response = try await member.get(path)
                #expect([303, 401].contains(response.status), "\(path) \(response.status)")
            }
            // The operator's token is no member's.
            var mixed = Browser(portal)
            mixed.cookies["kr_member"] = (try #require(admin.cookies["kr_session"]?.value), "/portal")
            #expect(try await mixed.get("/portal").text.contains("page=member"))
            var other = Browser(portal)
            _ = try await other.memberLogin(two)
            #expect(try await other.get("/portal").text.contains("own page of k2"))
            #expect(try await other.get("/portal?key=k1").text.contains("own page of k2"))
            #expect(try await member.get("/portal").text.contains("own page of k1"))
            // A form of one session with the cookie of another.
            #expect(try await other.post("/portal/logout", csrf: member.csrf).status == 403)
        }
    }

    @Test("no key is in any log line, database, header or URL")
    func canary() async throws {
        let folder = try TemporaryFolder()
        let password = "canary-password-91f3"
        let credential = "sk-canary-51c0ffee51c0ffee51c0ffee"
        let secret = try await leaveTraces(folder, password, credential)
        let digest = APIKey.digestHex(secret)
        let stored = try await TestStore.current.bytes(of: "portal", in: folder)
        for canary in [secret, password, credential, digest] { #expect(!ByteSearch.contains(stored, canary)) }
    }

    private func leaveTraces(_ folder: TemporaryFolder, _ password: String, _ credential: String) async throws -> String
    {
        let box = Box()
        try await withPortal(in: folder) { portal in
            let secret = portal.peers.makeKey("k1")
            await box.set(secret)
            var admin = Browser(portal)
            try await admin.get("/welcome")
            try await admin.post("/welcome/claim", ["code": try #require(portal.claimCode)])
            try await admin.get("/welcome")
            try await admin.post("/welcome/password", ["password": password, "repeat": password])
            try await admin.get("/")
            var member = Browser(portal, area: "open")
            let signedIn = try await member.memberLogin(secret)
            _ = try await member.memberLogin(secret + "x")
            let account = "{\"provider\":\"openai\",\"label\":\"a\",\"api_key\":\"\(credential)\"}"
            let made = try await admin.api("POST", "/api/accounts", json: account)
            #expect(made.status == 201)
            let list = try await admin.api("GET", "/api/accounts")
            let tested = try await admin.api(
                "POST",
                "/api/credentials/test",
                json: "{\"provider\":\"openai\",\"api_key\":\"\(credential)\"}"
            )
            #expect(tested.status == 200)
            let audit = try await admin.api("GET", "/api/audit")
            #expect(audit.text.contains("accounts"))
            #expect(portal.peers.state.withLock { $0.credentials } == [credential, credential])
            for response in [signedIn, made, list, tested, audit] {
                let all = response.text + response.headers.map(\.description).joined()
                for canary in [secret, password, credential] { #expect(!all.contains(canary)) }
            }
            let log = portal.log.lines.joined(separator: "\n")
            for canary in [secret, password, credential] { #expect(!log.contains(canary)) }
        }
        return await box.value
    }
}

private actor Box {
    private(set) var value = ""

    func set(_ value: String) { self.value = value }
}
