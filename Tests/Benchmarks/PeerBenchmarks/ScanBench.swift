import Contracts
import Foundation
import HTTP
import Logging
import NIOCore
import NIOPosix
import PeerRPC

/// How many texts the guards behind an endpoint look through in a second, asked as the router asks: what replicas are for.
///
///     PeerBenchmarks scans ENDPOINT FOLDER SECONDS
///
/// Prints one JSON object: scans a second, and the processors that asking kept busy.
enum ScanBench {
    /// A long result of a tool; it takes the guard many times what the call around it takes.
    private static let size = 16 * 1024
    /// In flight at once: enough that no guard is ever without work.
    private static let atOnce = 24

    static func run(endpoint: String, folder: String, seconds: Double) async throws {
        let texts = pieces(of: folder)
        guard !texts.isEmpty else { throw IOError(errnoCode: ENOENT, reason: "no text in \(folder)") }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let client = RPCClient(
            endpoint: try RPCEndpoint.parse(endpoint),
            group: group,
            logger: Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        guard await client.waitUntilReady(deadline: .now + .seconds(5)) else {
            throw ChannelError.connectTimeout(.seconds(5))
        }
        // Connections to all replicas, and every guard's plan made.
        _ = try await scans(client, group, texts, seconds: 1)
        let (begun, busy) = (now(), processorTime())
        let count = try await scans(client, group, texts, seconds: seconds)
        let passed = now() - begun
        print("{\"scans_s\":\(Int(Double(count) / passed * 1e9)),\"asking\":\((processorTime() - busy) / passed)}")
        await client.shutdown()
        try await group.shutdownGracefully()
    }

    /// Asks for a while, a failed call ends it.
    private static func scans(
        _ client: RPCClient,
        _ group: MultiThreadedEventLoopGroup,
        _ texts: [String],
        seconds: Double
    ) async throws -> Int {
        let end = now() + seconds * 1e9
        return try await Task(executorPreference: LoopExecutor(group.next())) {
            try await withThrowingTaskGroup(of: Int.self) { tasks in
                for lane in 0..<atOnce {
                    tasks.addTask {
                        var count = 0
                        while now() < end {
                            let text = texts[(lane + count * atOnce) % texts.count]
                            _ = try await client.call(GuardMethods.inspect, request(text), deadline: .now + .seconds(5))
                            count += 1
                        }
                        return count
                    }
                }
                return try await tasks.reduce(0, +)
            }
        }.value
    }

    private static func request(_ text: String) -> InspectRequest {
        InspectRequest(
            requestID: "bench",
            direction: .inbound,
            scope: RequestScope(tenant: "default"),
            segments: [InspectSegment(id: 0, role: "user", kind: .text, lastUser: true, text: text)]
        )
    }

    private static func pieces(of folder: String) -> [String] {
        guard let files = FileManager.default.enumerator(atPath: folder) else { return [] }
        var bytes: [UInt8] = []
        for case let name as String in files {
            guard let data = FileManager.default.contents(atPath: folder + "/" + name) else { continue }
            bytes += data
        }
        return stride(from: 0, to: bytes.count - size, by: size)
            .map { String(decoding: bytes[$0..<$0 + size], as: UTF8.self) }
    }
}
