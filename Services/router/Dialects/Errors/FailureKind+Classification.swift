extension FailureKind {
    /// Classifies an error by what the provider said, the most exact word first: code, type, text, status.
    ///
    /// Text is looked at only where a status has several meanings and providers give no code.
    ///
    /// - Parameters:
    ///   - status: The HTTP status; `nil` inside a stream.
    ///   - type: The error's `type`.
    ///   - code: The error's `code`; a number is given in decimal.
    ///   - message: The error's text.
    /// - Returns: The kind, a server error when nothing is known.
    static func classify(status: Int?, type: String?, code: String?, message: String?) -> FailureKind {
        let words = [code, type].compactMap { $0?.lowercased() }.compactMap { byWord[$0] }
        if let exact = words.first(where: { !isGeneric($0) }) {
            return exact == .rateLimited ? byText(message, otherwise: exact) : exact
        }
        let status = status ?? code.flatMap { Int($0) }
        let kind = status.map(byStatus) ?? words.first ?? .serverError
        return byText(message, otherwise: kind)
    }

    /// Whether a word says no more than whose fault it was, so that a status says more.
    private static func isGeneric(_ kind: FailureKind) -> Bool {
        kind == .badRequest || kind == .serverError
    }

    /// What a status means by itself.
    static func byStatus(_ status: Int) -> FailureKind {
        switch status {
        case 401, 403: .authentication
        case 402: .quotaExhausted
        case 404, 410: .modelNotFound
        case 408, 504, 524: .timeout
        case 413: .requestTooLarge
        case 425, 429: .rateLimited
        case 503, 529: .overloaded
        case 400..<500: .badRequest
        default: .serverError
        }
    }

    /// The status that an error without one would have had.
    var impliedStatus: Int {
        switch self {
        case .rateLimited: 429
        case .quotaExhausted: 402
        case .authentication: 401
        case .modelNotFound: 404
        case .contextTooLong, .contentPolicy, .badRequest: 400
        case .requestTooLarge: 413
        case .overloaded: 529
        case .serverError: 500
        case .timeout: 504
        case .transport, .malformed, .truncated: 502
        }
    }

    private static let byWord: [String: FailureKind] = [
        // OpenAI's codes and those of servers like it
        "insufficient_quota": .quotaExhausted, "billing_hard_limit_reached": .quotaExhausted,
        "billing_not_active": .quotaExhausted, "insufficient_balance": .quotaExhausted,
        "rate_limit_exceeded": .rateLimited, "too_many_requests": .rateLimited, "requests": .rateLimited,
        "tokens": .rateLimited, "resource_exhausted": .rateLimited,
        "invalid_api_key": .authentication, "account_deactivated": .authentication,
        "model_not_found": .modelNotFound, "deploymentnotfound": .modelNotFound, "unknown_model": .modelNotFound,
        "model_not_supported": .modelNotFound,
        "context_length_exceeded": .contextTooLong, "string_above_max_length": .contextTooLong,
        "content_policy_violation": .contentPolicy, "content_filter": .contentPolicy,
        "responsibleaipolicyviolation": .contentPolicy,
        "server_error": .serverError, "internal_error": .serverError, "internal_server_error": .serverError,
        "service_unavailable": .overloaded, "engine_overloaded": .overloaded, "overloaded": .overloaded,
        "timeout": .timeout,
        // Types of both dialects
        "invalid_request_error": .badRequest, "authentication_error": .authentication,
        "permission_error": .authentication, "billing_error": .quotaExhausted, "not_found_error": .modelNotFound,
        "request_too_large": .requestTooLarge, "rate_limit_error": .rateLimited, "api_error": .serverError,
        "timeout_error": .timeout, "overloaded_error": .overloaded,
        // Amazon's exceptions
        "throttlingexception": .rateLimited, "servicequotaexceededexception": .quotaExhausted,
        "serviceunavailableexception": .overloaded, "modelnotreadyexception": .overloaded,
        "modeltimeoutexception": .timeout, "validationexception": .badRequest,
        "resourcenotfoundexception": .modelNotFound, "accessdeniedexception": .authentication,
        "unrecognizedclientexception": .authentication, "expiredtokenexception": .authentication,
        "invalidsignatureexception": .authentication, "internalserverexception": .serverError,
        "modelerrorexception": .serverError, "modelstreamerrorexception": .serverError,
        // Google's
        "invalid_argument": .badRequest, "failed_precondition": .badRequest, "out_of_range": .badRequest,
        "unauthenticated": .authentication, "permission_denied": .authentication, "not_found": .modelNotFound,
        "unavailable": .overloaded, "internal": .serverError, "unknown": .serverError,
        "deadline_exceeded": .timeout,
    ]

    private static let phrases: [(String, FailureKind)] = [
        ("credit balance is too low", .quotaExhausted), ("exceeded your current quota", .quotaExhausted),
        ("insufficient balance", .quotaExhausted), ("insufficient credits", .quotaExhausted),
        ("rate limit", .rateLimited),
        ("model not found", .modelNotFound), ("model does not exist", .modelNotFound),
        ("invalid api key", .authentication), ("api key not valid", .authentication),
        ("api key expired", .authentication), ("user location is not supported", .authentication),
        ("maximum number of tokens allowed", .contextTooLong), ("too many tokens", .contextTooLong),
        ("prompt is too long", .contextTooLong), ("maximum context length", .contextTooLong),
        ("context length", .contextTooLong), ("context window", .contextTooLong),
        ("exceed context limit", .contextTooLong), ("input is too long", .contextTooLong),
        ("content management policy", .contentPolicy), ("content policy", .contentPolicy),
        ("usage policies", .contentPolicy), ("content filtering policy", .contentPolicy),
        ("safety system", .contentPolicy), ("blocked input", .contentPolicy), ("blocked output", .contentPolicy),
    ]

    /// What the text makes of a kind that several causes share.
    private static func byText(_ message: String?, otherwise kind: FailureKind) -> FailureKind {
        let possible: Set<FailureKind>
        switch kind {
        case .badRequest, .requestTooLarge:
            possible = [
                .quotaExhausted, .rateLimited, .modelNotFound, .authentication, .contextTooLong, .contentPolicy,
            ]
        case .authentication: possible = [.quotaExhausted, .rateLimited, .modelNotFound]
        case .rateLimited: possible = [.quotaExhausted]
        default: return kind
        }
        guard let text = message?.lowercased() else { return kind }
        return phrases.first { possible.contains($0.1) && text.contains($0.0) }?.1 ?? kind
    }
}
