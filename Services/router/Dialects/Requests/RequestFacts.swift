public import JSON

/// What the router must know about a chat request, read from it once.
///
/// Nothing is copied but the model's name: the cursors point into the document, which stays as the client sent it.
public struct RequestFacts: Sendable {
    /// The dialect the request was read as.
    public var dialect: Dialect
    /// The model's name as the client wrote it.
    public var model: String
    /// Where the name stands, to be replaced by the upstream's name for it; `nil` where the path names the model.
    public var modelValue: JSONCursor?
    /// Whether the client wants the answer in pieces.
    public var stream: Bool
    /// The most output tokens the client accepts per choice, when it says.
    public var maxOutputTokens: Int?
    /// How many answers it wants (OpenAI's `n`), at least 1.
    public var choiceCount: Int
    /// Whether the client asked for the usage of a stream; always true where the dialect reports it unasked.
    public var includeUsage: Bool
    /// Whether the model may call tools.
    public var hasTools: Bool
    /// Input tokens by rule of thumb: UTF-8 bytes of text over four, rounded up, and a flat number for each image.
    public var estimatedInputTokens: Int
    /// What its texts stand beside: pictures, sound, tools.
    public var needs: ModelAbilities
    /// How many messages the conversation holds.
    public var messageCount: Int
    /// What tells one conversation from another.
    public var conversation: ConversationFacts
    /// The whole request.
    public var root: JSONCursor
    /// OpenAI's `stream_options`, when present and not null.
    public var streamOptions: JSONCursor?
    /// What vectors are wanted of; `nil` in a request for anything else.
    public var embedding: EmbeddingInput?
    /// Whether any of its messages may be or hold what a tool has answered; false only where it is known that none does.
    public var mayHoldToolResults = true

    /// Reads a request.
    ///
    /// Checked is what the router itself relies on; the provider judges the rest. A member the router relies on that
    /// stands twice is refused, since the provider might read the other one.
    ///
    /// - Parameters:
    ///   - document: The body, parsed.
    ///   - dialect: The dialect that the request's path stands for.
    ///   - path: What the path says of the request, in a dialect whose body does not.
    /// - Returns: The facts.
    /// - Throws: ``DialectError`` naming the parameter at fault.
    public static func read(
        _ document: JSONDocument,
        dialect: Dialect,
        path: ModelPath? = nil
    ) throws(DialectError) -> RequestFacts {
        guard Dialect.clients.contains(dialect) else { throw DialectError.notForClients }
        let root = document.root
        guard root.kind == .object else { throw DialectError("", "the request body must be a JSON object") }
        if dialect == .gemini { return try readGemini(root, path) }
        let members = try RequestMembers(root)
        let modelValue = try members.requiredModel()
        let messages =
            dialect == .openAIResponses ? try members.requiredInput() : try members.requiredMessages()
        let options = try members.object(members.streamOptions, "stream_options")
        var estimate = TokenEstimate()
        estimate.add(members, dialect: dialect)
        return RequestFacts(
            dialect: dialect,
            model: modelValue.name,
            modelValue: modelValue.cursor,
            stream: try members.boolean(members.stream, "stream") ?? (dialect == .ollama),
            maxOutputTokens: try members.maximumOutput(dialect),
            choiceCount: dialect == .openAIChat ? try members.positive(members.choices, "n") ?? 1 : 1,
            includeUsage: dialect == .openAIChat ? try members.includeUsage(options) : true,
            hasTools: members.hasTools,
            estimatedInputTokens: estimate.tokens,
            needs: members.hasTools ? estimate.needs.union(.tools) : estimate.needs,
            messageCount: max(1, messages.count),
            conversation: ConversationFacts(members, messages: messages, dialect: dialect),
            root: root,
            streamOptions: options,
            mayHoldToolResults: estimate.mayHoldToolResults
        )
    }
}
