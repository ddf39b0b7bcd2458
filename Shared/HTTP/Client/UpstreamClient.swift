package import Logging
package import NIOCore
import NIOPosix

/// Sends requests to upstreams.
package final class UpstreamClient: Sendable {
    package init(
        group: any EventLoopGroup,
        configuration: UpstreamClientConfiguration = .init(),
        egress: EgressPolicy,
        logger: Logger
    ) {}
    package nonisolated(nonsending) func send(
        _ request: UpstreamRequest,
        to origin: UpstreamOrigin,
        deadlines: UpstreamDeadlines
    ) async throws(UpstreamError) -> UpstreamResponse { throw .connectFailed }
    package func shutdown() async {}
    package var openConnections: Int { 0 }
    package var idleConnections: Int { 0 }
}
