import Dialects
import HTTP
import JSON
package import Logging
package import NIOCore
import NIOHTTP1
import Observability

/// The built-in demo provider: a real server on a Unix socket of this process, so that what is tried is the whole path.
package final class DemoServer: Sendable {
    private let server: HTTPServer
    private let socket: String

    package init(socket: String, maximumBody: Int, group: any EventLoopGroup, logger: Logger) {
        self.socket = socket
        var configuration = HTTPServerConfiguration()
        configuration.maximumBody = maximumBody + (1 << 16)
        server = HTTPServer(group: group, configuration: configuration, logger: logger) { await Self.handle($0) }
    }

    package func start() async throws {
        try await server.bind(unixPath: socket)
    }

    package func stop() async {
        await server.shutdown(drain: .seconds(1))
    }

    private static func handle(_ exchange: HTTPExchange) async {
        let models = "/v1" + Dialect.gemini.requestPath
        let path = exchange.path.hasPrefix(models) ? ModelPath(exchange.path.dropFirst(models.count)) : nil
        let spoken = Dialect.clients.first { exchange.path == "/v1" + $0.requestPath }
        guard let dialect = path == nil ? spoken : .gemini else {
            guard exchange.path == "/v1/models" else { return exchange.respond(.notFound) }
            let models = [ModelEntry(id: "echo", name: "Echo", owner: "demo")]
            return exchange.respond(.ok, body: ByteBuffer(bytes: ModelList.json(models, dialect: .openAIChat)))
        }
        do {
            let document = try JSONDocument(Array(try await exchange.body().readableBytesView))
            let facts = try RequestFacts.read(document, dialect: dialect, path: path)
            let id = String(RequestID.make().dropFirst(4))
            let answer = DemoEcho.answer(to: facts, id: id, created: Int(WallClock.now() / 1_000_000))
            try await send(answer, dialect.framing, on: exchange)
        } catch {
            let refusal = ClientError(.invalidRequest, "the demo cannot read this request")
            exchange.respond(.badRequest, body: ByteBuffer(bytes: ErrorBody.json(refusal, dialect: dialect)))
        }
    }

    private static func send(
        _ answer: DemoEcho.Answer,
        _ framing: StreamFraming,
        on exchange: HTTPExchange
    ) async throws {
        switch answer {
        case .body(let bytes):
            exchange.respond(.ok, headers: ["content-type": "application/json"], body: ByteBuffer(bytes: bytes))
        case .frames(let frames):
            exchange.begin(.ok, headers: ["content-type": framing.contentType])
            for frame in frames { try await exchange.write(ByteBuffer(bytes: frame)) }
            exchange.finish()
        }
    }
}
