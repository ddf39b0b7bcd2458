import Contracts
import JSON
import Secrets
import TestSupport
import Testing

@Suite("Models, health and metrics")
struct PagesTests {
    @Test("models are listed to known keys in the dialect of the library that asks")
    func models() async throws {
        try await RunningRouter.run { router in
            let key = HeaderField("authorization", "Bearer \(router.key)")
            let list = try await router.get("/v1/models", headers: [key])
            let ids = list.json?["data"]?.elements.compactMap { $0["id"]?.string } ?? []
            #expect(list.json?["object"]?.string == "list")
            #expect(ids.contains("pair") && ids.contains("quick") && ids.contains("demo/echo"))
            let version = HeaderField("anthropic-version", "2023-06-01")
            let other = try await router.get("/v1/models", headers: [key, version])
            #expect(other.json?["has_more"]?.boolean == false && other.json?["first_id"]?.string != nil)
            let one = try await router.get("/v1/models/demo%2Fecho", headers: [key])
            #expect(one.json?["id"]?.string == "demo/echo")
            #expect(try await router.get("/v1/models/nothing", headers: [key]).status == 404)
            #expect(try await router.get("/v1/models").status == 401)
            router.meter.identify { _ in IdentifyReply(denial: Denial(reason: .revoked, message: "it was revoked")) }
            router.meter.tell(MeterChange(kind: "key_revoked", id: "k", keySHA256: APIKey.digestHex(router.key)))
            try await Poll.until("refused") { try await router.get("/v1/models", headers: [key]).status == 401 }
        }
    }

    @Test("health says that it lives, readiness whether a request would be admitted")
    func health() async throws {
        try await RunningRouter.run { router in
            #expect(try await router.get("/healthz").text == #"{"status":"ok"}"#)
            #expect(try await router.get("/readyz").status == 200)
            await router.meter.stop()
            try await Poll.until("not ready") { try await router.get("/readyz").status == 503 }
            #expect(try await router.get("/healthz").status == 200)
            try await router.meter.start()
            try await Poll.until("ready again") { try await router.get("/readyz").status == 200 }
        }
    }

    @Test("metrics are for this machine's users, and not for what comes through a tunnel or a foreign name")
    func metrics() async throws {
        try await RunningRouter.run { router in
            let body = Sample.body(.openAI, model: "demo/echo", stream: false)
            #expect(try await router.send(router.chat(.openAI, body)).status == 200)
            let metrics = try await router.get("/metrics")
            #expect(metrics.status == 200)
            #expect(metrics.text.contains("http_server_request_duration_seconds_count"))
            #expect(metrics.text.contains(#"provider="demo""#))
            #expect(metrics.text.contains("\nkeirouter_cost_usd_total{server=\"m\",service=\"meter\"} 0.5\n"))
            let own = try await router.get("/metrics?services=0")
            #expect(own.status == 200 && own.text.contains("process_resident_memory_bytes"))
            #expect(!own.text.contains("service="))
            await router.meter.stop()
            let left = try await router.get("/metrics")
            #expect(left.status == 200 && !left.text.contains("keirouter_cost_usd_total"))
            for name in ["forwarded", "x-forwarded-for", "via", "x-real-ip"] {
                let response = try await router.get("/metrics", headers: [HeaderField(name, "for=1.2.3.4")])
                #expect(response.status == 403, "\(name)")
            }
            let host = RawRequest("GET", "/metrics", headers: [HeaderField("host", "evil.example")])
            #expect(try await router.send(host).status == 403)
        }
    }

    @Test("a path that is not there is 404, a method that is not, 405 with those that are")
    func paths() async throws {
        try await RunningRouter.run { router in
            #expect(try await router.get("/v2/nothing").status == 404)
            let response = try await router.get("/v1/messages")
            #expect(response.status == 405 && response.header("allow") == "POST")
            #expect(response.json?["type"]?.string == "error")
            let doubled = RawRequest("GET", "/v1/v1/models", headers: [HeaderField("host", "localhost")])
            #expect(try await router.send(doubled).status == 401)
        }
    }

    @Test("pages of listed origins may call, others hear nothing of it")
    func origins() async throws {
        try await RunningRouter.run("server: { cors_origins: [\"https://app.example\"] }") { router in
            let asked = [
                HeaderField("host", "localhost"), HeaderField("access-control-request-method", "POST"),
                HeaderField("access-control-request-headers", "authorization"),
            ]
            let good = RawRequest(
                "OPTIONS",
                "/v1/chat/completions",
                headers: asked + [HeaderField("origin", "https://app.example")]
            )
            let response = try await router.send(good)
            #expect(response.status == 204)
            #expect(response.header("access-control-allow-origin") == "https://app.example")
            #expect(response.header("access-control-allow-headers") == "authorization")
            let bad = RawRequest(
                "OPTIONS",
                "/v1/chat/completions",
                headers: asked + [HeaderField("origin", "https://evil.example")]
            )
            let refused = try await router.send(bad)
            #expect(refused.status == 405 && refused.header("access-control-allow-origin") == nil)
        }
    }
}
