extension Dialect {
    /// The path at which a provider makes vectors of texts, behind the base URL; `nil` in dialects in which none are asked for.
    ///
    /// - Parameter model: The upstream's name for the model.
    /// - Returns: The path.
    public func embeddingsPath(model: String) -> String? {
        switch self {
        case .openAIChat: "/embeddings"
        case .gemini:
            requestPath + ModelPath.escaped(model.hasPrefix("models/") ? String(model.dropFirst(7)) : model)
                + ":batchEmbedContents"
        case .ollama: "/api/embed"
        case .cohere: "/embed"
        case .openAIResponses, .anthropicMessages, .bedrock: nil
        }
    }
}
