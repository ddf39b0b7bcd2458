import Bootstrap
import Contracts
import Dialects
import HTTP
import JSON
import NIOCore
import NIOHTTP1
import Observability
import RouterCore
import Secrets

/// The small answers of the public port: models, health, metrics.
package struct Pages: Sendable {
    private let dispatcher: Dispatcher
    private let meter: MeterLink
    private let preparer: Preparer
    private let portal: PortalProxy
    private let figures: ServiceFigures

    init(
        dispatcher: Dispatcher,
        meter: MeterLink,
        preparer: Preparer,
        portal: PortalProxy,
        figures: ServiceFigures
    ) {
        self.dispatcher = dispatcher
        self.meter = meter
        self.preparer = preparer
        self.portal = portal
        self.figures = figures
    }

    // MARK: Models

    func models(_ exchange: HTTPExchange, _ headers: HTTPHeaders) async -> Int {
        await withKey(exchange, headers) { dialect, standing in
            let models = dispatcher.routing.state.listedModels(
                for: standing.allowance,
                live: dispatcher.liveModels()
            )
            return .success(ModelList.json(models, dialect: dialect))
        }
    }

    func model(_ id: String, _ exchange: HTTPExchange, _ headers: HTTPHeaders) async -> Int {
        let id = (try? URLParts.percentDecoded(id)) ?? id
        return await withKey(exchange, headers) { dialect, standing in
            let live = dispatcher.liveModels()
            guard let model = dispatcher.routing.state.listedModel(id, for: standing.allowance, live: live) else {
                return .failure(ClientError(.notFound, "there is no model of this name", code: "model_not_found"))
            }
            return .success(ModelList.json(model, dialect: dialect))
        }
    }

    private func withKey(
        _ exchange: HTTPExchange,
        _ headers: HTTPHeaders,
        _ body: (Dialect, KeyStanding) -> Result<[UInt8], ClientError>
    ) async -> Int {
        let isGemini = dialect(of: exchange) == .gemini
        guard let key = ClientKey.Sent(exchange, isGemini: isGemini).key else {
            return refuse(exchange, ClientKey.missing, headers: headers)
        }
        guard APIKey.accepts(key) else { return refuse(exchange, ClientKey.unknown, headers: headers) }
        let standing: KeyStanding
        do throws(ClientError) {
            standing = try await meter.identify(keySHA256: APIKey.digestHex(key))
        } catch {
            return refuse(exchange, error, headers: headers)
        }
        switch body(dialect(of: exchange), standing) {
        case .failure(let error): return refuse(exchange, error, headers: headers)
        case .success(let json):
            var headers = headers
            headers.add(name: "content-type", value: "application/json")
            exchange.respond(.ok, headers: headers, body: ByteBuffer(bytes: json))
            return 200
        }
    }

    // MARK: Health

    func version(_ exchange: HTTPExchange) -> Int {
        respond(exchange, .ok) { fields in
            fields.string("name", "KeiRouter")
            fields.string("version", Version.current)
            fields.string("status", "ok")
            fields.array("endpoints") { items in
                for path in [
                    "/v1/chat/completions", "/v1/messages", "/v1/responses", "/v1/embeddings", "/v1/models",
                    "/v1beta/models",
                    "/api/chat",
                ] {
                    items.string(path)
                }
            }
        }
    }

    /// Which release of Ollama's API is spoken; its clients ask without a key.
    func ollamaVersion(_ exchange: HTTPExchange, _ headers: HTTPHeaders) -> Int {
        respond(exchange, .ok, headers) { $0.string("version", OllamaModels.version) }
    }

    func health(_ exchange: HTTPExchange) -> Int {
        respond(exchange, .ok) { $0.string("status", "ok") }
    }

    /// Ready means that a request with a good key would be admitted, and that it is known which policies it meets.
    func readiness(_ exchange: HTTPExchange) -> Int {
        let services = [
            ("meter", meter.isReachable), ("guard", preparer.guardLink.isReady), ("saver", preparer.saverLink.isReady),
            ("portal", portal.isReachable),
        ]
        // Without savers requests go out as they are, and without the portal all the same.
        let isReady = services.allSatisfy { $0.1 || $0.0 == "saver" || $0.0 == "portal" }
        return respond(exchange, isReady ? .ok : .serviceUnavailable) { fields in
            fields.string("status", isReady ? "ready" : "not_ready")
            fields.object("services") { object in
                for (name, isThere) in services { object.string(name, isThere ? "serving" : "away") }
            }
        }
    }

    /// With `?services=0` this router's alone.
    func metrics(_ exchange: HTTPExchange, _ gate: AdminGate) async -> Int {
        if let refusal = gate.refusal(exchange) {
            return refuse(exchange, ClientError(.permission, refusal))
        }
        let isAlone = exchange.head.uri.hasSuffix("?services=0")
        let text = ByteBuffer(bytes: await figures.text(includesServices: !isAlone))
        exchange.respond(.ok, headers: ["content-type": MetricsRegistry.contentType], body: text)
        return 200
    }

    private func respond(
        _ exchange: HTTPExchange,
        _ status: HTTPResponseStatus,
        _ headers: HTTPHeaders = [:],
        _ write: (inout JSONFields) -> Void
    ) -> Int {
        var writer = JSONWriter()
        writer.object(write)
        var headers = headers
        headers.add(contentsOf: ["content-type": "application/json", "cache-control": "no-store"])
        exchange.respond(status, headers: headers, body: ByteBuffer(bytes: writer.bytes))
        return Int(status.code)
    }

    // MARK: Refusals

    /// Answers with an error in the dialect that the client's library most likely speaks.
    func refuse(_ exchange: HTTPExchange, _ error: ClientError, headers: HTTPHeaders = [:]) -> Int {
        let dialect = dialect(of: exchange)
        let error = error.with(requestID: RequestID.make())
        var headers = headers
        headers.add(name: "content-type", value: "application/json")
        headers.add(name: dialect.requestIDHeader, value: error.requestID ?? "")
        for (name, value) in ErrorBody.headers(error) { headers.add(name: name, value: value) }
        let status = error.status(dialect)
        exchange.respond(
            HTTPResponseStatus(statusCode: status),
            headers: headers,
            body: ByteBuffer(bytes: ErrorBody.json(error, dialect: dialect))
        )
        return status
    }

    private func dialect(of exchange: HTTPExchange) -> Dialect {
        if let dialect = Route.dialect(ofPath: String(exchange.path)) { return dialect }
        let headers = exchange.head.headers
        // Google's library asks for models under `/v1`, where OpenAI's and Anthropic's do.
        if headers.contains(name: "x-goog-api-key") { return .gemini }
        return ModelList.dialect(hasAnthropicVersion: headers.contains(name: "anthropic-version"))
    }
}
