public import Contracts
public import JSON

extension ClientError {
    /// The error for a body that is not JSON.
    public init(_ error: JSONError) {
        self.init(.invalidRequest, "the request body is not valid JSON: \(error)", code: "invalid_json")
        if error.reason == .tooLarge { kind = .requestTooLarge }
    }

    /// The error for a body that is not a request of its dialect.
    public init(_ error: DialectError) {
        self.init(
            .invalidRequest,
            error.description,
            parameter: error.parameter.isEmpty ? nil : error.parameter
        )
    }

    /// The error for a request of a key that demands strict translation, where every route would lose something.
    ///
    /// - Parameter names: The names of what would be lost, never values.
    public init(losing names: [String]) {
        self.init(
            .invalidRequest,
            "this API key demands that nothing is lost, and every route to the model would lose "
                + names.joined(separator: ", "),
            code: "lossy_route",
            parameter: names.count == 1 ? names[0] : nil
        )
    }

    /// The error for a request that the meter did not admit.
    public init(_ denial: Denial) {
        let kind: ErrorKind =
            switch denial.reason {
            case .unknownKey, .revoked, .expired: .authentication
            case .budgetExhausted: .billing
            case .rpm, .tpm, .concurrency: .rateLimited
            default: .permission
            }
        self.init(kind, denial.message, code: denial.reason == .unknownKey ? nil : denial.reason.rawValue)
        if message.isEmpty { message = "the request was not admitted: \(denial.reason.rawValue)" }
        if kind == .rateLimited { retryAfter = Self.seconds(milliseconds: denial.retryAfterMS ?? 1000) }
    }

    /// The error for a failure of this gateway or of a service behind it.
    ///
    /// What a peer or a store says stays here: the client learns that, not why.
    public init(_ error: ServiceError) {
        switch error.origin {
        case .client, .gateway:
            self.init(Self.kind(of: error.code), error.message, code: error.reason)
        case .provider:
            self.init(.upstream, error.message, code: error.reason)
        case .peer, .store:
            self.init(Self.outageKind(of: error.code), Self.outageMessage, code: error.reason)
        }
        if case .same(let milliseconds?) = error.retry { retryAfter = Self.seconds(milliseconds: milliseconds) }
        if kind == .rateLimited, retryAfter == nil { retryAfter = 1 }
    }

    /// The error for the upstream failure after which nothing was left to try.
    ///
    /// A refused credential is the operator's matter: the client's own key is good, so it is not told 401.
    public init(_ fault: UpstreamFault, retryAfter: Int? = nil) {
        let message = fault.message
        switch fault.kind {
        case .rateLimited: self.init(.rateLimited, "the provider's rate limit is reached")
        case .quotaExhausted:
            self.init(.rateLimited, "the provider accounts have no quota left", code: fault.kind.rawValue)
        case .authentication:
            self.init(.upstream, "the provider refused the gateway's credential", code: fault.kind.rawValue)
        case .modelNotFound:
            self.init(.notFound, message ?? "the provider does not have this model", code: fault.kind.rawValue)
        case .contextTooLong:
            self.init(
                .invalidRequest,
                message ?? "the conversation is longer than the model's context",
                code: "context_length_exceeded"
            )
        case .requestTooLarge: self.init(.requestTooLarge, message ?? "the provider accepts no body of this size")
        case .contentPolicy:
            self.init(.contentPolicy, message ?? "the provider's content policy refused the request")
        case .badRequest: self.init(.invalidRequest, message ?? "the provider refused the request", code: fault.code)
        case .overloaded: self.init(.overloaded, "the provider is overloaded")
        case .timeout: self.init(.timeout, "the provider did not answer in time")
        case .serverError: self.init(.upstream, "the provider failed")
        case .transport: self.init(.upstream, message ?? "the provider could not be reached", code: fault.kind.rawValue)
        case .malformed:
            self.init(.upstream, "the provider's answer could not be read", code: fault.kind.rawValue)
        case .truncated:
            self.init(.upstream, "the provider's answer broke off", code: fault.kind.rawValue)
        }
        self.retryAfter = retryAfter
    }

    private static let outageMessage = "a part of the gateway is not available"

    private static func kind(of code: ServiceError.Code) -> ErrorKind {
        switch code {
        case .invalidArgument, .outOfRange, .failedPrecondition, .parseError, .invalidRequest, .invalidParams,
            .alreadyExists:
            .invalidRequest
        case .unauthenticated: .authentication
        case .permissionDenied: .permission
        case .notFound: .notFound
        case .methodNotFound: .methodNotAllowed
        case .resourceExhausted: .rateLimited
        case .unavailable, .aborted: .unavailable
        case .deadlineExceeded: .timeout
        default: .internal
        }
    }

    private static func outageKind(of code: ServiceError.Code) -> ErrorKind {
        switch code {
        case .unavailable, .deadlineExceeded, .resourceExhausted, .aborted, .cancelled: .unavailable
        default: .internal
        }
    }

    private static func seconds(milliseconds: Int) -> Int {
        max(1, milliseconds / 1000 + (milliseconds % 1000 == 0 ? 0 : 1))
    }
}
