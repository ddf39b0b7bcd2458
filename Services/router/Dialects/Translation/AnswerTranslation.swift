import JSON

/// Reads whole answers, for a guard to look at and for clients of another dialect.
public enum AnswerTranslation {
    /// Reads the body of a response with a success status.
    ///
    /// - Parameters:
    ///   - body: The whole body, valid during the call.
    ///   - upstream: What the upstream speaks.
    ///   - findsEveryText: Whether ``CanonicalAnswer/texts`` has also those that no client of another dialect is given.
    /// - Returns: The answer.
    /// - Throws: The upstream's fault when the body is no answer of its dialect.
    public static func read(
        _ body: UnsafeRawBufferPointer,
        from upstream: Dialect,
        findsEveryText: Bool = true
    ) throws(UpstreamFault) -> CanonicalAnswer {
        try read(bytes: Array(body), from: upstream, findsEveryText)
    }

    /// Reads a body that is held in some other collection.
    public static func read(
        _ body: some Collection<UInt8>,
        from upstream: Dialect,
        findsEveryText: Bool = true
    ) throws(UpstreamFault) -> CanonicalAnswer {
        try read(bytes: Array(body), from: upstream, findsEveryText)
    }

    private static func read(
        bytes: [UInt8],
        from upstream: Dialect,
        _ findsEveryText: Bool
    ) throws(UpstreamFault) -> CanonicalAnswer {
        guard let document = try? JSONDocument(bytes), document.root.kind == .object else {
            throw UpstreamFault(kind: .malformed, message: "the response is not a JSON object")
        }
        if mayBeFault(document.root, upstream),
            let fault = UnaryFacts.read(bytes, dialect: upstream, readsUsage: false).fault
        {
            throw fault
        }
        return switch upstream {
        case .openAIChat: try OpenAIAnswerReader.read(document)
        case .anthropicMessages: try AnthropicAnswerReader.read(document)
        case .gemini: try GeminiAnswerReader.read(document)
        case .openAIResponses: try ResponsesAnswerReader.read(document, findsEveryText: findsEveryText)
        case .ollama: try OllamaAnswerReader.read(document)
        case .cohere: try CohereAnswerReader.read(document)
        case .bedrock: try BedrockAnswerReader.read(document)
        }
    }

    /// Whether a body may say that there is no answer, although it holds what looks like one: worth a walk of its own.
    private static func mayBeFault(_ root: JSONCursor, _ upstream: Dialect) -> Bool {
        if let error = root.member("error"), !error.isNull { return true }
        switch upstream {
        case .openAIResponses:
            guard let status = root.member("status") else { return true }
            return !status.equals("completed") && !status.equals("incomplete")
        case .cohere:
            guard let reason = root.member("finish_reason") else { return true }
            return !reason.equals("COMPLETE") && !reason.equals("MAX_TOKENS") && !reason.equals("TOOL_CALL")
        case .openAIChat, .anthropicMessages, .gemini, .ollama, .bedrock:
            return root.member("type")?.equals("error") ?? false || root.member("object")?.equals("error") ?? false
        }
    }

    /// Writes an answer the way the client reads it.
    ///
    /// - Parameters:
    ///   - answer: The answer, with the texts that were replaced.
    ///   - client: What the client speaks.
    ///   - context: What the request's translation left for the answer's.
    ///   - lossy: Takes the names of what the client's dialect has no place for.
    /// - Returns: The body.
    public static func write(
        _ answer: CanonicalAnswer,
        as client: Dialect,
        _ context: AnswerContext,
        lossy: inout [String]
    ) -> [UInt8] {
        if let document = answer.document, client == answer.dialect {
            return (try? document.applying(answer.edits)) ?? document.bytes
        }
        guard !context.readsThinkTags else {
            var split = answer
            split.splitThinkTags()
            return say(split, as: client, context, &lossy)
        }
        return say(answer, as: client, context, &lossy)
    }

    private static func say(
        _ answer: CanonicalAnswer,
        as client: Dialect,
        _ context: AnswerContext,
        _ lossy: inout [String]
    ) -> [UInt8] {
        var names = answer.lossy
        let body =
            switch client {
            // No client speaks what only providers do.
            case .openAIChat, .cohere, .bedrock: OpenAIAnswerWriter(context: context).write(answer, &names)
            case .anthropicMessages: AnthropicAnswerWriter(context: context).write(answer, &names)
            case .gemini: GeminiAnswerWriter(context: context).write(answer, &names)
            case .openAIResponses: ResponsesAnswerWriter(context: context).write(answer, &names)
            case .ollama: OllamaAnswerWriter(context: context).write(answer, &names)
            }
        for name in names.names where !lossy.contains(name) { lossy.append(name) }
        return body
    }
}
