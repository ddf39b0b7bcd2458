/// An error as the client is told about it; ``ErrorBody`` writes it in the client's dialect.
public struct ClientError: Error, Hashable, Sendable {
    /// What kind it is, which decides status and type.
    public var kind: ErrorKind
    /// The machine-readable cause (`model_not_allowed`); `nil` stands for the kind's own.
    public var code: String?
    /// One sentence for people; never a key, a URL with a query or any text of a prompt.
    public var message: String
    /// The request's parameter at fault.
    public var parameter: String?
    /// The request's id, as the response's headers carry it.
    public var requestID: String?
    /// Whole seconds after which a retry may succeed.
    public var retryAfter: Int?

    /// Makes an error.
    public init(
        _ kind: ErrorKind,
        _ message: String,
        code: String? = nil,
        parameter: String? = nil,
        requestID: String? = nil,
        retryAfter: Int? = nil
    ) {
        self.kind = kind
        self.message = message
        self.code = code
        self.parameter = parameter
        self.requestID = requestID
        self.retryAfter = retryAfter
    }

    /// The HTTP status in a dialect.
    public func status(_ dialect: Dialect) -> Int { kind.status(dialect) }

    /// The error's `type` in a dialect.
    public func type(_ dialect: Dialect) -> String { kind.type(dialect) }

    /// The code, the cause's own or the kind's.
    public var effectiveCode: String? { code ?? kind.defaultCode }

    /// The same error, knowing its request.
    public func with(requestID: String) -> ClientError {
        var error = self
        error.requestID = requestID
        return error
    }
}
