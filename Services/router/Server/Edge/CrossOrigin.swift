import HTTP
import NIOCore
import NIOHTTP1

/// Which web pages may call the API (`server.cors_origins`); none by default.
package struct CrossOrigin: Sendable {
    private let origins: Set<String>
    private let allowsAny: Bool

    package init(origins: [String]) {
        self.origins = Set(origins.map { $0.lowercased() })
        allowsAny = origins.contains("*")
    }

    /// What an answer to this request says about origins.
    func headers(for exchange: HTTPExchange) -> HTTPHeaders {
        guard allowsAny || !origins.isEmpty, let origin = exchange.head.headers.first(name: "origin") else {
            return [:]
        }
        guard allowsAny || origins.contains(origin.lowercased()) else { return [:] }
        return [
            "access-control-allow-origin": allowsAny ? "*" : origin, "vary": "origin",
            "access-control-expose-headers":
                "x-request-id, request-id, retry-after, x-keirouter-provider, x-keirouter-model, x-keirouter-attempts, "
                + "x-keirouter-route",
        ]
    }

    /// Answers a preflight of an allowed origin.
    ///
    /// - Returns: False when it is not one, which then gets what any other request gets.
    func answerPreflight(_ exchange: HTTPExchange) -> Bool {
        guard exchange.head.headers.contains(name: "access-control-request-method") else { return false }
        var headers = headers(for: exchange)
        guard !headers.isEmpty else { return false }
        headers.add(name: "access-control-allow-methods", value: "GET, POST, OPTIONS")
        headers.add(name: "access-control-max-age", value: "600")
        let asked = exchange.head.headers.first(name: "access-control-request-headers") ?? ""
        headers.add(name: "access-control-allow-headers", value: HeaderText.safe(String(asked.prefix(1024))))
        exchange.respond(.noContent, headers: headers)
        return true
    }
}
