/// A wire format in which clients and providers speak about chat.
///
/// The raw value is what configuration files, the ledger and the admin methods call it.
public enum Dialect: String, Hashable, Sendable, CaseIterable {
    /// OpenAI's Chat Completions.
    case openAIChat = "openai"
    /// Anthropic's Messages.
    case anthropicMessages = "anthropic"
    /// OpenAI's Responses.
    case openAIResponses = "openai-responses"

    /// The path that follows a base URL ending with the version segment.
    public var requestPath: String {
        switch self {
        case .openAIChat: "/chat/completions"
        case .anthropicMessages: "/messages"
        case .openAIResponses: "/responses"
        }
    }

    /// The path that lists models, after the same base URL.
    public var modelsPath: String { "/models" }

    /// The response header in which this dialect's client libraries look for the request's id.
    public var requestIDHeader: String {
        switch self {
        case .openAIChat, .openAIResponses: "x-request-id"
        case .anthropicMessages: "request-id"
        }
    }

    /// Whether a successful stream ends with an event that has to arrive, and which: for logs.
    public var terminalEvent: String {
        switch self {
        case .openAIChat: "[DONE]"
        case .anthropicMessages: "message_stop"
        case .openAIResponses: "response.completed"
        }
    }

    /// The header that carries a provider's key.
    ///
    /// - Parameter secret: The provider's key as the operator entered it.
    /// - Returns: A lower-case header name and its value.
    public func credentialHeader(secret: String) -> (name: String, value: String) {
        switch self {
        case .openAIChat, .openAIResponses: ("authorization", "Bearer \(secret)")
        case .anthropicMessages: ("x-api-key", secret)
        }
    }

    /// The client headers that go upstream as they came, lower case.
    ///
    /// An allow-list: everything else a client sends (its key, cookies, organization, forwarding headers) stays here.
    public var forwardedHeaders: [String] {
        switch self {
        case .openAIChat: []
        case .anthropicMessages: ["anthropic-version", "anthropic-beta"]
        case .openAIResponses: ["openai-beta"]
        }
    }

    /// The headers an upstream request needs when neither the client nor the provider's configuration names them.
    public var defaultHeaders: [(name: String, value: String)] {
        switch self {
        case .openAIChat, .openAIResponses: []
        case .anthropicMessages: [("anthropic-version", "2023-06-01")]
        }
    }
}
