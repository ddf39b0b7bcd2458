import JSON
import NIOCore
import NIOHTTP1
import NIOPosix
import TestSupport
import Testing

/// The dashboard behind the router: who may see it, and what passes.
@Suite("The portal behind the router")
struct PortalProxyTests {
    private static let html = HeaderField("accept", "text/html")

    private static func run(
        _ settings: String = "",
        _ body: (RunningRouter, ScriptedPortal) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let folder = try TemporaryFolder()
        let portal = ScriptedPortal(socket: folder.file("p.sock"), group: group)
        try await portal.start()
        do {
            try await RunningRouter.run(settings, portal: portal.socket) { try await body($0, portal) }
        } catch {
            await portal.stop()
            throw error
        }
        await portal.stop()
        try await group.shutdownGracefully()
    }

    @Test("pages come through, with what the router knows of the request and nothing that the client made up")
    func pages() async throws {
        try await Self.run { router, portal in
            let forged = [
                HeaderField("x-keirouter-area", "admin"), HeaderField("X-KeiRouter-Peer", "10.0.0.1"),
                HeaderField("x-keirouter-scheme", "https"), HeaderField("cookie", "kr_session=abc"),
            ]
            let page = try await router.get("/keys?q=a%20b", headers: forged)
            #expect(page.status == 200 && page.text == "page of /keys")
            #expect(page.header("set-cookie") == "kr_session=1; HttpOnly")
            let open = try await router.get("/portal", headers: forged)
            #expect(open.status == 200)
            let requests = portal.requests
            #expect(requests.map(\.target) == ["/keys?q=a%20b", "/portal"])
            #expect(requests.map { $0.headers["x-keirouter-area"] } == [["admin"], ["open"]])
            #expect(requests.allSatisfy { $0.headers["x-keirouter-peer"] == ["127.0.0.1"] })
            #expect(requests.allSatisfy { $0.headers["x-keirouter-scheme"] == ["http"] })
            #expect(requests.allSatisfy { $0.headers["cookie"] == ["kr_session=abc"] })
            #expect(requests.allSatisfy { $0.headers["host"] == ["localhost"] })
        }
    }

    @Test("a form is passed on, one that is too large is not")
    func forms() async throws {
        try await Self.run { router, portal in
            let headers = [HeaderField("host", "localhost:20180"), HeaderField("origin", "http://localhost:20180")]
            let form = RawRequest("POST", "/login", headers: headers, body: Array("password=x".utf8))
            let sent = try await router.send(form)
            #expect(sent.status == 200)
            #expect(portal.requests.last?.body == "password=x")
            #expect(portal.requests.last?.headers["host"] == ["localhost:20180"])
            let large = RawRequest("POST", "/login", headers: headers, body: [UInt8](repeating: 120, count: 1_048_577))
            #expect(try await router.send(large).status == 413)
            #expect(portal.requests.count == 1)
        }
    }

    @Test("operators' pages are refused through a tunnel, under a foreign name and from another address")
    func gate() async throws {
        try await Self.run { router, portal in
            for name in ["forwarded", "x-forwarded-for", "x-forwarded-proto", "via", "x-real-ip"] {
                for path in ["/", "/keys", "/api/keys", "/portal/../keys"] {
                    let refused = try await router.get(path, headers: [HeaderField(name, "for=1.2.3.4"), Self.html])
                    #expect(refused.status == 403, "\(path) with \(name)")
                }
            }
            let foreign = RawRequest("GET", "/keys", headers: [HeaderField("host", "evil.example")])
            #expect(try await router.send(foreign).status == 403)
            #expect(portal.requests.isEmpty)
            // What is for anybody is shown all the same, and the portal is told that it is for anybody.
            let open = RawRequest(
                "GET",
                "/portal",
                headers: [HeaderField("host", "ai.example"), HeaderField("x-forwarded-for", "1.2.3.4")]
            )
            #expect(try await router.send(open).status == 200)
            #expect(portal.requests.last?.headers["x-keirouter-area"] == ["open"])
            #expect(portal.requests.last?.headers["x-keirouter-peer"] == ["127.0.0.1"])
        }
        // Narrowed to another address, this machine is a stranger.
        try await Self.run("server: { admin_allow: [\"192.0.2.1\"] }") { router, portal in
            let page = try await router.get("/keys", headers: [Self.html])
            #expect(page.status == 403 && page.text.contains("admin_allow"))
            #expect(page.header("content-type") == "text/html; charset=utf-8")
            let problem = try await router.get("/api/keys")
            #expect(problem.status == 403)
            #expect(problem.header("content-type") == "application/problem+json")
            #expect(problem.json?["status"]?.integer == 403)
            #expect(try await router.get("/portal").status == 200)
            #expect(portal.requests.count == 1)
        }
    }

