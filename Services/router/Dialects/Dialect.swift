/// A wire format in which clients and providers speak about chat.
///
/// The raw value is what configuration files, the ledger and the admin methods call it.
public enum Dialect: String, Hashable, Sendable, CaseIterable {
    /// OpenAI's Chat Completions.
    case openAIChat = "openai"
    /// Anthropic's Messages.
    case anthropicMessages = "anthropic"
    /// Google's `generateContent`.
    case gemini = "gemini"
    /// OpenAI's Responses.
    case openAIResponses = "openai-responses"
    /// Ollama's chat.
    case ollama = "ollama"
    /// Cohere's second chat API; spoken to providers alone.
    case cohere = "cohere"
    /// The Converse API of Amazon Bedrock; spoken to providers alone.
    case bedrock = "bedrock"

    /// Those that clients may speak; the others are spoken to providers alone.
    public static let clients: [Dialect] = [.openAIChat, .anthropicMessages, .gemini, .openAIResponses, .ollama]

    /// The path that follows a base URL ending with the version segment, of Ollama and Bedrock one without; where the path names the model, up to it.
    public var requestPath: String {
        switch self {
        case .openAIChat: "/chat/completions"
        case .anthropicMessages: "/messages"
        case .gemini: "/models/"
        case .openAIResponses: "/responses"
        case .ollama: "/api/chat"
        case .cohere: "/chat"
        case .bedrock: "/model/"
        }
    }

    /// Whether a request's path names the model and says whether it streams, and its body does not.
    public var namesModelInPath: Bool { self == .gemini || self == .bedrock }

    /// The whole path of one request, with its query.
    ///
    /// - Parameters:
    ///   - model: The upstream's name for the model.
    ///   - isStream: Whether the answer shall stream.
    /// - Returns: The path behind the base URL.
    public func requestPath(model: String, isStream: Bool) -> String {
        guard namesModelInPath else { return requestPath }
        if self == .bedrock {
            // A name may be that of a resource, with slashes and colons.
            let name = ModelPath.escaped(model).split(separator: "/", omittingEmptySubsequences: false)
            return requestPath + name.joined(separator: "%2F") + (isStream ? "/converse-stream" : "/converse")
        }
        let name = model.hasPrefix("models/") ? String(model.dropFirst("models/".count)) : model
        return requestPath + ModelPath.escaped(name)
            + (isStream ? ":streamGenerateContent?alt=sse" : ":generateContent")
    }

    /// The path at which a provider counts a request's tokens; `nil` in dialects without one.
    ///
    /// - Parameter model: The upstream's name for the model.
    /// - Returns: The path behind the base URL.
    public func countPath(model: String) -> String? {
        switch self {
        case .anthropicMessages: requestPath + "/count_tokens"
        case .gemini:
            requestPath + ModelPath.escaped(model.hasPrefix("models/") ? String(model.dropFirst(7)) : model)
                + ":countTokens"
        case .openAIChat, .openAIResponses, .ollama, .cohere, .bedrock: nil
        }
    }

    /// The path that lists models, after the same base URL.
    public var modelsPath: String { self == .ollama ? "/api/tags" : "/models" }

    /// How its streams are cut into events.
    public var framing: StreamFraming {
        switch self {
        case .openAIChat, .anthropicMessages, .gemini, .openAIResponses, .cohere: .events
        case .ollama: .lines
        case .bedrock: .messages
        }
    }

    /// The response header in which this dialect's client libraries look for the request's id.
    public var requestIDHeader: String {
        switch self {
        case .openAIChat, .openAIResponses, .gemini, .ollama, .cohere, .bedrock: "x-request-id"
        case .anthropicMessages: "request-id"
        }
    }

    /// Whether a successful stream ends with an event that has to arrive, and which: for logs.
    public var terminalEvent: String {
        switch self {
        case .openAIChat: "[DONE]"
        case .anthropicMessages: "message_stop"
        case .gemini: "a finishReason"
        case .openAIResponses: "response.completed"
        case .ollama: "done"
        case .cohere: "message-end"
        case .bedrock: "messageStop"
        }
    }

    /// The header that carries a provider's key.
    ///
    /// - Parameter secret: The provider's key as the operator entered it.
    /// - Returns: A lower-case header name and its value.
    public func credentialHeader(secret: String) -> (name: String, value: String) {
        switch self {
        case .openAIChat, .openAIResponses, .ollama, .cohere, .bedrock: ("authorization", "Bearer \(secret)")
        case .anthropicMessages: ("x-api-key", secret)
        case .gemini: ("x-goog-api-key", secret)
        }
    }

    /// The client headers that go upstream as they came, lower case.
    ///
    /// An allow-list: everything else a client sends (its key, cookies, organization, forwarding headers) stays here.
    public var forwardedHeaders: [String] {
        switch self {
        case .openAIChat, .gemini, .ollama, .cohere, .bedrock: []
        case .anthropicMessages: ["anthropic-version", "anthropic-beta"]
        case .openAIResponses: ["openai-beta"]
        }
    }

    /// The headers an upstream request needs when neither the client nor the provider's configuration names them.
    public var defaultHeaders: [(name: String, value: String)] {
        switch self {
        case .openAIChat, .openAIResponses, .gemini, .ollama, .cohere, .bedrock: []
        case .anthropicMessages: [("anthropic-version", "2023-06-01")]
        }
    }
}

/// How the bytes of a stream are cut into events.
public enum StreamFraming: Hashable, Sendable {
    /// Server-sent events.
    case events
    /// One JSON object on each line.
    case lines
    /// Binary messages with check sums, as Amazon's event streams have them.
    case messages

    /// The content type of such a stream.
    public var contentType: String {
        switch self {
        case .events: "text/event-stream"
        case .lines: "application/x-ndjson"
        case .messages: "application/vnd.amazon.eventstream"
        }
    }
}
