package import NIOSSL

/// Where a server listens.
package enum RPCAddress: Hashable, Sendable, CustomStringConvertible {
    case unix(String)
    case tcp(host: String, port: Int)

    package var description: String {
        switch self {
        case .unix(let path): "unix://\(path)"
        case .tcp(let host, let port): host.contains(":") ? "tcp://[\(host)]:\(port)" : "tcp://\(host):\(port)"
        }
    }
}

/// How a server listens and whom it trusts.
package struct RPCServerConfiguration: Sendable {
    package var listen: RPCAddress
    /// The users besides its own and root whose processes may connect to a Unix socket.
    package var allowUIDs: [UInt32]
    /// The longest body of a frame.
    package var maximumFrame: Int
    /// Needed for TCP beyond the loopback interface; asks for a client certificate unless it says otherwise.
    package var tls: TLSConfiguration?
    /// What each frame over TCP must carry as `Authorization: Bearer …`.
    package var bearerToken: String?
    /// Whether TCP beyond the loopback interface may go without TLS.
    package var allowPlaintext: Bool
    /// How long calls may go on after the server was asked to stop.
    package var drain: Duration
    /// How many handlers one connection may keep busy.
    package var maximumCallsPerConnection = 1_024
    /// How many connections are kept.
    package var maximumConnections = 1_024
    /// How long a frame may take from its first byte to its last.
    package var frameTimeout = Duration.seconds(60)
    /// The program's version, which health checks tell together with the time it has been running.
    package var version: String?
    /// What the process has counted, as `health.v1.Health/Metrics` tells it; `nil`: the method is not known.
    package var metrics: (@Sendable () -> [UInt8])?

    package init(
        listen: RPCAddress,
        allowUIDs: [UInt32] = [],
        maximumFrame: Int = FrameReader.standardLimit,
        tls: TLSConfiguration? = nil,
        bearerToken: String? = nil,
        allowPlaintext: Bool = false,
        drain: Duration = .seconds(5)
    ) {
        self.listen = listen
        self.allowUIDs = allowUIDs
        self.maximumFrame = maximumFrame
        self.tls = tls
        self.bearerToken = bearerToken
        self.allowPlaintext = allowPlaintext
        self.drain = drain
    }
}

/// Why a server did not start.
package enum RPCServerError: Error, Hashable, CustomStringConvertible {
    case socketPathTooLong(path: String, bytes: Int)
    case socketInUse(path: String)
    case socketPathTaken(path: String)
    case cannotListen(address: String, problem: String)
    case plaintextRefused(address: String)
    case credentialsMissing(address: String)
    case alreadyStarted

    package var description: String {
        switch self {
        case .socketPathTooLong(let path, let bytes):
            "the socket path \(path) has \(bytes) bytes; the system takes at most \(UnixSocket.longestPath)"
        case .socketInUse(let path): "another server answers at \(path)"
        case .socketPathTaken(let path): "\(path) exists and is not a socket"
        case .cannotListen(let address, let problem): "cannot listen on \(address): \(problem)"
        case .plaintextRefused(let address):
            "\(address) is beyond the loopback interface: configure TLS, or allow plaintext explicitly"
        case .credentialsMissing(let address):
            "\(address) has TLS but asks neither for a client certificate nor for a bearer token"
        case .alreadyStarted: "the server has been started before"
        }
    }
}
