import JSON

/// Guesses input tokens from sizes, in time proportional to the number of values and without decoding a string.
///
/// The guess reserves budget before the provider counts; what is billed is the provider's own figure. Where a counter is
/// given, texts are counted by it and no longer guessed.
struct TokenEstimate {
    /// What a picture costs in the larger of the providers' schemes at their usual downscaling.
    static let tokensPerImage = 1600
    /// A few pages; the size of an encoded file says little about its tokens.
    static let tokensPerFile = 3000
    /// About half a minute of speech.
    static let tokensPerAudio = 800

    /// Counts the tokens of a text.
    private let counter: ((ArraySlice<UInt8>) -> Int)?
    private var textBytes = 0
    private var flatTokens = 0
    private var countedTokens = 0
    /// Whether something stands in it that is no text that was said.
    private(set) var hasMore = false
    /// What stands in it beside text.
    private(set) var needs: ModelAbilities = []
    /// Whether any of its messages may be or hold what a tool has answered.
    private(set) var mayHoldToolResults = false

    init(counter: ((ArraySlice<UInt8>) -> Int)? = nil) {
        self.counter = counter
    }

    var tokens: Int { (textBytes + 3) / 4 + flatTokens + countedTokens }

    private mutating func add(text: JSONCursor?) {
        guard let text else { return }
        if let counter {
            if let bytes = text.utf8 { countedTokens += counter(bytes) }
        } else {
            textBytes += text.utf8Count ?? 0
        }
    }

    private mutating func add(json: JSONCursor?) {
        guard let json else { return }
        hasMore = true
        if let counter {
            countedTokens += counter(json.raw)
        } else {
            textBytes += json.range.count
        }
    }

    mutating func add(_ members: RequestMembers, dialect: Dialect) {
        let formats =
            switch dialect {
            case .openAIResponses: members.text
            case .ollama: members.format
            case .openAIChat, .anthropicMessages, .gemini, .cohere, .bedrock: members.responseFormat
            }
        for schema in [members.tools, members.functions, formats] {
            add(json: schema)
        }
        if dialect == .anthropicMessages, let system = members.system { add(content: system) }
        if dialect == .openAIResponses {
            if let instructions = members.instructions { add(content: instructions) }
            if let input = members.input { add(input: input) }
            return
        }
        guard let messages = members.messages else { return }
        for message in messages.elements { add(message: message) }
    }

    /// Adds a request in Gemini's dialect.
    mutating func add(_ members: GeminiMembers) {
        add(json: members.tools)
        let schema = members.generation?.member("responseSchema") ?? members.generation?.member("responseJsonSchema")
        add(json: schema)
        if let system = members.system { add(geminiParts: system) }
        for content in members.contents?.listed ?? [] { add(geminiParts: content) }
    }

    private mutating func add(geminiParts content: JSONCursor) {
        for part in content.member("parts")?.listed ?? [] {
            for (name, value) in part.members {
                if name.equals("text") {
                    add(text: value)
                } else if name.equals("inlineData") || name.equals("inline_data") || name.equals("fileData")
                    || name.equals("file_data")
                {
                    let type = value.member("mimeType", or: "mime_type")?.string ?? ""
                    add(mediaType: type)
                } else if !name.equals("thoughtSignature"), !name.equals("thought_signature"), !name.equals("thought") {
                    mayHoldToolResults = true
                    add(json: value)
                }
            }
        }
    }

    private mutating func add(message: JSONCursor) {
        for (name, value) in message.members {
            // Of most names the length says that they are none of these.
            switch name.utf8Count {
            case 4:
                if name.equals("name") { add(text: value) }
                if name.equals("role"), value.equals("tool") || value.equals("function") { mayHoldToolResults = true }
            case 6: if name.equals("images") { addImages(value.count) }
            case 7:
                if name.equals("content") { add(content: value) }
                if name.equals("refusal") { add(text: value) }
            case 8: if name.equals("thinking") { add(text: value) }
            case 10: if name.equals("tool_calls") { add(json: value) }
            case 13: if name.equals("function_call") { add(json: value) }
            case 17: if name.equals("reasoning_content") { add(text: value) }
            default: continue
            }
        }
    }

    private mutating func add(input: JSONCursor) {
        guard input.kind == .array else { return add(content: input) }
        for item in input.elements {
            if let type = item.member("type"), !type.equals("message") { mayHoldToolResults = true }
            if let content = item.member("content"), item.member("role") != nil {
                add(content: content)
            } else if let output = item.member("output") {
                add(content: output)
            } else if item.member("type")?.equals("reasoning") == true {
                // What is encrypted is shorter to the model than on the wire; its summary is not shown to it.
                hasMore = true
                textBytes += (item.member("encrypted_content")?.utf8Count ?? 0) / 2
            } else {
                add(json: item)
            }
        }
    }

    private mutating func add(content: JSONCursor) {
        switch content.kind {
        case .string: add(text: content)
        case .array: for block in content.elements { add(block: block) }
        case .object, .number, .boolean, .null: break
        }
    }

    private mutating func add(block: JSONCursor) {
        guard block.kind == .object, let type = block.member("type") else {
            add(text: block)
            return
        }
        if type.equals("text") || type.equals("input_text") || type.equals("output_text") {
            add(text: block.member("text"))
            return
        }
        mayHoldToolResults = true
        if type.equals("tool_result") {
            if let content = block.member("content") { add(content: content) }
        } else if type.equals("tool_use") {
            add(text: block.member("name"))
            add(json: block.member("input"))
        } else if type.equals("thinking") {
            add(text: block.member("thinking"))
        } else if type.equals("image") || type.equals("image_url") || type.equals("input_image") {
            addImages(1)
        } else if type.equals("document") || type.equals("file") || type.equals("input_file") {
            add(document: block)
        } else if type.equals("input_audio") {
            addAudio()
        } else if !type.equals("redacted_thinking") {
            add(json: block)
        }
    }

    private mutating func addImages(_ count: Int) {
        guard count > 0 else { return }
        hasMore = true
        flatTokens += count * Self.tokensPerImage
        needs.insert(.vision)
    }

    private mutating func addAudio() {
        hasMore = true
        flatTokens += Self.tokensPerAudio
        needs.insert(.audio)
    }

    private mutating func add(mediaType type: String) {
        if type.hasPrefix("image/") {
            addImages(1)
        } else if type.hasPrefix("audio/") {
            addAudio()
        } else {
            hasMore = true
            flatTokens += Self.tokensPerFile
        }
    }

    private mutating func add(document: JSONCursor) {
        let source = document.member("source")
        if let source, source.member("type")?.equals("text") == true {
            add(text: source.member("data"))
        } else if let source, source.member("type")?.equals("content") == true {
            if let content = source.member("content") { add(content: content) }
        } else {
            hasMore = true
            flatTokens += Self.tokensPerFile
        }
    }
}
