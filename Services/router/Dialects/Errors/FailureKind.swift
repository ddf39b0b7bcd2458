/// What an upstream's failure means, whatever words it used for it.
///
/// The raw value is the `reason` in records, metrics and logs.
public enum FailureKind: String, Hashable, Sendable, CaseIterable {
    /// Too many requests or tokens for now.
    case rateLimited = "rate_limited"
    /// The account has run out of credit or quota.
    case quotaExhausted = "quota_exhausted"
    /// The account's credential is refused, or may not do this.
    case authentication = "upstream_authentication"
    /// The provider, or this account at it, does not have the model.
    case modelNotFound = "model_not_found"
    /// The conversation is longer than the model's context.
    case contextTooLong = "context_too_long"
    /// The body is larger than the provider accepts.
    case requestTooLarge = "request_too_large"
    /// The provider's content policy refuses the request.
    case contentPolicy = "content_policy"
    /// The request itself is at fault.
    case badRequest = "bad_request"
    /// The provider has no capacity.
    case overloaded = "overloaded"
    /// The provider failed.
    case serverError = "server_error"
    /// The provider, or something before it, gave up waiting, or we did.
    case timeout = "timeout"
    /// No connection, or one that broke before an answer.
    case transport = "transport"
    /// An answer that is not of the dialect.
    case malformed = "malformed"
    /// A stream that broke off.
    case truncated = "truncated"

    /// Whether the client's request is the cause, so that no other provider would help and none is to blame.
    public var isClientFault: Bool {
        switch self {
        case .badRequest, .contentPolicy, .contextTooLong, .requestTooLarge: true
        case .rateLimited, .quotaExhausted, .authentication, .modelNotFound, .overloaded, .serverError, .timeout,
            .transport, .malformed, .truncated:
            false
        }
    }
}
