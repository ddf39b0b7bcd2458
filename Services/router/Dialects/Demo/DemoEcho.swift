import JSON

/// The answers of the built-in demo provider, which repeats what it is told and says that it is a demo.
///
/// They are whole, valid answers of the dialect, with usage, so that a client, a meter and a dashboard can be tried
/// without an account anywhere. Tools are ignored.
public enum DemoEcho {
    /// What the router sends.
    public enum Answer: Sendable {
        /// A response body.
        case body([UInt8])
        /// The frames of a stream, in order.
        case frames([[UInt8]])
    }

    /// The user's text beyond this many characters is left out of the echo.
    static let echoLimit = 2000
    /// A stream has at most this many frames of text.
    static let frameLimit = 200

    /// Answers a request.
    ///
    /// - Parameters:
    ///   - facts: The request.
    ///   - id: What makes the answer's id unique; letters and digits.
    ///   - created: Seconds since the epoch.
    /// - Returns: A body, or frames when the request asks for a stream.
    public static func answer(to facts: RequestFacts, id: String, created: Int) -> Answer {
        let reply = DemoReply(facts, id: id, created: created)
        return switch (facts.dialect, facts.stream) {
        case (.openAIChat, false): .body(reply.openAIBody())
        case (.openAIChat, true): .frames(reply.openAIFrames())
        case (.anthropicMessages, false): .body(reply.anthropicBody())
        case (.anthropicMessages, true): .frames(reply.anthropicFrames())
        case (.gemini, false): .body(reply.geminiBody())
        case (.gemini, true): .frames(reply.geminiFrames())
        case (.openAIResponses, false): .body(reply.responsesBody(facts))
        case (.openAIResponses, true): .frames(reply.responsesFrames(facts))
        case (.ollama, false): .body(reply.ollamaBody())
        case (.ollama, true): .frames(reply.ollamaLines())
        // No client speaks it, so nobody asks the demo in it.
        case (.cohere, _), (.bedrock, _): .frames([])
        }
    }
}

/// One answer, in parts.
struct DemoReply {
    let id: String
    let created: Int
    let model: String
    let text: String
    let pieces: [Substring]
    let inputTokens: Int
    let outputTokens: Int
    let includeUsage: Bool

    init(_ facts: RequestFacts, id: String, created: Int) {
        self.id = id
        self.created = created
        model = facts.model
        let said = Self.lastUserText(facts.conversation.messages)
        text =
            said.isEmpty
            ? "This is KeiRouter's built-in demo provider. It repeats what you write; add a provider account for real answers."
            : "This is KeiRouter's built-in demo provider, no real model. You wrote: \(said)"
        pieces = Self.pieces(text)
        inputTokens = max(1, facts.estimatedInputTokens)
        outputTokens = (text.utf8.count + 3) / 4
        includeUsage = facts.includeUsage
    }

    private static func lastUserText(_ messages: JSONCursor) -> String {
        var last: JSONCursor?
        for message in messages.elements where message.member("role")?.equals("user") == true {
            last = message.member("content") ?? message.member("parts")
        }
        if last == nil, messages.kind == .string { last = messages }
        guard let last else { return "" }
        if let text = last.string { return String(text.prefix(DemoEcho.echoLimit)) }
        guard last.kind == .array else { return "" }
        var text = ""
        for block in last.elements {
            guard let part = block.member("text")?.string else { continue }
            text += text.isEmpty ? part : "\n\(part)"
            if text.utf8.count > 4 * DemoEcho.echoLimit { break }
        }
        return String(text.prefix(DemoEcho.echoLimit))
    }

    /// Words with the space before them; the last piece takes what is beyond the limit.
    private static func pieces(_ text: String) -> [Substring] {
        var pieces: [Substring] = []
        var start = text.startIndex
        var index = start
        while index < text.endIndex, pieces.count < DemoEcho.frameLimit - 1 {
            let next = text.index(after: index)
            if next == text.endIndex || text[next] == " " {
                pieces.append(text[start..<next])
                start = next
            }
            index = next
        }
        if start < text.endIndex { pieces.append(text[start...]) }
        return pieces
    }

    static func frame(event: StaticString? = nil, _ write: (inout JSONFields) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.object(write)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(writer.bytes.count + 48)
        if let event { bytes.append(contentsOf: "event: \(event)\n".utf8) }
        bytes.append(contentsOf: "data: ".utf8)
        bytes.append(contentsOf: writer.bytes)
        bytes.append(contentsOf: [0x0A, 0x0A])
        return bytes
    }
}
