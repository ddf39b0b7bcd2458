import JSON
import TestSupport
import Testing

extension Integration {
    @Suite("The small pages")
    struct PagesTests {
        private func get(_ path: String, _ headers: [HeaderField] = []) async throws -> RawResponse {
            try await Common.get().gateway.send(RawRequest("GET", path, headers: headers))
        }

        @Test("models are listed in either dialect")
        func models() async throws {
            let key = try await Common.get().key()
            let openAI = try await get("/v1/models", [HeaderField("Authorization", "Bearer \(key.secret)")])
            #expect(openAI.status == 200)
            #expect(openAI.json?["object"]?.string == "list")
            let ids = openAI.json?["data"]?.elements.compactMap { $0["id"]?.string } ?? []
            #expect(ids.contains("coding"))
            #expect(ids.contains("demo/echo"))
            let headers = [HeaderField("x-api-key", key.secret), HeaderField("anthropic-version", "2023-06-01")]
            let anthropic = try await get("/v1/models", headers)
            #expect(anthropic.json?["has_more"]?.boolean == false)
            #expect(anthropic.json?["data"]?[0]?["type"]?.string == "model")
            let one = try await get("/v1/models/demo/echo", [HeaderField("Authorization", "Bearer \(key.secret)")])
            #expect(one.status == 200)
            #expect(one.json?["id"]?.string == "demo/echo")
        }

        @Test("models need a key")
        func modelsKey() async throws {
            #expect(try await get("/v1/models").status == 401)
            #expect(try await get("/v1/models", [HeaderField("Authorization", "Bearer kr_nobody")]).status == 401)
        }

        @Test("health and readiness say yes")
        func health() async throws {
            let health = try await get("/healthz")
            #expect(health.status == 200)
            #expect(health.json?["status"]?.string == "ok")
            #expect(try await get("/readyz").status == 200)
        }

        @Test("metrics count what was served and name no model that a client made up")
        func metrics() async throws {
            let common = try await Common.get()
            let key = try await common.key()
            let model = Common.name("madeup")
            let body = Gateway.body(.openAI, model: "acme/\(model)")
            let response = try await common.gateway.send(Gateway.chat(.openAI, key: key.secret, body: body))
            #expect(response.status == 200)
            let page = try await get("/metrics")
            #expect(page.status == 200)
            #expect(page.text.contains("http_server_request_duration_seconds_bucket"))
            #expect(page.text.contains("keirouter_router_attempts_total"))
            #expect(!page.text.contains(model))
            #expect(!page.text.contains(key.secret))
        }

        @Test(
            "metrics are not for those who come through a tunnel",
            arguments: ["X-Forwarded-For", "Via", "Forwarded"]
        )
        func tunnels(header: String) async throws {
            #expect(try await get("/metrics", [HeaderField(header, "1.2.3.4")]).status == 403)
        }

        @Test("a foreign host name is refused")
        func rebinding() async throws {
            #expect(try await get("/metrics", [HeaderField("Host", "evil.example")]).status == 403)
        }

        @Test("an unknown path is a 404 and a wrong method a 405")
        func paths() async throws {
            #expect(try await get("/v1/nothing").status == 404)
            #expect(try await get("/v1/chat/completions").status == 405)
        }
    }
}
