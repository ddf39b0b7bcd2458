import JSON

extension RequestFacts {
    /// Reads a request in Gemini's dialect, whose path says which model is meant and whether the answer streams.
    static func readGemini(_ root: JSONCursor, _ path: ModelPath?) throws(DialectError) -> RequestFacts {
        let members = try GeminiMembers(root)
        let contents = try members.requiredContents()
        guard let path else { throw DialectError("model", "is required") }
        guard path.model.utf8.count <= 512 else { throw DialectError("model", "must not be longer than 512 bytes") }
        guard path.model.contains(where: { !$0.isWhitespace }) else { throw DialectError("model", "must not be empty") }
        let generation = members.generation
        if let generation, generation.kind != .object {
            throw DialectError("generationConfig", "must be an object")
        }
        var estimate = TokenEstimate()
        estimate.add(members)
        return RequestFacts(
            dialect: .gemini,
            model: path.model,
            modelValue: members.model?.kind == .string ? members.model : nil,
            stream: path.action == .stream,
            maxOutputTokens: try positive(generation, "maxOutputTokens", or: "max_output_tokens"),
            choiceCount: try positive(generation, "candidateCount", or: "candidate_count") ?? 1,
            includeUsage: true,
            hasTools: members.declarations.isEmpty == false,
            estimatedInputTokens: estimate.tokens,
            needs: members.declarations.isEmpty ? estimate.needs : estimate.needs.union(.tools),
            messageCount: contents.kind == .array ? contents.count : 1,
            conversation: ConversationFacts(members, contents: contents),
            root: root,
            streamOptions: nil,
            mayHoldToolResults: estimate.mayHoldToolResults
        )
    }

    /// Whether the client wants the probabilities of an answer's tokens.
    public var asksForLogprobs: Bool {
        switch dialect {
        case .openAIChat, .anthropicMessages, .ollama, .cohere, .bedrock:
            return root.member("logprobs")?.boolean == true
        case .openAIResponses:
            if root.member("top_logprobs")?.integer ?? 0 > 0 { return true }
            let include = root.member("include")
            return include?.elements.contains { $0.equals("message.output_text.logprobs") } ?? false
        case .gemini:
            let generation = root.member("generationConfig", or: "generation_config")
            return generation?.member("responseLogprobs", or: "response_logprobs")?.boolean == true
        }
    }

    /// Whether a request in Gemini's dialect wants an answer in JSON.
    public var asksForJSON: Bool {
        guard let generation = root.member("generationConfig", or: "generation_config") else { return false }
        let names: [(StaticString, StaticString)] = [
            ("responseSchema", "response_schema"), ("responseJsonSchema", "response_json_schema"),
        ]
        if names.contains(where: { generation.member($0.0, or: $0.1) != nil }) { return true }
        let type = generation.member("responseMimeType", or: "response_mime_type")
        return type.map { !$0.equals("text/plain") } ?? false
    }

    /// A number greater than zero of the generation's parameters, which must not stand twice.
    private static func positive(
        _ generation: JSONCursor?,
        _ name: StaticString,
        or other: StaticString
    ) throws(DialectError) -> Int? {
        let first = generation?.member(name)
        let second = generation?.member(other)
        if first?.isNull == false, second?.isNull == false {
            throw DialectError("generationConfig.\(name)", "is given more than once")
        }
        guard let value = first?.isNull == false ? first : second, !value.isNull else { return nil }
        guard let number = value.looseInteger, number > 0 else {
            throw DialectError("generationConfig.\(name)", "must be a whole number greater than zero")
        }
        return number
    }
}
