import Bootstrap
import HTTP
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// Asks a service that speaks HTTP whether it serves.
enum HTTPHealth {
    private static let patience = Duration.seconds(3)

    /// Whether `GET /healthz` at an endpoint is answered with 200; false for an endpoint that cannot be read.
    static func isServing(_ endpoint: String) async -> Bool {
        guard let origin = origin(endpoint) else { return false }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let logger = Logger(label: "keirouter") { _ in SwiftLogNoOpLogHandler() }
        let client = UpstreamClient(group: group, egress: EgressPolicy(), logger: logger)
        let deadlines = UpstreamDeadlines(connect: patience, firstByte: patience, stall: patience, total: patience)
        let isServing = await withTaskExecutorPreference(LoopExecutor(group.next())) {
            let request = UpstreamRequest(method: .GET, path: "/healthz")
            let answer = try? await client.send(request, to: origin, deadlines: deadlines)
            defer { answer?.cancel() }
            return answer?.head.status.code == 200
        }
        await client.shutdown()
        try? await group.shutdownGracefully()
        return isServing
    }

    /// `unix:///path.sock`, `tcp://host:port` or `tls://host:port`.
    private static func origin(_ endpoint: String) -> UpstreamOrigin? {
        if endpoint.hasPrefix("unix://") {
            let path = String(endpoint.dropFirst("unix://".count))
            return UpstreamOrigin(scheme: .http, host: "localhost", port: 80, unixPath: path)
        }
        let url = endpoint.replacing("tcp://", with: "http://").replacing("tls://", with: "https://")
        var origin = UpstreamOrigin(url: url)
        origin?.allowsPrivate = true
        return origin
    }
}
