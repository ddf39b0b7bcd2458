import JSON
import TestSupport

/// Gateways whose data is on a PostgreSQL server.
enum PostgresGateway {
    /// One provider of each dialect, a key with a budget, a guardrail that masks, and savers.
    static func setup(_ mock: MockProvider, storage: String) -> GatewaySetup {
        var setup = Load.setup(mock)
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
        return try await gateway.send(Gateway.chat(.openAI, key: Load.secret, body: body))
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
