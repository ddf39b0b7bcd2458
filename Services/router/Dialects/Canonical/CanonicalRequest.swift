import JSON

/// A chat request in no dialect: what a reader found and a writer can say.
///
/// Texts and schemas stay pieces of the client's document. What only one dialect has stands in ``extensions`` under the
/// name the client gave it; a writer takes what its own dialect knows, and the rest is reported as not carried.
struct CanonicalRequest: Sendable {
    var turns: [CanonicalTurn] = []
    var tools: [CanonicalTool] = []
    var toolChoice: CanonicalToolChoice?
    var parallelToolCalls: Bool?
    var stopSequences: [WireText] = []
    var maxOutputTokens: Int?
    var temperature: Double?
    var topP: Double?
    var topK: Int?
    var stream = false
    var includeUsage = false
    var reasoning: CanonicalReasoning?
    var format: CanonicalFormat?
    var user: WireText?
    /// Whether tools came as OpenAI's older `functions`.
    var usesFunctions = false
    /// Whether the client speaks a dialect of OpenAI's, whose extensions mean the same in the other one.
    var isOpenAI = false
    /// Whether the client wants to read what the model thought.
    var wantsReasoningSummary = false
    /// How long the answer shall be: `low`, `medium` or `high`.
    var verbosity: String?
    var extensions: [CanonicalExtension] = []

    /// How the client spells the parameters that a writer may have to name.
    var names = CanonicalNames()
}

/// The client's spelling of parameters.
struct CanonicalNames: Sendable {
    var maxOutputTokens = "max_tokens"
    var stop = "stop"
    var reasoning = "reasoning_effort"
    var user = "user"
    var format = "response_format"
    var toolChoice = "tool_choice"
    var recording = "messages[].content[].input_audio"
    var role = "messages[].role"
    var parallelToolCalls = "parallel_tool_calls"
    var strict = "tools[].function.strict"
    var thinking = "messages[].reasoning_content"
    var verbosity = "verbosity"
    var summary = "reasoning.summary"
    var isError = "messages[].content[].is_error"
}

/// A top-level parameter that only one dialect has.
struct CanonicalExtension: Sendable {
    var name: String
    var value: JSONCursor
}

/// One message.
struct CanonicalTurn: Sendable {
    enum Role: Hashable, Sendable {
        case system
        case user
        case assistant
    }

    var role: Role
    var parts: [CanonicalPart]
}

/// A piece of a message.
enum CanonicalPart: Sendable {
    case text(WireText)
    case refusal(WireText)
    case image(CanonicalMedia)
    case file(CanonicalMedia, name: WireText?)
    case thinking(CanonicalThinking)
    case redactedThinking(data: WireText)
    case toolCall(CanonicalToolCall)
    case toolResult(CanonicalToolResult)
    /// All before it is worth keeping in the provider's cache; a result has a mark of its own.
    case cacheMark(CanonicalCacheMark)
}

/// Where the provider shall keep what it has read so far.
struct CanonicalCacheMark: Hashable, Sendable {
    /// How long an hour's keeping is called in all dialects that have it.
    private static let hour = "1h"

    /// Whether it is kept for an hour; the dialects' default is five minutes.
    var isLong = false

    /// Reads `cache_control`, which Anthropic's dialect has and OpenAI's servers have taken over; `nil` for none.
    init?(_ value: JSONCursor?) {
        guard let value, value.kind == .object else { return nil }
        isLong = value.member("ttl")?.equals(Self.hour) == true
    }

    /// Writes the members behind the type's.
    func writeTime(_ fields: inout JSONFields) {
        if isLong { fields.string("ttl", Self.hour) }
    }
}

/// Where a picture or a file comes from.
enum CanonicalMedia: Sendable {
    case url(WireText)
    case base64(type: WireText, data: WireText)
}

/// Reasoning as text, with the provider's signature where it gave one.
struct CanonicalThinking: Sendable {
    var text: WireText
    var signature: WireText?

    /// The signature that stands where a dialect demands one and the provider gave none; no provider ever sees it.
    static let ownSignature = "keirouter-unsigned"

    /// Whether there is something under it that its provider will want to see again.
    var isKept: Bool {
        guard let signature, !signature.isEmpty else { return false }
        return !signature.escaped.elementsEqual(Self.ownSignature.utf8)
    }

    /// Whether a provider of Anthropic's dialect signed it.
    var isSigned: Bool {
        guard let signature, !signature.isEmpty else { return false }
        return !signature.isMarked
    }
}

/// The model's call of a tool.
struct CanonicalToolCall: Sendable {
    var id: String
    var name: String
    var arguments: CanonicalArguments
}

/// What a tool is called with.
enum CanonicalArguments: Sendable {
    /// A JSON string that holds JSON, or should.
    case text(WireText)
    /// JSON as it is.
    case json(ArraySlice<UInt8>)
}

/// What a tool answered.
struct CanonicalToolResult: Sendable {
    var callID: String
    /// The tool's name, where the client said it instead of an id.
    var name: String?
    var parts: [CanonicalPart]
    var isError = false
    var cacheMark: CanonicalCacheMark?

    /// Takes what was read of its content; a mark inside is one behind the result.
    mutating func take(_ content: [CanonicalPart]) {
        for part in content {
            if case .cacheMark(let mark) = part { cacheMark = mark } else { parts.append(part) }
        }
    }
}

/// A tool that the model may call.
struct CanonicalTool: Sendable {
    var name: String
    var description: WireText?
    var schema: JSONCursor?
    /// Whether it takes free text, which its ``schema`` wraps.
    var isCustom = false
    /// Whether its arguments must match the schema exactly.
    var isStrict = false
    /// Set where the client has a namespace and a name for it.
    var namespace: NamespacedTool?
    /// Set where this tool and all before it are worth keeping.
    var cacheMark: CanonicalCacheMark?

    init(name: String, description: WireText?, schema: JSONCursor?) {
        self.name = name
        self.description = description
        self.schema = schema
    }
}

/// Which tools the model may or must call.
enum CanonicalToolChoice: Hashable, Sendable {
    case auto
    case never
    case required
    case tool(String)
}

/// How much the model shall think.
enum CanonicalReasoning: Hashable, Sendable {
    case off
    /// As much as it likes, with the client's word for how hard.
    case effort(String)
    case budget(Int)
}

/// The form that the answer shall have.
enum CanonicalFormat: Sendable {
    case jsonObject
    case schema(JSONCursor, name: WireText?, isStrict: Bool)
}
