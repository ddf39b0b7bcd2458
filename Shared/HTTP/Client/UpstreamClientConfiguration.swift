package import NIOCore
package import NIOSSL

/// The limits of an upstream client.
package struct UpstreamClientConfiguration: Sendable {
    /// Finds the addresses of a host; blocking, runs on the resolver's threads.
    package typealias Resolve = @Sendable (_ host: String, _ port: Int) throws -> [SocketAddress]

    /// Idle connections kept for one origin on one event loop.
    package var maximumIdlePerOrigin = 64
    /// How long an idle connection is kept; below the 60 s most servers use, so that we close first.
    package var idleTimeout: Duration = .seconds(55)
    /// The largest response header block.
    package var maximumResponseHeaderBytes = 256 << 10
    /// The most header fields in one response.
    package var maximumResponseHeaderCount = 500
    /// How much of a body is read ahead of the caller.
    package var readAheadBytes = 64 << 10
    /// Trust, versions and client certificates; the system's roots by default.
    package var tls: TLSConfiguration
    /// Whether gzip and deflate are undone; a proxy passes them on as they are.
    package var decodesContent = true
    /// Threads that run `getaddrinfo`.
    package var resolverThreads = 4
    /// Resolutions waiting or running at once; one more fails.
    package var maximumResolutions = 256
    /// Replaces `getaddrinfo`.
    package var resolve: Resolve?

    package init() {
        tls = .makeClientConfiguration()
        tls.applicationProtocols = ["http/1.1"]
        // A cancelled exchange must let go of its socket soon, whether or not the peer says farewell.
        tls.shutdownTimeout = .milliseconds(500)
    }
}
