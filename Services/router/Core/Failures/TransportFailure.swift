package import Dialects

/// A failure below HTTP, or of HTTP itself, while talking to an upstream.
package enum TransportFailure: String, Error, Hashable, Sendable, CaseIterable {
    /// The address may not be reached under the egress policy.
    case refusedByPolicy = "egress_refused"
    case resolveFailed = "resolve_failed"
    case connectFailed = "connect_failed"
    case connectTimedOut = "connect_timeout"
    case tlsFailed = "tls_failed"
    case proxyFailed = "proxy_failed"
    /// No proxy of a pool leads anywhere, and nothing may go around it.
    case proxiesDown = "proxies_down"
    /// No head of a response in time.
    case firstByteTimedOut = "first_byte_timeout"
    /// Nothing between two reads for too long.
    case stalled = "stalled"
    case totalTimedOut = "total_timeout"
    /// The connection closed before a whole response.
    case closed = "connection_closed"
    /// What came is not HTTP.
    case malformed = "malformed_http"
    /// The response is over the limit.
    case tooLarge = "response_too_large"
    /// The client went away.
    case cancelled = "cancelled"

    /// What it means for the client.
    package var kind: FailureKind {
        switch self {
        case .connectTimedOut, .firstByteTimedOut, .stalled, .totalTimedOut: .timeout
        case .malformed, .tooLarge: .malformed
        case .refusedByPolicy, .resolveFailed, .connectFailed, .tlsFailed, .proxyFailed, .proxiesDown, .closed,
            .cancelled:
            .transport
        }
    }
}
