import JSON
import TestSupport

/// Gateways whose data is on a PostgreSQL server.
enum PostgresGateway {
    static let secret = GatewaySetup.secret("load")
    static let address = Integration.GuardMatrixTests.address

    /// One provider of each dialect, a key with a budget, a guardrail that masks, and savers.
    static func setup(_ mock: MockProvider, storage: String) -> GatewaySetup {
        var setup = GatewaySetup(
            providers: [
                .init("acme", .openAI, mock, credentials: ["sk-acme"]),
                .init("claude", .anthropic, mock, credentials: ["sk-claude"]),
            ],
            keys: [.init("load", secret, plan: "load")]
        )
        setup.plans = ["{ name: load, limit_usd: 1000, period: total, concurrency: 0, rpm: 0, tpm: 0 }"]
        setup.prices = [
            "{ model: \"acme/*\", input: 1, output: 10 }", "{ model: \"claude/*\", input: 1, output: 10 }",
        ]
        setup.guardrails = ["{ scope: global, pii: { enabled: true, direction: inbound, action: mask } }"]
        setup.savers = ["{ rtk: on, terse: on }"]
        setup.storage = storage
        return setup
    }

    /// The processes that `keirouter start` runs beside the router.
    static let children = [Products.guard, Products.saver, Products.meter, Products.portal]

    static func pids(_ gateway: Gateway) -> [Int32] {
        children.flatMap { gateway.pids($0) }
    }

    /// Sends one request.
    static func chat(_ gateway: Gateway, _ content: String = "Say something.") async throws -> RawResponse {
        let body = Gateway.body(.openAI, model: "acme/m", content: content)
        return try await gateway.send(Gateway.chat(.openAI, key: secret, body: body))
    }

    static func waitForPortal(_ gateway: Gateway) async throws {
        try await Poll.until("the portal serves", deadline: .seconds(30)) {
            let status = try await gateway.send(RawRequest("GET", "/readyz")).json
            return status?["services"]?["portal"]?.string == "serving"
        }
    }

    /// How often a text is in what all processes have logged.
    static func count(_ text: String, in gateway: Gateway) -> Int {
        let log = Array(gateway.log.utf8)
        var (count, place) = (0, 0)
        while let found = ByteSearch.first(log, text, from: place) {
            count += 1
            place = found + 1
        }
        return count
    }
}
