import Logging
import NIOCore
import NIOSSL

/// What an endpoint asks of every connection to it: TLS, and a credential in each frame.
struct ClientTransport: Sendable {
    let tls: (context: NIOSSLContext, name: String?)?
    let authorization: [UInt8]?
    /// Why no connection can be made.
    let problem: String?

    init(_ endpoint: RPCEndpoint, _ configuration: RPCClientConfiguration, _ logger: Logger) {
        guard case .network(let host, _, let isSecure) = endpoint.kind else {
            tls = nil
            authorization = nil
            problem = nil
            return
        }
        authorization = configuration.bearerToken.map { Array("Bearer \($0)".utf8) }
        guard isSecure else {
            tls = nil
            problem = nil
            return
        }
        // A certificate names hosts; a server addressed by number is checked against the roots and its address.
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        do {
            let context = try NIOSSLContext(configuration: configuration.tls ?? .makeClientConfiguration())
            tls = (context, isAddress ? nil : host)
            problem = nil
        } catch {
            logger.error("TLS configuration cannot be used", metadata: ["error.type": "\(type(of: error))"])
            tls = nil
            problem = "the TLS configuration cannot be used"
        }
    }
}