    @Test("a trusted proxy says who asks and whether by TLS")
    func trusted() async throws {
        let settings = "server: { trusted_proxies: [\"127.0.0.1\"], admin_allow: [\"127.0.0.1\", \"198.51.100.7\"] }"
        try await Self.run(settings) { router, portal in
            let good = [HeaderField("x-forwarded-for", "198.51.100.7"), HeaderField("x-forwarded-proto", "https")]
            let page = try await router.get("/keys", headers: good)
            #expect(page.status == 200)
            #expect(portal.requests.last?.headers["x-keirouter-peer"] == ["198.51.100.7"])
            #expect(portal.requests.last?.headers["x-keirouter-scheme"] == ["https"])
            let bad = [HeaderField("x-forwarded-for", "198.51.100.7, 203.0.113.9")]
            #expect(try await router.get("/keys", headers: bad).status == 403)
            let other = [HeaderField("forwarded", "for=198.51.100.7, for=203.0.113.9;proto=https")]
            #expect(try await router.get("/keys", headers: other).status == 403)
            let forwarded = [HeaderField("forwarded", "for=203.0.113.9;proto=https")]
            #expect(try await router.get("/portal", headers: forwarded).status == 200)
            #expect(portal.requests.last?.headers["x-keirouter-scheme"] == ["https"])
            #expect(portal.requests.last?.headers["x-keirouter-peer"] == ["203.0.113.9"])
        }
    }

    @Test("events arrive one by one, and the portal hears when their reader goes", .timeLimit(.minutes(1)))
    func events() async throws {
        try await Self.run { router, portal in
            let request = RawRequest("GET", "/api/events", headers: [HeaderField("host", "localhost")])
            let stream = try await RawHTTP.open(request, port: router.port)
            _ = try await stream.body(containing: "data: one")
            portal.second.open()
            _ = try await stream.body(containing: "data: two")
            await stream.close()
            await portal.departed.wait()
        }
    }

    @Test("a reader of events does not keep the router from stopping", .timeLimit(.minutes(1)))
    func stopping() async throws {
        let clock = ContinuousClock()
        var began = clock.now
        var stream: RawExchange?
        try await Self.run { router, portal in
            let request = RawRequest("GET", "/api/events", headers: [HeaderField("host", "localhost")])
            let exchange = try await RawHTTP.open(request, port: router.port)
            _ = try await exchange.body(containing: "data: one")
            portal.second.open()
            stream = exchange
            began = clock.now
        }
        #expect(clock.now - began < .seconds(8))
        await stream?.close()
    }

    @Test("large and packed answers come through as they are")
    func answers() async throws {
        try await Self.run { router, _ in
            #expect(try await router.get("/large").body.count == 4 << 20)
            let packed = try await router.get("/packed")
            #expect(packed.header("content-encoding") == "gzip")
            #expect(packed.body == ScriptedPortal.packed)
        }
    }

    @Test("a portal that is away is told of in the asker's manner, and the API goes on")
    func away() async throws {
        try await Self.run { router, portal in
            try await Poll.until("seen") {
                try await router.get("/readyz").json?["services"]?["portal"]?.string == "serving"
            }
            #expect(try await router.get("/broken").status == 503)
            await portal.stop()
            let page = try await router.get("/", headers: [Self.html])
            #expect(page.status == 503 && page.text.contains("<h1>The portal is away</h1>"))
            #expect(try await router.get("/api/keys").header("content-type") == "application/problem+json")
            #expect(try await router.get("/portal").text.hasPrefix("The portal is away"))
            #expect(try await router.get("/readyz").status == 200)
            let key = HeaderField("authorization", "Bearer \(router.key)")
            #expect(try await router.get("/v1/models", headers: [key]).status == 200)
            #expect(try await router.get("/v1/nothing").json?["error"] != nil)
        }
    }

    @Test("with a listener of its own the dashboard is there and nowhere else")
    func ownListener() async throws {
        let port = try FreePort.take()
        let url = "https://admin.example/"
        let settings = "server: { admin_listen: \"127.0.0.1:\(port)\", admin_url: \"\(url)\" }"
        try await Self.run(settings) { router, portal in
            func ask(_ path: String, host: String = "localhost") async throws -> RawResponse {
                let request = RawRequest("GET", path, headers: [HeaderField("host", host)])
                return try await RawHTTP.send(request, port: port)
            }
            let start = try await router.get("/")
            #expect(start.status == 303 && start.header("location") == url)
            #expect(try await router.get("/keys").status == 404)
            #expect(try await router.get("/api/keys").status == 404)
            #expect(try await router.get("/portal").status == 200)
            #expect(try await ask("/keys").status == 200)
            #expect(try await ask("/keys", host: "admin.example").status == 200)
            #expect(try await ask("/keys", host: "evil.example").status == 403)
            #expect(try await ask("/v1/models").status == 404)
            #expect(portal.requests.map { $0.headers["x-keirouter-area"] } == [["open"], ["admin"], ["admin"]])
        }
    }
}
