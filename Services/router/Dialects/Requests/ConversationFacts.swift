public import JSON

/// What tells one conversation from another inside a request.
public struct ConversationFacts: Sendable {
    /// An id the client put into the body.
    public struct BodyID: Hashable, Sendable {
        /// The parameter it came from.
        public var parameter: String
        /// The id.
        public var value: String

        /// Makes an id found under a parameter.
        public init(parameter: String, value: String) {
            self.parameter = parameter
            self.value = value
        }
    }

    /// Text beyond this many bytes of a part does not enter the fingerprint.
    static let fingerprintLimit = 64 << 10
    /// Of a text that is longer than twice this, only its beginning, its end and its length enter.
    static let fingerprintEdge = 2 << 10

    /// The session part of Anthropic's `metadata.user_id`, OpenAI's `prompt_cache_key` or `previous_response_id`.
    public var bodyID: BodyID?
    /// The messages; of Responses the input, which may be one string.
    public var messages: JSONCursor

    private let system: JSONCursor?
    private let tools: JSONCursor?
    private let dialect: Dialect

    init(_ members: RequestMembers, messages: JSONCursor, dialect: Dialect) {
        self.messages = messages
        self.dialect = dialect
        system =
            switch dialect {
            case .openAIChat, .gemini, .ollama, .cohere, .bedrock: nil
            case .anthropicMessages: members.system
            case .openAIResponses: members.instructions
            }
        tools = members.tools
        bodyID =
            switch dialect {
            case .openAIChat, .openAIResponses:
                Self.id(members.promptCacheKey, "prompt_cache_key")
                    ?? Self.id(members.previousResponseID, "previous_response_id")
            case .anthropicMessages: Self.session(members.metadata?.member("user_id"))
            case .gemini, .ollama, .cohere, .bedrock: nil
            }
    }

    /// Those of a request in Gemini's dialect, which has no id of a conversation.
    init(_ members: GeminiMembers, contents: JSONCursor) {
        dialect = .gemini
        messages = contents
        system = members.system
        tools = members.tools
    }

    /// Appends what stays the same over the turns of one conversation: system text, tool names, first user text.
    ///
    /// The bytes are those of the document (a client escapes its own text the same way each time), parts are set
    /// apart by a zero byte, which no JSON text contains.
    public func appendFingerprint(to bytes: inout [UInt8]) {
        if dialect == .gemini { return appendGeminiFingerprint(to: &bytes) }
        if let system { Self.append(content: system, to: &bytes) }
        var user: JSONCursor? = messages.kind == .string ? messages : nil
        for message in messages.elements {
            guard let role = message.member("role") else { continue }
            if role.equals("user") {
                user = message.member("content")
                break
            }
            if role.equals("system") || role.equals("developer"), let content = message.member("content") {
                Self.append(content: content, to: &bytes)
            }
        }
        bytes.append(0)
        appendToolNames(to: &bytes)
        bytes.append(0)
        if let user { Self.append(content: user, to: &bytes) }
    }

    private func appendGeminiFingerprint(to bytes: inout [UInt8]) {
        if let parts = system?.member("parts") { Self.append(content: parts, to: &bytes) }
        bytes.append(0)
        for tool in (tools?.listed ?? []).prefix(512) {
            let declarations = tool.member("functionDeclarations", or: "function_declarations")?.listed ?? []
            for declaration in declarations.prefix(512) {
                if let name = declaration.member("name") { bytes.append(contentsOf: name.raw.prefix(256)) }
            }
        }
        bytes.append(0)
        let user = messages.listed.first { $0.member("role").map { $0.equals("user") } ?? true }
        if let parts = user?.member("parts") { Self.append(content: parts, to: &bytes) }
    }

    private func appendToolNames(to bytes: inout [UInt8]) {
        guard let tools, tools.kind == .array else { return }
        for tool in tools.elements.prefix(512) {
            guard let name = tool.member("name") ?? tool.member("function")?.member("name") else { continue }
            bytes.append(contentsOf: name.raw.prefix(256))
        }
    }

    private static func append(content: JSONCursor, to bytes: inout [UInt8]) {
        var room = fingerprintLimit
        func append(_ text: JSONCursor) {
            let whole = text.raw
            guard whole.count > 2 * fingerprintEdge else {
                let part = whole.prefix(room)
                bytes.append(contentsOf: part)
                room -= part.count
                return
            }
            bytes.append(contentsOf: whole.prefix(fingerprintEdge))
            bytes.append(contentsOf: whole.suffix(fingerprintEdge))
            bytes.append(contentsOf: String(whole.count).utf8)
            room -= 2 * fingerprintEdge
        }
        if content.kind == .string { return append(content) }
        if let text = content.member("text"), text.kind == .string { return append(text) }
        guard content.kind == .array else { return }
        for block in content.elements {
            guard room > 0 else { return }
            // Only the text: a client moves its cache marks from turn to turn.
            if let text = block.member("text"), text.kind == .string { append(text) }
        }
    }

    private static func id(_ value: JSONCursor?, _ parameter: String) -> BodyID? {
        guard let value, let length = value.utf8Count, length > 0, length <= 512, let text = value.string else {
            return nil
        }
        return BodyID(parameter: parameter, value: text)
    }

    /// The session part of a user id; one without a session names a person, not a conversation.
    ///
    /// Coding agents write `user_…_account_…_session_…`, newer ones a JSON object with `session_id`.
    private static func session(_ value: JSONCursor?) -> BodyID? {
        let parameter = "metadata.user_id"
        guard let text = id(value, parameter)?.value else { return nil }
        if text.utf8.first == UInt8(ascii: "{") {
            guard let object = try? JSONDocument(Array(text.utf8)).root else { return nil }
            return id(object.member("session_id"), parameter)
        }
        let marker = Array("_session_".utf8)
        let bytes = Array(text.utf8)
        guard bytes.count > marker.count else { return nil }
        for start in stride(from: bytes.count - marker.count - 1, through: 0, by: -1)
        where bytes[start..<start + marker.count] == marker[...] {
            let session = bytes[(start + marker.count)...]
            return BodyID(parameter: parameter, value: String(decoding: session, as: UTF8.self))
        }
        return nil
    }
}
