import HTTP
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import TestSupport

/// A portal as the router sees one: HTTP on a Unix socket, which tells what it was asked.
final class ScriptedPortal: Sendable {
    /// One request as it came.
    struct Request: Sendable {
        var method: String
        var target: String
        var headers: HTTPHeaders
        var body: String
    }

    let socket: String
    private let server: HTTPServer
    private let seen = Mutex<[Request]>([])
    /// Whether a client of `/api/events` has gone away.
    let departed = Gate()
    /// Lets the second event out.
    let second = Gate()

    init(socket: String, group: any EventLoopGroup) {
        self.socket = socket
        let box = Box()
        server = HTTPServer(group: group) { exchange in await box.portal?.handle(exchange) }
        box.set(self)
    }

    /// The requests but for those that ask for its health.
    var requests: [Request] { seen.withLock { $0 } }

    func start() async throws {
        try await server.bind(unixPath: socket)
    }

    func stop() async {
        await server.shutdown(drain: .milliseconds(100))
    }

    private func handle(_ exchange: HTTPExchange) async {
        guard exchange.path != "/healthz" else { return exchange.respond(.ok) }
        let body = (try? await exchange.body(limit: 2 << 20)).map { String(buffer: $0) } ?? ""
        let request = Request(
            method: exchange.head.method.rawValue,
            target: exchange.head.uri,
            headers: exchange.head.headers,
            body: body
        )
        seen.withLock { $0.append(request) }
        switch exchange.path {
        case "/api/events": await events(exchange)
        case "/large": await large(exchange)
        case "/broken": exchange.abort()
        case "/packed":
            exchange.respond(.ok, headers: ["content-encoding": "gzip"], body: ByteBuffer(bytes: Self.packed))
        default:
            let headers: HTTPHeaders = ["content-type": "text/html", "set-cookie": "kr_session=1; HttpOnly"]
            exchange.respond(.ok, headers: headers, body: ByteBuffer(string: "page of \(exchange.path)"))
        }
    }

    /// Not gzip at all: whoever tries to unpack it fails.
    static let packed: [UInt8] = [1, 2, 3, 4, 5]

    private func events(_ exchange: HTTPExchange) async {
        exchange.begin(.ok, headers: ["content-type": "text/event-stream"])
        do {
            try await exchange.write(ByteBuffer(string: "data: one\n\n"))
            await second.wait()
            try await exchange.write(ByteBuffer(string: "data: two\n\n"))
            while !exchange.isClientGone {
                try await exchange.write(ByteBuffer(string: ": beat\n\n"))
                try await Task.sleep(for: .milliseconds(20))
            }
        } catch {}
        departed.open()
    }

    private func large(_ exchange: HTTPExchange) async {
        exchange.begin(.ok)
        do {
            for _ in 0..<64 { try await exchange.write(ByteBuffer(repeating: UInt8(ascii: "x"), count: 64 << 10)) }
            exchange.finish()
        } catch {
            exchange.abort()
        }
    }

    /// Breaks the circle between server and portal.
    private final class Box: Sendable {
        private let held = Mutex<ScriptedPortal?>(nil)
        var portal: ScriptedPortal? { held.withLock { $0 } }
        func set(_ portal: ScriptedPortal) { held.withLock { $0 = portal } }
    }
}
