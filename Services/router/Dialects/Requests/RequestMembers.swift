import JSON

/// The top-level members of a request that the router reads, found in one pass.
struct RequestMembers {
    private(set) var model: JSONCursor?
    private(set) var messages: JSONCursor?
    private(set) var stream: JSONCursor?
    private(set) var streamOptions: JSONCursor?
    private(set) var maxTokens: JSONCursor?
    private(set) var maxCompletionTokens: JSONCursor?
    private(set) var choices: JSONCursor?
    private(set) var tools: JSONCursor?
    private(set) var functions: JSONCursor?
    private(set) var system: JSONCursor?
    private(set) var metadata: JSONCursor?
    private(set) var promptCacheKey: JSONCursor?
    private(set) var previousResponseID: JSONCursor?
    private(set) var responseFormat: JSONCursor?
    // Of Ollama alone.
    private(set) var options: JSONCursor?
    private(set) var format: JSONCursor?
    // Of Responses alone.
    private(set) var input: JSONCursor?
    private(set) var instructions: JSONCursor?
    private(set) var text: JSONCursor?
    private(set) var maxOutputTokens: JSONCursor?
    private(set) var background: JSONCursor?
    private(set) var prompt: JSONCursor?
    private(set) var conversation: JSONCursor?

    init(_ root: JSONCursor) throws(DialectError) {
        for (name, value) in root.members {
            switch name.utf8Count {
            case 1: if name.equals("n") { try Self.set(&choices, value, "n") }
            case 4: if name.equals("text") { try Self.set(&text, value, "text") }
            case 5:
                if name.equals("input") { try Self.set(&input, value, "input") }
                if name.equals("model") { try Self.set(&model, value, "model") }
                if name.equals("tools") { try Self.set(&tools, value, "tools") }
            case 6:
                if name.equals("stream") { try Self.set(&stream, value, "stream") }
                if name.equals("prompt") { try Self.set(&prompt, value, "prompt") }
                if name.equals("system") { try Self.set(&system, value, "system") }
                if name.equals("format") { try Self.set(&format, value, "format") }
            case 7: if name.equals("options") { try Self.set(&options, value, "options") }
            case 8:
                if name.equals("messages") { try Self.set(&messages, value, "messages") }
                if name.equals("metadata") { try Self.set(&metadata, value, "metadata") }
            case 9: if name.equals("functions") { try Self.set(&functions, value, "functions") }
            case 10:
                if name.equals("max_tokens") { try Self.set(&maxTokens, value, "max_tokens") }
                if name.equals("background") { try Self.set(&background, value, "background") }
            case 12:
                if name.equals("instructions") { try Self.set(&instructions, value, "instructions") }
                if name.equals("conversation") { try Self.set(&conversation, value, "conversation") }
            case 17: if name.equals("max_output_tokens") { try Self.set(&maxOutputTokens, value, "max_output_tokens") }
            case 14: if name.equals("stream_options") { try Self.set(&streamOptions, value, "stream_options") }
            case 15: if name.equals("response_format") { try Self.set(&responseFormat, value, "response_format") }
            case 16: if name.equals("prompt_cache_key") { try Self.set(&promptCacheKey, value, "prompt_cache_key") }
            case 20:
                if name.equals("previous_response_id") {
                    try Self.set(&previousResponseID, value, "previous_response_id")
                }
            case 21:
                if name.equals("max_completion_tokens") {
                    try Self.set(&maxCompletionTokens, value, "max_completion_tokens")
                }
            default: continue
            }
        }
    }

    private static func set(
        _ slot: inout JSONCursor?,
        _ value: JSONCursor,
        _ name: String
    ) throws(DialectError) {
        guard slot == nil else { throw DialectError(name, "is given more than once") }
        slot = value
    }

    var hasTools: Bool {
        (tools?.kind == .array && tools?.count != 0) || (functions?.kind == .array && functions?.count != 0)
    }

    func requiredModel() throws(DialectError) -> (cursor: JSONCursor, name: String) {
        guard let model, !model.isNull else { throw DialectError("model", "is required") }
        guard let length = model.utf8Count else { throw DialectError("model", "must be a string") }
        // Longer than any name a provider gives; it is looked up, logged and compared.
        guard length <= 512 else { throw DialectError("model", "must not be longer than 512 bytes") }
        guard let name = model.string, name.contains(where: { !$0.isWhitespace }) else {
            throw DialectError("model", "must not be empty")
        }
        return (model, name)
    }

    /// The conversation of a Responses request: the input, or what stands for one that its provider has.
    func requiredInput() throws(DialectError) -> JSONCursor {
        if try boolean(background, "background") == true {
            throw DialectError("background", "is not served: the gateway keeps no responses to be asked for later")
        }
        guard let input, !input.isNull else {
            for held in [previousResponseID, prompt, conversation] {
                if let held, !held.isNull { return held }
            }
            throw DialectError("input", "is required")
        }
        guard input.kind == .array else {
            guard input.kind == .string else { throw DialectError("input", "must be a string or an array of items") }
            return input
        }
        for (index, item) in input.elements.enumerated() where item.kind != .object {
            throw DialectError("input[\(index)]", "must be an object")
        }
        return input
    }

    func requiredMessages() throws(DialectError) -> JSONCursor {
        guard let messages, !messages.isNull else { throw DialectError("messages", "is required") }
        guard messages.kind == .array else { throw DialectError("messages", "must be an array") }
        guard messages.count > 0 else { throw DialectError("messages", "must not be empty") }
        for (index, message) in messages.elements.enumerated() where message.kind != .object {
            throw DialectError("messages[\(index)]", "must be an object")
        }
        return messages
    }

    func object(_ value: JSONCursor?, _ name: String) throws(DialectError) -> JSONCursor? {
        guard let value, !value.isNull else { return nil }
        guard value.kind == .object else { throw DialectError(name, "must be an object") }
        return value
    }

    func boolean(_ value: JSONCursor?, _ name: String) throws(DialectError) -> Bool? {
        guard let value, !value.isNull else { return nil }
        guard let boolean = value.boolean else { throw DialectError(name, "must be true or false") }
        return boolean
    }

    func positive(_ value: JSONCursor?, _ name: String) throws(DialectError) -> Int? {
        guard let value, !value.isNull else { return nil }
        guard let number = value.integer, number > 0 else {
            throw DialectError(name, "must be a whole number greater than zero")
        }
        return number
    }

    /// OpenAI's newer name wins over its older one; a reservation is made from the result.
    func maximumOutput(_ dialect: Dialect) throws(DialectError) -> Int? {
        if dialect == .openAIResponses { return try positive(maxOutputTokens, "max_output_tokens") }
        // Zero and less mean no limit there.
        if dialect == .ollama {
            return try object(options, "options")?.member("num_predict")?.integer.flatMap { $0 > 0 ? $0 : nil }
        }
        let older = try positive(maxTokens, "max_tokens")
        guard dialect == .openAIChat else { return older }
        return try positive(maxCompletionTokens, "max_completion_tokens") ?? older
    }

    func includeUsage(_ options: JSONCursor?) throws(DialectError) -> Bool {
        try boolean(options?.member("include_usage"), "stream_options.include_usage") ?? false
    }
}
