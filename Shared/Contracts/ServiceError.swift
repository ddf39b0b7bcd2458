/// What a service answers when it cannot do what it was asked.
///
/// Its fields drive what callers do: none is ever parsed from the message.
public struct ServiceError: Error, Sendable {
    /// What went wrong, in gRPC's canonical terms.
    public var code: Code
    /// What went wrong, in snake_case and from a short list: the `error.type` of metrics.
    public var reason: String
    /// Whose error it is.
    public var origin: Origin
    /// Whether and where to try again.
    public var retry: Retry
    /// One sentence for people; never prompt text, keys or addresses with a query.
    public var message: String
    /// What a program may want to know besides, such as the limit that was met.
    public var details: [String: String]
    /// What led to it; stays on this side of the socket.
    public var cause: (any Error)?

    /// Makes an error.
    public init(
        _ code: Code,
        reason: String,
        message: String,
        origin: Origin = .gateway,
        retry: Retry = .no,
        details: [String: String] = [:],
        cause: (any Error)? = nil
    ) {
        self.code = code
        self.reason = reason
        self.origin = origin
        self.retry = retry
        self.message = message
        self.details = details
        self.cause = cause
    }

    /// Whose error it is, and so whose error rate rises.
    public enum Origin: String, CaseIterable, Hashable, Sendable {
        /// The caller asked for something wrong.
        case client
        /// This gateway.
        case gateway
        /// Another service of this gateway.
        case peer
        /// A provider upstream.
        case provider
        /// A database.
        case store
    }

    /// Whether and where to try again.
    public enum Retry: Hashable, Sendable {
        /// Nowhere: it would fail again.
        case no
        /// At the same place, after a while where one is known.
        case same(afterMilliseconds: Int?)
        /// At the next place.
        case next
        /// At the same place if the connection had been used before: it was stale.
        case ifReused
    }
}

extension ServiceError: CustomStringConvertible {
    /// Status, reason and message, in one line.
    public var description: String {
        "\(code.status) \(reason): \(message)"
    }
}
