import Contracts
import Dialects
package import HTTP
import NIOCore
import NIOHTTP1
import Observability
import Synchronization

/// The public port: who asks for what, and what that leads to.
package final class RouterFront: Sendable {
    private let chat: ChatService
    private let pages: Pages
    private let portal: PortalFront
    private let crossOrigin: CrossOrigin
    private let metrics: RouterMetrics
    private let maximumConcurrent: Int
    private let running = Atomic(0)

    /// Makes the front; `maximumConcurrent` chat requests are served at once, 0 is no limit.
    init(
        chat: ChatService,
        pages: Pages,
        portal: PortalFront,
        crossOrigin: CrossOrigin,
        metrics: RouterMetrics,
        maximumConcurrent: Int
    ) {
        self.chat = chat
        self.pages = pages
        self.portal = portal
        self.crossOrigin = crossOrigin
        self.metrics = metrics
        self.maximumConcurrent = maximumConcurrent
    }

    /// Serves one request on its connection's event loop.
    package func handle(_ exchange: HTTPExchange, on listener: Listener = .main) async {
        let path = exchange.path
        let route = Route(path: path)
        let status: Int
        metrics.arrived()
        let isClientAPI = PortalArea.isClientAPI(path)
        if isClientAPI, listener == .admin {
            status = pages.refuse(exchange, ClientError(.notFound, "the API is on the other port"))
        } else if isClientAPI, exchange.head.method == .OPTIONS, crossOrigin.answerPreflight(exchange) {
            // What is for operators is never for other origins' pages.
            status = 204
        } else if let route {
            status = await serve(route, exchange, listener)
        } else if !isClientAPI {
            status = await portal.serve(exchange, on: listener)
        } else {
            status = pages.refuse(exchange, ClientError(.notFound, "there is nothing at this path"))
        }
        metrics.left(route, exchange.head.method, status: status, after: .now - exchange.received)
    }

    private func serve(_ route: Route, _ exchange: HTTPExchange, _ listener: Listener) async -> Int {
        guard route.accepts(exchange.head.method) else {
            let allowed = route.methods.map(\.rawValue).joined(separator: ", ")
            let error = ClientError(.methodNotAllowed, "this path answers to \(allowed)")
            return pages.refuse(exchange, error, headers: ["allow": allowed])
        }
        guard let (call, purpose) = self.call(route, exchange) else { return await page(route, exchange, listener) }
        return await serveChat(call, purpose)
    }

    /// What a request to a model is; `nil` for one to something else.
    private func call(_ route: Route, _ exchange: HTTPExchange) -> (ChatCall, Purpose)? {
        let headers = crossOrigin.headers(for: exchange)
        switch route {
        case .chat(let dialect): return (ChatCall(exchange, dialect: dialect, crossOrigin: headers), .answer)
        case .countTokens: return (ChatCall(exchange, dialect: .anthropicMessages, crossOrigin: headers), .count)
        case .completions:
            return (ChatCall(exchange, dialect: .openAIChat, isLegacy: true, crossOrigin: headers), .answer)
        case .embeddings:
            let call = ChatCall(exchange, dialect: .openAIChat, operation: .embeddings, crossOrigin: headers)
            return (call, .answer)
        case .named(let path):
            let call = ChatCall(exchange, dialect: .gemini, path: path, crossOrigin: headers)
            return (call, path.action == .count ? .count : .answer)
        case .ollamaModel: return (ChatCall(exchange, dialect: .ollama, crossOrigin: headers), .show)
        case .geminiModels, .geminiModel, .ollamaModels, .ollamaVersion, .models, .model, .version, .health, .readiness,
            .metrics:
            return nil
        }
    }

    // A function of its own: what pages need is no part of what a request to a model pays for.
    @inline(never)
    private func page(_ route: Route, _ exchange: HTTPExchange, _ listener: Listener) async -> Int {
        switch route {
        case .geminiModels, .ollamaModels, .models:
            return await pages.models(exchange, crossOrigin.headers(for: exchange))
        case .geminiModel(let id), .model(let id):
            return await pages.model(id, exchange, crossOrigin.headers(for: exchange))
        case .ollamaVersion: return pages.ollamaVersion(exchange, crossOrigin.headers(for: exchange))
        case .version: return pages.version(exchange)
        case .health: return pages.health(exchange)
        case .readiness: return pages.readiness(exchange)
        case .metrics: return await pages.metrics(exchange, portal.gate(of: listener))
        case .chat, .countTokens, .completions, .embeddings, .named, .ollamaModel:
            return pages.refuse(exchange, ClientError(.notFound, "there is nothing at this path"))
        }
    }

    /// What a request about chat wants.
    private enum Purpose {
        case answer
        /// How many tokens it has.
        case count
        /// What its model is.
        case show
    }

    /// - Returns: The status that the client saw.
    private func serveChat(_ call: ChatCall, _ purpose: Purpose) async -> Int {
        let count = running.add(1, ordering: .relaxed).newValue
        defer { running.subtract(1, ordering: .relaxed) }
        guard maximumConcurrent == 0 || count <= maximumConcurrent else {
            let error = ClientError(.overloaded, "the gateway serves as many requests as it may", retryAfter: 1)
            return Rescue.answer(.error(error), to: call)
        }
        do throws(RequestFailure) {
            switch purpose {
            case .answer: try await chat.serve(call)
            case .count: try await chat.count(call)
            case .show: try await chat.show(call)
            }
            return 200
        } catch {
            return Rescue.answer(error, to: call)
        }
    }
}
