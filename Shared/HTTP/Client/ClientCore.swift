import Logging
import NIOCore
import NIOSSL
import Synchronization

/// What all loops of one client share.
final class ClientCore: Sendable {
    let configuration: UpstreamClientConfiguration
    let egress: EgressPolicy
    let logger: Logger
    let resolver: Resolver
    let openConnections = Atomic<Int>(0)
    let idleConnections = Atomic<Int>(0)
    private let context = Mutex<NIOSSLContext?>(nil)

    init(_ configuration: UpstreamClientConfiguration, _ egress: EgressPolicy, _ logger: Logger) {
        self.configuration = configuration
        self.egress = egress
        self.logger = logger
        resolver = Resolver(configuration)
    }

    /// The TLS context, made at its first use and off the loop: reading the system's trust roots takes a while.
    func tlsContext(on loop: any EventLoop) -> EventLoopFuture<NIOSSLContext> {
        if let made = context.withLock({ $0 }) { return loop.makeSucceededFuture(made) }
        return resolver.run(on: loop) { [self] in
            let made = try NIOSSLContext(configuration: configuration.tls)
            return context.withLock { context in
                let kept = context ?? made
                context = kept
                return kept
            }
        }
    }
}
