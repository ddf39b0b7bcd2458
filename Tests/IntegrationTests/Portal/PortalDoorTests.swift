import JSON
import TestSupport
import Testing

extension Integration {
    /// The dashboard of a whole installation: who may see it, and what becomes of it when its process dies.
    @Suite("The portal's doors")
    struct PortalDoorTests {
        private static let secret = GatewaySetup.secret("doors")
        private static let portal = "keirouter-portal"

        private func withGateway(_ server: String = "", _ body: (Gateway) async throws -> Void) async throws {
            let mock = try await MockProvider.start()
            var setup = GatewaySetup(
                providers: [.init("acme", .openAI, mock, credentials: ["sk-acme"])],
                keys: [.init("doors", Self.secret)]
            )
            if !server.isEmpty { setup.settings = ["server: \(server)"] }
            let gateway = try await Gateway.start(setup, supervised: true)
            try await Poll.until("the portal answers", deadline: .seconds(30)) {
                try await get(gateway, "/readyz").json?["services"]?["portal"]?.string == "serving"
            }
            try await body(gateway)
            try await gateway.stop()
            #expect(gateway.pids(Self.portal).isEmpty)
            await mock.stop()
        }

        private func get(
            _ gateway: Gateway,
            _ path: String,
            host: String = "localhost",
            _ headers: [HeaderField] = []
        ) async throws -> RawResponse {
            let accept = [HeaderField("host", host), HeaderField("accept", "text/html")]
            return try await RawHTTP.send(RawRequest("GET", path, headers: accept + headers), port: gateway.port)
        }

        private func isServed(_ gateway: Gateway) async throws -> Bool {
            let body = Gateway.body(.openAI, model: "acme/plain", stream: false)
            let exchange = try await gateway.open(Gateway.chat(.openAI, key: Self.secret, body: body))
            return try await exchange.end().status == 200
        }

        @Test("operators' pages are for this machine; the usage portal is for anybody")
        func doors() async throws {
            try await withGateway { gateway in
                let welcome = try await get(gateway, "/welcome")
                #expect(welcome.status == 200)
                #expect(welcome.header("content-security-policy")?.contains("default-src 'none'") == true)
                #expect(gateway.log.contains("claim code"))
                #expect(gateway.log.contains("dashboard: http://127.0.0.1:\(gateway.port)/"))
                for field in ["forwarded", "x-forwarded-for", "x-forwarded-host", "via", "x-real-ip"] {
                    for path in ["/", "/welcome", "/api/keys", "/static/../welcome"] {
                        let refused = try await get(gateway, path, [HeaderField(field, "203.0.113.9")])
                        #expect(refused.status == 403, "\(path) with \(field)")
                    }
                }
                #expect(try await get(gateway, "/welcome", host: "evil.example").status == 403)
                #expect(try await get(gateway, "/portal", host: "ai.example").status == 200)
                #expect(try await isServed(gateway))
            }
        }

        @Test("a stranger's address sees no operators' page, whatever it says about itself")
        func strangers() async throws {
            try await withGateway("admin_allow: [\"192.0.2.1\"]") { gateway in
                let forged = [
                    HeaderField("x-keirouter-area", "admin"), HeaderField("x-keirouter-peer", "192.0.2.1"),
                    HeaderField("x-keirouter-scheme", "https"),
                ]
                for path in ["/", "/welcome", "/keys", "/providers", "/sessions", "/api/keys", "/api/openapi.json"] {
                    let refused = try await get(gateway, path, forged)
                    #expect(refused.status == 403, "\(path)")
                }
                // What is open reaches the portal, which is told that it is open and keeps the rest to itself.
                #expect(try await get(gateway, "/portal", forged).status == 200)
                #expect(try await get(gateway, "/portal/../welcome", forged).status == 403)
                let member = try await get(gateway, "/portal/keys", forged)
                #expect(member.status == 404 || member.status == 303 || member.status == 200)
                #expect(!member.text.contains("claim"))
            }
        }

        @Test("a portal that is killed comes again by itself, and the API does not notice", .timeLimit(.minutes(2)))
        func kill() async throws {
            try await withGateway { gateway in
                let first = try #require(gateway.pids(Self.portal).first)
                ProcessTable.kill(first)
                #expect(try await isServed(gateway))
                try await Poll.until("another portal answers", deadline: .seconds(20)) {
                    guard gateway.pids(Self.portal).contains(where: { $0 != first }) else { return false }
                    return try await get(gateway, "/welcome").status == 200
                }
                #expect(try await isServed(gateway))
                let status = try await gateway.run(["status"])
                #expect(status.code == 0)
                let lines = status.output.split(separator: "\n").filter { $0.hasPrefix("portal") }
                #expect(lines.count == 1 && lines[0].contains("serving"))
            }
        }
    }
}
