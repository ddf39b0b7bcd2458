/// What a handler knows of a call besides its parameters.
package struct RPCContext: Sendable {
    /// When the caller stops waiting; the handler is cancelled then.
    package var deadline: ContinuousClock.Instant?
    /// The W3C trace context the call came with, unchecked.
    package var traceparent: String?
    /// The method's name on the wire.
    package var method: String

    package init(deadline: ContinuousClock.Instant? = nil, traceparent: String? = nil, method: String) {
        self.deadline = deadline
        self.traceparent = traceparent
        self.method = method
    }
}
