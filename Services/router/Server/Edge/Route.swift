import Dialects
import NIOHTTP1

/// What the public port answers, by path.
enum Route: Hashable {
    case chat(Dialect)
    /// Counts a request of Anthropic's dialect without sending it.
    case countTokens
    /// OpenAI's oldest dialect, see ``LegacyCompletions``.
    case completions
    /// Vectors of texts, in OpenAI's dialect.
    case embeddings
    /// A request whose path names the model, as Gemini's dialect has them.
    case named(ModelPath)
    /// The lists of models in Gemini's dialect.
    case geminiModels
    case geminiModel(String)
    /// What Ollama's clients ask besides chat.
    case ollamaModels
    case ollamaModel
    case ollamaVersion
    case models
    case model(String)
    case version
    case health
    case readiness
    case metrics

    /// The route of a path; `nil` when there is none.
    ///
    /// A client whose base URL ends in `/v1` while its library adds another is understood: one `/v1` too many is dropped.
    init?(path: Substring) {
        var path = path
        if let route = Self.common(path) {
            self = route
            return
        }
        if Self.begins(path, "/v1/v1/") || Self.begins(path, "/v1/v1beta/") { path = path.dropFirst(3) }
        if path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path = path.dropLast() }
        switch path {
        case "/v1/chat/completions": self = .chat(.openAIChat)
        case "/v1/messages": self = .chat(.anthropicMessages)
        case "/v1/messages/count_tokens": self = .countTokens
        case "/v1/responses": self = .chat(.openAIResponses)
        case "/v1/completions": self = .completions
        case "/v1/embeddings": self = .embeddings
        case "/api/chat": self = .chat(.ollama)
        case "/api/tags": self = .ollamaModels
        case "/api/show": self = .ollamaModel
        case "/api/version": self = .ollamaVersion
        case "/v1/models": self = .models
        case "/v1": self = .version
        case "/healthz": self = .health
        case "/readyz": self = .readiness
        case "/metrics": self = .metrics
        default:
            guard let route = Self.ofModel(path) else { return nil }
            self = route
        }
    }

    /// A route whose path ends in a model's name, or in what is asked of it.
    private static func ofModel(_ path: Substring) -> Route? {
        if path == "/v1beta/models" { return .geminiModels }
        if let named = named(path) { return named }
        if let rest = rest(of: path, after: "/v1/models/") { return .model(String(rest)) }
        for version in geminiVersions {
            if let rest = rest(of: path, after: version) { return .geminiModel(String(rest)) }
        }
        return nil
    }

    private static let geminiVersions: [StaticString] = ["/v1beta/models/", "/v1alpha/models/"]

    /// A path that names a model and says what is asked of it.
    private static func named(_ path: Substring) -> Route? {
        for version in geminiVersions + ["/v1/models/"] {
            if let rest = rest(of: path, after: version) { return ModelPath(rest).map(Route.named) }
        }
        return nil
    }

    private static func rest(of path: Substring, after prefix: StaticString) -> Substring? {
        begins(path, prefix) ? Substring(path.utf8.dropFirst(prefix.utf8CodeUnitCount)) : nil
    }

    /// Whether a path begins with a text, byte by byte: the standard library compares characters.
    private static func begins(_ path: Substring, _ prefix: StaticString) -> Bool {
        let other = UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount)
        return path.utf8.withContiguousStorageIfAvailable { $0.starts(with: other) } ?? false
    }

    /// The routes of nearly all requests, found by comparing bytes.
    private static func common(_ path: Substring) -> Route? {
        func matches(_ text: StaticString) -> Bool {
            guard path.utf8.count == text.utf8CodeUnitCount else { return false }
            let other = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
            return path.utf8.withContiguousStorageIfAvailable { $0.elementsEqual(other) } ?? false
        }
        if matches("/v1/chat/completions") { return .chat(.openAIChat) }
        if matches("/v1/messages") { return .chat(.anthropicMessages) }
        if matches("/v1/responses") { return .chat(.openAIResponses) }
        if matches("/api/chat") { return .chat(.ollama) }
        return named(path)
    }

    /// The methods it answers to, besides OPTIONS.
    var methods: [HTTPMethod] { isPosted ? [.POST] : [.GET, .HEAD] }

    /// Whether it answers to a method.
    func accepts(_ method: HTTPMethod) -> Bool {
        isPosted ? method == .POST : method == .GET || method == .HEAD
    }

    private var isPosted: Bool {
        switch self {
        case .chat, .countTokens, .completions, .embeddings, .named, .ollamaModel: true
        default: false
        }
    }

    /// Its name in metrics.
    var label: String {
        switch self {
        case .chat(.openAIChat): "/v1/chat/completions"
        case .chat(.anthropicMessages): "/v1/messages"
        case .chat(.gemini): "/v1beta/models"
        case .named(let path): "/v1beta/models/{model}:\(path.action.rawValue)"
        case .geminiModels: "/v1beta/models"
        case .geminiModel: "/v1beta/models/{model}"
        case .chat(.openAIResponses): "/v1/responses"
        case .chat(.ollama): "/api/chat"
        // No path leads there.
        case .chat(.cohere), .chat(.bedrock): "_other"
        case .countTokens: "/v1/messages/count_tokens"
        case .ollamaModels: "/api/tags"
        case .ollamaModel: "/api/show"
        case .ollamaVersion: "/api/version"
        case .completions: "/v1/completions"
        case .embeddings: "/v1/embeddings"
        case .models: "/v1/models"
        case .model: "/v1/models/{id}"
        case .version: "/v1"
        case .health: "/healthz"
        case .readiness: "/readyz"
        case .metrics: "/metrics"
        }
    }

    /// The dialect that errors of a path are told in.
    static func dialect(ofPath path: String) -> Dialect? {
        switch Route(path: path[...]) {
        case .chat(let dialect): return dialect
        case .countTokens: return .anthropicMessages
        case .named, .geminiModels, .geminiModel: return .gemini
        case .ollamaModels, .ollamaModel, .ollamaVersion: return .ollama
        default: return begins(path[...], "/v1beta/") ? .gemini : nil
        }
    }
}
