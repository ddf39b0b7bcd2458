import Foundation
import HTTP
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing

let group = MultiThreadedEventLoopGroup.singleton

/// Waits, bounded, until a condition about counters holds that no event announces.
func eventually(_ condition: @Sendable () -> Bool, within limit: Duration = .seconds(10)) async -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if condition() { return true }
        // In a task of its own: a cancelled one does not sleep, and would keep its loop from everybody else.
        await Task.detached { try? await Task.sleep(for: .milliseconds(2)) }.value
    }
    return condition()
}

/// A server edge on a free port for the length of `body`.
func withServer<T>(
    configure: (inout HTTPServerConfiguration) -> Void = { _ in },
    handler: @escaping @Sendable (HTTPExchange) async -> Void,
    _ body: (HTTPServer, SocketAddress) async throws -> T
) async throws -> T {
    var configuration = HTTPServerConfiguration()
    configure(&configuration)
    let server = HTTPServer(group: group, configuration: configuration, handler: handler)
    let address = try await server.bind(host: "127.0.0.1", port: 0)
    do {
        let result = try await body(server, address)
        await server.shutdown(drain: .milliseconds(200))
        return result
    } catch {
        await server.shutdown(drain: .zero)
        throw error
    }
}

/// A client that may dial loopback, and a loop to call it on, for the length of `body`.
func withClient<T: Sendable>(
    configure: (inout UpstreamClientConfiguration) -> Void = { _ in },
    egress: EgressPolicy? = nil,
    _ body: @escaping @Sendable (UpstreamClient) async throws -> T
) async throws -> T {
    var configuration = UpstreamClientConfiguration()
    configure(&configuration)
    let loopback = EgressPolicy(allowPrivate: [.network(address: [127, 0, 0, 0], prefix: 8)])
    let client = UpstreamClient(
        group: group,
        configuration: configuration,
        egress: egress ?? loopback
    )
    do {
        let result = try await onLoop { try await body(client) }
        await client.shutdown()
        return result
    } catch {
        await client.shutdown()
        throw error
    }
}

/// Runs `body` on one event loop, always the same one, as the edge runs a request.
func onLoop<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) async throws -> T {
    try await Task(executorPreference: loopExecutor) { try await body() }.value
}

let loopExecutor = LoopExecutor(group.next())

func plainOrigin(_ port: Int) -> UpstreamOrigin {
    UpstreamOrigin(scheme: .http, host: "127.0.0.1", port: port)
}

let patient = UpstreamDeadlines(
    connect: .seconds(10),
    firstByte: .seconds(10),
    stall: .seconds(10),
    total: .seconds(30)
)

/// Lets a thread that stands for a blocking resolver wait a little.
func waitABit() {
    Thread.sleep(forTimeInterval: 0.002)
}

/// Counts across tasks.
final class Tally: Sendable {
    private let value = Atomic<Int>(0)
    var count: Int { value.load(ordering: .sequentiallyConsistent) }
    func add(_ number: Int = 1) { value.add(number, ordering: .sequentiallyConsistent) }
}

extension UpstreamClient {
    /// One request and its whole text.
    func text(
        _ request: UpstreamRequest = UpstreamRequest(method: .GET, path: "/"),
        from origin: UpstreamOrigin,
        deadlines: UpstreamDeadlines = patient
    ) async throws(UpstreamError) -> String {
        let response = try await send(request, to: origin, deadlines: deadlines)
        return String(buffer: try await response.collect(limit: 64 << 20))
    }

    /// The error one request ends with.
    func failure(
        _ request: UpstreamRequest = UpstreamRequest(method: .GET, path: "/"),
        from origin: UpstreamOrigin,
        deadlines: UpstreamDeadlines = patient
    ) async -> UpstreamError? {
        do throws(UpstreamError) {
            _ = try await text(request, from: origin, deadlines: deadlines)
            return nil
        } catch {
            return error
        }
    }
}
