/// The kinds of errors a client is told about: the one table from kinds to statuses and words of each dialect.
///
/// Statuses and types are those that the official libraries turn into their right exceptions, and that they retry
/// exactly where a retry can help.
public enum ErrorKind: String, Hashable, Sendable, CaseIterable {
    /// The request is not right.
    case invalidRequest
    /// A content policy refuses it.
    case contentPolicy
    /// No key, or one that is not good.
    case authentication
    /// A budget is used up.
    case billing
    /// The key may not do this.
    case permission
    /// There is no such thing.
    case notFound
    /// The path exists, the method does not.
    case methodNotAllowed
    /// The body is over the limit.
    case requestTooLarge
    /// A limit is reached for now.
    case rateLimited
    /// Something went wrong here.
    case `internal`
    /// Something went wrong at the provider.
    case upstream
    /// A part of the gateway is not there.
    case unavailable
    /// The provider has no capacity, or the gateway has none.
    case overloaded
    /// Nobody answered in time.
    case timeout

    /// The HTTP status in a dialect.
    public func status(_ dialect: Dialect) -> Int {
        switch self {
        case .invalidRequest, .contentPolicy: 400
        case .authentication: 401
        case .billing: 402
        case .permission: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .requestTooLarge: 413
        case .rateLimited: 429
        case .internal: 500
        case .upstream: 502
        case .unavailable: 503
        case .overloaded: dialect == .anthropicMessages ? 529 : 503
        case .timeout: 504
        }
    }

    /// The error's `type` in a dialect.
    public func type(_ dialect: Dialect) -> String {
        switch dialect {
        case .openAIChat, .openAIResponses, .ollama, .cohere, .bedrock: openAIType
        case .anthropicMessages: anthropicType
        case .gemini: googleStatus
        }
    }

    /// The error's `code` when the cause names none; only OpenAI has codes.
    public var defaultCode: String? {
        switch self {
        case .invalidRequest: nil
        case .contentPolicy: "content_policy"
        case .authentication: "invalid_api_key"
        case .billing: "insufficient_quota"
        case .permission: "permission_denied"
        case .notFound: "not_found"
        case .methodNotAllowed: "method_not_allowed"
        case .requestTooLarge: "request_too_large"
        case .rateLimited: "rate_limit_exceeded"
        case .internal: "internal_error"
        case .upstream: "upstream_error"
        case .unavailable: "service_unavailable"
        case .overloaded: "overloaded"
        case .timeout: "timeout"
        }
    }

    private var openAIType: String {
        switch self {
        case .invalidRequest, .contentPolicy, .notFound, .methodNotAllowed, .requestTooLarge: "invalid_request_error"
        case .authentication: "authentication_error"
        case .billing: "insufficient_quota"
        case .permission: "permission_error"
        case .rateLimited: "rate_limit_error"
        case .internal, .upstream, .unavailable, .overloaded, .timeout: "server_error"
        }
    }

    /// Google's names of its canonical codes.
    private var googleStatus: String {
        switch self {
        case .invalidRequest, .contentPolicy, .requestTooLarge: "INVALID_ARGUMENT"
        case .authentication: "UNAUTHENTICATED"
        case .billing, .rateLimited: "RESOURCE_EXHAUSTED"
        case .permission: "PERMISSION_DENIED"
        case .notFound: "NOT_FOUND"
        case .methodNotAllowed: "UNIMPLEMENTED"
        case .internal: "INTERNAL"
        case .upstream, .unavailable, .overloaded: "UNAVAILABLE"
        case .timeout: "DEADLINE_EXCEEDED"
        }
    }

    private var anthropicType: String {
        switch self {
        case .invalidRequest, .contentPolicy, .methodNotAllowed: "invalid_request_error"
        case .authentication: "authentication_error"
        case .billing: "billing_error"
        case .permission: "permission_error"
        case .notFound: "not_found_error"
        case .requestTooLarge: "request_too_large"
        case .rateLimited: "rate_limit_error"
        case .internal, .upstream, .unavailable: "api_error"
        case .overloaded: "overloaded_error"
        case .timeout: "timeout_error"
        }
    }
}
