import Contracts
import HTTP
import JSON
import Logging
import NIOCore
import NIOPosix
import PeerRPC

/// The internal call: a kilobyte of JSON there and back over a Unix socket.
final class CallBench: Sendable {
    private static let echo = RPCMethod<Parcel, Parcel>("bench.v1.Bench/Echo", isIdempotent: true)

    private let executor: LoopExecutor
    private let server: RPCServer
    private let client: RPCClient

    init(client: MultiThreadedEventLoopGroup, server: MultiThreadedEventLoopGroup, path: String) throws {
        let logger = Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() })
        var registry = RPCRegistry(service: nil)
        registry.register(Self.echo) { (parcel, _) async throws(ServiceError) -> Parcel in parcel }
        executor = LoopExecutor(client.next())
        self.server = RPCServer(
            RPCServerConfiguration(listen: .unix(path)),
            registry: registry,
            group: server,
            logger: logger
        )
        self.client = RPCClient(endpoint: try RPCEndpoint.parse("unix://\(path)"), group: client, logger: logger)
    }

    func start() async throws {
        _ = try await server.start()
        guard await client.waitUntilReady(deadline: .now + .seconds(5)) else {
            throw ChannelError.connectTimeout(.seconds(5))
        }
        _ = try await roundTrips(1_000)
    }

    func stop() async {
        await client.shutdown()
        await server.stop(drain: .zero)
    }

    /// Each call's nanoseconds, one after the other from a task on the client's loop, as the router calls.
    func roundTrips(_ count: Int) async throws -> [Double] {
        try await Task(executorPreference: executor) { [client] in
            var times: [Double] = []
            times.reserveCapacity(count)
            for number in 0..<count {
                let begun = now()
                _ = try await client.call(Self.echo, Parcel(number), deadline: .now + .seconds(5))
                times.append(now() - begun)
            }
            return times
        }.value
    }

    /// The processor time of a call in nanoseconds, both sides, with many in flight on one connection.
    func pipelined(calls: Int, atOnce: Int) async throws -> Double {
        let begun = processorTime()
        try await Task(executorPreference: executor) { [client] in
            try await withThrowingDiscardingTaskGroup { group in
                for _ in 0..<atOnce {
                    group.addTask {
                        for number in 0..<calls / atOnce {
                            _ = try await client.call(Self.echo, Parcel(number), deadline: .now + .seconds(5))
                        }
                    }
                }
            }
        }.value
        return (processorTime() - begun) / Double(calls / atOnce * atOnce)
    }
}

/// About a kilobyte of what internal messages hold: a few names, a few numbers, and text.
private struct Parcel: WireCodable {
    private static let text = String(repeating: "The test at line 42 is red. ", count: 32)

    var id: String
    var number: Int
    var text: String

    init(_ number: Int) {
        self.number = number
        id = "01JD3V8Q5R2M7N4K6P9T0XYZAB"
        text = Self.text
    }

    init(from cursor: JSONCursor) throws(WireError) {
        id = try cursor.string("request_id")
        number = try cursor.integer("number")
        text = try cursor.string("text")
    }

    func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("request_id", id)
            fields.integer("number", number)
            fields.string("text", text)
        }
    }
}
