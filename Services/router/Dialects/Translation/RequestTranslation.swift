public import JSON

/// A request in the upstream's dialect.
public struct TranslatedRequest: Sendable {
    /// The body to send.
    public var body: [UInt8]
    /// The names of parameters that the upstream's dialect cannot carry; never values.
    public var lossy: [String]
    /// What the answer's translation needs.
    public var context: AnswerContext
}

/// Says requests of one dialect in another: document to canonical form to the upstream's dialect.
///
/// What can be left out is left out and named; a request that contradicts itself is refused under the client's own
/// parameter.
public enum RequestTranslation {
    /// Translates a request.
    ///
    /// - Parameters:
    ///   - document: The client's body, every edit already spliced in.
    ///   - facts: What was read from that document.
    ///   - upstream: What the upstream speaks.
    ///   - model: The upstream's name for the model.
    ///   - maxOutputTokens: The most the model can say, when known; Anthropic wants a number with every request.
    ///   - asksForUsage: Whether to ask an upstream for a stream's usage that reports it only when asked.
    ///   - readsThinkTags: Whether an answer may begin with reasoning between `<think>` tags, in the dialects of open
    ///     models' servers; `nil` judges by the model's name.
    /// - Returns: The body, what it does not carry, and what the answer's translation needs.
    /// - Throws: ``DialectError`` naming the client's parameter.
    public static func translate(
        _ document: JSONDocument,
        _ facts: RequestFacts,
        to upstream: Dialect,
        model: String,
        maxOutputTokens: Int?,
        asksForUsage: Bool,
        readsThinkTags: Bool? = nil
    ) throws(DialectError) -> TranslatedRequest {
        var lossy = LossyNames()
        var request =
            switch facts.dialect {
            case .openAIChat: try OpenAIRequestReader.read(document.root, facts, &lossy)
            case .anthropicMessages: try AnthropicRequestReader.read(document.root, facts, &lossy)
            case .gemini: try GeminiRequestReader.read(document.root, facts, &lossy)
            case .openAIResponses: try ResponsesRequestReader.read(document.root, facts, &lossy)
            case .ollama: try OllamaRequestReader.read(document.root, facts, &lossy)
            case .cohere, .bedrock: throw DialectError.notForClients
            }
        try ToolChecks.check(request)
        ForeignParts.drop(from: &request, for: upstream, model: model, &lossy)
        var context = context(facts)
        context.usesFunctions = request.usesFunctions
        for tool in request.tools {
            if tool.isCustom { context.customTools.insert(tool.name) }
            if let namespace = tool.namespace { context.namespaces[tool.name] = namespace }
        }
        if upstream == .openAIChat || upstream == .ollama {
            context.readsThinkTags = readsThinkTags ?? ThinkTags.areWritten(by: model)
        }
        let body: [UInt8]
        switch upstream {
        case .openAIChat:
            ToolPairing.pair(&request, idLimit: OpenAIRequestWriter.idLimit)
            var writer = OpenAIRequestWriter(
                consume request,
                model: model,
                modelMaximum: maxOutputTokens,
                asksForUsage: asksForUsage
            )
            body = writer.write(&lossy, &context)
        case .anthropicMessages:
            ToolPairing.pair(&request, idLimit: AnthropicRequestWriter.idLimit)
            var writer = AnthropicRequestWriter(consume request, model: model, modelMaximum: maxOutputTokens)
            body = writer.write(&lossy, &context)
        case .gemini:
            ToolPairing.pair(&request, idLimit: GeminiRequestWriter.idLimit)
            var writer = GeminiRequestWriter(consume request, model: model, modelMaximum: maxOutputTokens)
            body = writer.write(&lossy, &context)
        case .openAIResponses:
            ToolPairing.pair(&request, idLimit: ResponsesID.callLimit)
            body = ResponsesRequestWriter(consume request, model: model, modelMaximum: maxOutputTokens).write(
                &lossy,
                &context
            )
        case .ollama:
            ToolPairing.pair(&request, idLimit: OpenAIRequestWriter.idLimit)
            var writer = OllamaRequestWriter(consume request, model: model, modelMaximum: maxOutputTokens)
            body = writer.write(&lossy)
        case .cohere:
            ToolPairing.pair(&request, idLimit: CohereRequestWriter.idLimit)
            var writer = CohereRequestWriter(consume request, model: model, modelMaximum: maxOutputTokens)
            body = writer.write(&lossy, &context)
        case .bedrock:
            ToolPairing.pair(&request, idLimit: BedrockRequestWriter.idLimit)
            var writer = BedrockRequestWriter(consume request, model: model, modelMaximum: maxOutputTokens)
            body = writer.write(&lossy, &context)
        }
        return TranslatedRequest(body: body, lossy: lossy.names, context: context)
    }

    /// The context of an answer that stays in its dialect and is rewritten because something looks at it.
    public static func context(_ facts: RequestFacts) -> AnswerContext {
        AnswerContext(facts)
    }
}
