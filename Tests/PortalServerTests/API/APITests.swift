import Contracts
import JSON
import Synchronization
import TestSupport
import Testing

@Suite("Admin API", .bothEngines)
struct APITests {
    @Test("items are made, read, replaced and deleted, with their version in ETag")
    func items() async throws {
        try await withPortal { portal in
            var admin = Browser(portal)
            try await admin.claim()
            let made = try await admin.api("POST", "/api/keys", json: "{\"name\":\"ci\"}")
            #expect(made.status == 201)
            #expect(made.header("location") == "/api/keys/made")
            #expect(made.header("etag") == "\"1\"")
            #expect(made.json?["secret"]?.string?.hasPrefix("kr_") == true)
            let body = "{\"id\":\"made\",\"name\":\"other\"}"
            let stale = try await admin.api(
                "PUT",
                "/api/keys/made",
                json: body,
                headers: [HeaderField("If-Match", "\"9\"")]
            )
            #expect(stale.status == 412)
            #expect(stale.header("content-type") == "application/problem+json")
            #expect(stale.json?["reason"]?.string == "etag_mismatch")
            let good = try await admin.api(
                "PUT",
                "/api/keys/made",
                json: body,
                headers: [HeaderField("If-Match", "\"1\"")]
            )
            #expect(good.status == 200)
            #expect(good.header("etag") == "\"2\"")
            let other = try await admin.api("PUT", "/api/keys/other", json: body)
            #expect(other.status == 400)
            #expect(try await admin.api("GET", "/api/keys/made").json?["name"]?.string == "other")
            #expect(try await admin.api("DELETE", "/api/keys/made").status == 204)
            let gone = try await admin.api("GET", "/api/keys/made")
            #expect(gone.status == 404)
            #expect(gone.json?["status"]?.integer == 404)
            #expect(gone.json?["instance"]?.string == gone.header("x-request-id"))
            portal.peers.state.withLock { $0.keys["d"] = .init(id: "d", name: "d", declared: true) }
            #expect(try await admin.api("PUT", "/api/keys/d", json: "{\"id\":\"d\",\"name\":\"x\"}").status == 409)
        }
    }

    @Test("lists take a page and filters, and say what they do not know")
    func lists() async throws {
        try await withPortal { portal in
            var admin = Browser(portal)
            try await admin.claim()
            _ = portal.peers.makeKey("k1")
            _ = portal.peers.makeKey("k2")
            let page = try await admin.api("GET", "/api/keys?page_size=1&page_token=abc&plan=team%20a")
            #expect(page.json?["items"]?.count == 1)
            #expect(page.json?["next"]?.string == "more")
            let request = try #require(portal.peers.state.withLock { $0.lists.last })
            #expect(request.pageSize == 1)
            #expect(request.pageToken == "abc")
            #expect(request.filter == ["plan": "team a"])
            let unknown = try await admin.api("GET", "/api/keys?colour=red")
            #expect(unknown.status == 400)
            #expect(unknown.json?["detail"]?.string == "colour: is no parameter of this list")
            #expect(try await admin.api("GET", "/api/keys?page_size=many").status == 400)
        }
    }

    @Test("a write needs JSON that is one, the session and its token")
    func writes() async throws {
        try await withPortal { portal in
            var admin = Browser(portal)
            try await admin.claim()
            let plain = [HeaderField("Content-Type", "text/plain"), HeaderField("X-CSRF-Token", admin.csrf)]
            #expect(try await admin.send("POST", "/api/keys", headers: plain, body: Array("{}".utf8)).status == 415)
            let broken = try await admin.api("POST", "/api/keys", json: "{\"name\":")
            #expect(broken.status == 400)
            #expect(broken.header("content-type") == "application/problem+json")
            let missing = try await admin.api("POST", "/api/keys", json: "{}")
            #expect(missing.status == 400)
            #expect(missing.json?["detail"]?.string?.contains("name") == true)
            var nobody = Browser(portal)
            nobody.csrf = admin.csrf
            #expect(try await nobody.api("POST", "/api/keys", json: "{\"name\":\"a\"}").status == 403)
            #expect(try await nobody.api("GET", "/api/keys").status == 401)
            admin.csrf = "x"
            let forged = try await admin.api("POST", "/api/keys", json: "{\"name\":\"a\"}")
            #expect(forged.status == 403)
            #expect(forged.json?["reason"]?.string == "csrf")
            #expect(portal.peers.state.withLock { $0.keys.isEmpty })
        }
    }

    @Test("a service that is away is said so, with when to try again")
    func away() async throws {
        try await withPortal { portal in
            var admin = Browser(portal)
            try await admin.claim()
            portal.peers.state.withLock { $0.isMeterAway = true }
            let response = try await admin.api("GET", "/api/keys/k1")
            #expect(response.status == 503)
            #expect(response.json?["reason"]?.string == "away")
            let unknown = try await admin.api("GET", "/api/probes")
            #expect(unknown.status == 501)
        }
    }

    @Test("every act has its row, refused ones too")
    func audit() async throws {
        try await withPortal { portal in
            var admin = Browser(portal, peer: "10.2.3.4")
            try await admin.claim()
            let id = HeaderField("X-Request-Id", "req-42")
            _ = try await admin.api("POST", "/api/keys", json: "{\"name\":\"ci\"}", headers: [id])
            portal.clock.advance(seconds: 1)
            _ = try await admin.api("DELETE", "/api/keys/absent")
            let rows = try #require(try await admin.api("GET", "/api/audit?resource=keys").json?["items"])
            #expect(rows.count == 2)
            let (last, first) = (try #require(rows[0]), try #require(rows[1]))
            #expect(last["act"]?.string == "delete")
            #expect(last["outcome"]?.string == "not_found")
            #expect(first["act"]?.string == "put")
            #expect(first["item"]?.string == "made")
            #expect(first["outcome"]?.string == "ok")
            #expect(first["peer"]?.string == "10.2.3.4")
            #expect(first["request_id"]?.string == "req-42")
            let all = try #require(try await admin.api("GET", "/api/audit").json?["items"])
            let acts = all.elements.compactMap { $0["act"]?.string }
            #expect(Set(acts) == ["claim", "set-password", "sign-in", "put", "delete"])
            let page = try #require(try await admin.api("GET", "/api/audit?page_size=3").json)
            let token = try #require(page["next"]?.string)
            let rest = try await admin.api("GET", "/api/audit?page_size=3&page_token=\(token)").json?["items"]
            #expect(rest?.count == all.count - 3)
        }
    }
}
