import Contracts
import JSON
import Secrets
import TestSupport
import Testing

/// What a key that may not use everything sees of `/v1/models`.
@Suite("Models that a key may use")
struct AllowedModelsTests {
    private static func listed(_ router: RunningRouter, key: String? = nil) async throws -> [String] {
        let header = HeaderField("authorization", "Bearer \(key ?? router.key)")
        let list = try await router.get("/v1/models", headers: [header])
        #expect(list.status == 200)
        return list.json?["data"]?.elements.compactMap { $0["id"]?.string } ?? []
    }

    private static func status(of model: String, _ router: RunningRouter) async throws -> Int {
        try await router.get("/v1/models/\(model)", headers: [HeaderField("authorization", "Bearer \(router.key)")])
            .status
    }

    @Test("the plan's list and the key's own both count, and what is not listed is not there by name either")
    func lists() async throws {
        try await RunningRouter.run { router async throws in
            router.meter.identify { _ in .good(plan: ["demo/*", "pair"], key: ["demo/echo"]) }
            #expect(try await Self.listed(router) == ["demo/echo"])
            #expect(try await Self.status(of: "demo/echo", router) == 200)
            #expect(try await Self.status(of: "pair", router) == 404)
        }
    }

    @Test("a chain is listed by its name, or when one of its steps may be used")
    func chains() async throws {
        try await RunningRouter.run { router in
            router.meter.identify { _ in .good(plan: ["pair"]) }
            #expect(try await Self.listed(router) == ["pair"])
            router.meter.identify { _ in .good(plan: ["mock/small"]) }
            router.meter.tell(MeterChange(kind: "plan_changed", id: "team"))
            try await Poll.until("the change") { try await Self.listed(router) != ["pair"] }
            let names = try await Self.listed(router)
            #expect(names.contains("pair") && !names.contains("demo/echo"))
        }
    }

    @Test("a key is asked about once until it changes, or a minute is over")
    func remembered() async throws {
        try await RunningRouter.run { router in
            let all = try await Self.listed(router)
            #expect(all.contains("demo/echo") && all.contains("pair"))
            for _ in 0..<5 { #expect(try await Self.listed(router) == all) }
            #expect(router.meter.identified == 1)
            // Another key's change is none of this one; its own is.
            router.meter.tell(MeterChange(kind: "key_changed", id: "o", keySHA256: String(repeating: "0", count: 64)))
            router.meter.identify { _ in .good(key: ["demo/echo"]) }
            router.meter.tell(MeterChange(kind: "key_changed", id: "k", keySHA256: APIKey.digestHex(router.key)))
            try await Poll.until("the change") { try await Self.listed(router) == ["demo/echo"] }
            #expect(router.meter.identified == 2)
        }
    }

    @Test("a key that has ended is asked about again")
    func expiry() async throws {
        try await RunningRouter.run { router in
            router.meter.identify { _ in .good(expiresUS: 1) }
            for count in 1...3 {
                _ = try await Self.listed(router)
                #expect(router.meter.identified == count)
            }
        }
    }

    @Test("while the meter is away, a remembered list stays, a stranger hears 503")
    func outage() async throws {
        try await RunningRouter.run { router in
            router.meter.identify { _ in .good(plan: ["demo/*"]) }
            #expect(try await Self.listed(router) == ["demo/echo"])
            await router.meter.stop()
            try await Poll.until("the router knows") { try await router.get("/readyz").status == 503 }
            #expect(try await Self.listed(router) == ["demo/echo"])
            let stranger = HeaderField("authorization", "Bearer kr_a-key-of-somebody-0123456789abcdef")
            #expect(try await router.get("/v1/models", headers: [stranger]).status == 503)
        }
    }
}
