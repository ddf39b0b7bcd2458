/// Why an upstream gave no complete answer.
package enum UpstreamError: Error, Hashable, Sendable {
    /// The egress policy refuses the address; the text names the host's kind of address, for the operator.
    case refusedByPolicy(String)
    /// The host has no address, or its resolution took too long.
    case resolveFailed
    /// No address accepts connections, or the client is shut down.
    case connectFailed
    /// Connecting (resolution, TCP, proxy and TLS together) passed its deadline.
    case connectTimedOut
    /// The TLS handshake failed: untrusted certificate, wrong name, no common version.
    case tlsFailed
    /// The proxy refused, asked for other credentials or broke its protocol.
    case proxyFailed
    /// No response head came in time.
    case firstByteTimedOut
    /// The response paused for too long.
    case stalled
    /// The whole exchange passed its deadline.
    case totalTimedOut
    /// The connection closed before any byte of the response.
    case closedBeforeResponse(reused: Bool)
    /// The connection closed inside the response.
    case closedMidBody
    /// The response, or the request asked for, is not valid HTTP/1.1; the reason is a fixed phrase.
    case malformed(String)
    /// The response is larger than the caller's limit.
    case tooLarge
    /// The calling task was cancelled.
    case cancelled
}
