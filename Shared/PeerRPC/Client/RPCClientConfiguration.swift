package import NIOSSL

/// How a client reaches its servers.
package struct RPCClientConfiguration: Sendable {
    /// For `tls://`: roots, and the client's certificate where servers ask for one.
    package var tls: TLSConfiguration?
    /// Sent in each frame over TCP.
    package var bearerToken: String?
    /// Whether `tcp://` may go beyond the loopback interface.
    package var allowPlaintext = false
    package var connectTimeout = Duration.seconds(1)
    /// The longest body of a frame.
    package var maximumFrame = FrameReader.standardLimit
    /// How many calls one connection carries at a time.
    package var maximumCallsPerConnection = 1_024
    /// How often a folder of sockets is listed while calls are made.
    package var listingInterval = Duration.milliseconds(500)
    /// How often it is listed while none are.
    package var idleListingInterval = Duration.seconds(2)
    /// How often a name is resolved.
    package var resolvingInterval = Duration.seconds(10)
    /// How often a server in use is asked for its health, and how long it may take to answer.
    package var healthInterval = Duration.seconds(5)
    package var healthTimeout = Duration.seconds(1)
    /// How long a socket must have refused connections before its file is removed.
    package var deadSocketAge = Duration.seconds(60)
    package var ejection = EjectionPolicy()

    package init() {}
}

/// When a server leaves the pool and for how long.
package struct EjectionPolicy: Hashable, Sendable {
    /// Failed calls in a row.
    package var failures = 5
    /// The first stay outside; each further one is twice as long.
    package var firstBackoff = Duration.seconds(1)
    package var longestBackoff = Duration.seconds(30)
    /// When no server is left, how soon a call may make the pool try again.
    package var retryWhenNoneLeft = Duration.milliseconds(250)

    package init() {}
}
