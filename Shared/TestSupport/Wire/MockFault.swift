/// A failure as a provider reports it.
package enum MockFault: Hashable, Sendable {
    case rateLimited(retryAfter: Int?)
    case authentication
    case contextLength
    case badRequest
    case notFound
    case serverError
    case overloaded

    package static let all: [MockFault] = [
        .rateLimited(retryAfter: 7), .authentication, .contextLength, .badRequest, .notFound, .serverError, .overloaded,
    ]

    /// The status in a dialect.
    package func status(_ dialect: MockDialect) -> Int {
        switch self {
        case .rateLimited: 429
        case .authentication: 401
        case .contextLength, .badRequest: 400
        case .notFound: 404
        case .serverError: 500
        case .overloaded: dialect == .anthropic ? 529 : 503
        }
    }

    var headers: [HeaderField] {
        guard case .rateLimited(let seconds?) = self else { return [] }
        return [HeaderField("retry-after", String(seconds))]
    }

    /// The error's text; what a client at fault may read.
    package var message: String {
        switch self {
        case .rateLimited: "Rate limit reached for mock-model on requests per min (RPM): Limit 3, Used 3."
        case .authentication: "Incorrect API key provided."
        case .contextLength: "This model's maximum context length is 8192 tokens. prompt is too long."
        case .badRequest: "Unsupported value: 'temperature' does not support 7 with this model."
        case .notFound: "The model `mock-model` does not exist or you do not have access to it."
        case .serverError: "The server had an error while processing your request. Sorry about that!"
        case .overloaded: "Overloaded"
        }
    }

    private func type(_ dialect: MockDialect) -> String {
        switch self {
        case .rateLimited: dialect == .openAI ? "requests" : "rate_limit_error"
        case .authentication: dialect == .openAI ? "invalid_request_error" : "authentication_error"
        case .contextLength, .badRequest: "invalid_request_error"
        case .notFound: dialect == .openAI ? "invalid_request_error" : "not_found_error"
        case .serverError: dialect == .openAI ? "server_error" : "api_error"
        case .overloaded: dialect == .openAI ? "service_unavailable" : "overloaded_error"
        }
    }

    private var code: String? {
        switch self {
        case .rateLimited: "rate_limit_exceeded"
        case .authentication: "invalid_api_key"
        case .contextLength: "context_length_exceeded"
        case .badRequest: "unsupported_value"
        case .notFound: "model_not_found"
        case .serverError, .overloaded: nil
        }
    }

    /// The error object that makes the body of a response, or an event inside a stream.
    package func body(_ dialect: MockDialect, message text: String? = nil) -> String {
        let message = MockWire.quoted(text ?? message)
        switch dialect {
        case .openAI:
            let code = code.map { MockWire.quoted($0) } ?? "null"
            return #"{"error":{"message":\#(message),"type":"\#(type(dialect))","param":null,"code":\#(code)}}"#
        case .anthropic:
            return
                #"{"type":"error","error":{"type":"\#(type(dialect))","message":\#(message)},"request_id":"req_mock"}"#
        }
    }

    /// The same inside a stream that began with status 200.
    package func event(_ dialect: MockDialect) -> String {
        (dialect == .openAI ? "data: " : "event: error\ndata: ") + body(dialect) + "\n\n"
    }
}
