import JSON

/// What a user's turn is in a dialect whose results of tools are messages of their own, and whose pictures stand in what a
/// user says alone.
struct UserParts: Sendable {
    struct Result: Sendable {
        let result: CanonicalToolResult
        /// What it says; where that is a picture, that it follows, and of a failure that says nothing at least that.
        let text: WireText
    }

    /// The results, which come first.
    private(set) var results: [Result] = []
    /// What is said beside them, with the pictures of results.
    private(set) var said: [CanonicalPart] = []

    init(_ parts: [CanonicalPart]) {
        for part in parts {
            guard case .toolResult(let result) = part else {
                said.append(part)
                continue
            }
            let media = result.parts.filter(\.isMedia)
            results.append(Result(result: result, text: Self.text(of: result, hasMedia: !media.isEmpty)))
            said += media
        }
    }

    private static func text(of result: CanonicalToolResult, hasMedia: Bool) -> WireText {
        let text = WireText(joining: result.parts.texts, by: #"\n"#)
        guard text.isEmpty else { return text }
        if hasMedia { return WireText("(The result follows as a picture or file in the next message.)") }
        return result.isError ? WireText("Error") : text
    }
}

/// What the model's turn is in a dialect that keeps no signatures.
struct AssistantParts: Sendable {
    private(set) var thoughts: [WireText] = []
    private(set) var calls: [CanonicalToolCall] = []
    let texts: [WireText]

    init(_ parts: [CanonicalPart], _ lossy: inout LossyNames) {
        texts = parts.texts
        for part in parts {
            switch part {
            case .thinking(let thinking):
                if !thinking.text.isEmpty { thoughts.append(thinking.text) }
                if thinking.isKept { lossy.add("messages[].content[].signature") }
            case .redactedThinking: lossy.add("messages[].content[].thinking")
            case .toolCall(let call): calls.append(call)
            case .image, .file: lossy.add("messages[].content[].type")
            case .text, .refusal, .toolResult, .cacheMark: continue
            }
        }
    }
}

extension [CanonicalPart] {
    /// The texts among them that say something.
    var texts: [WireText] {
        compactMap { part in
            switch part {
            case .text(let text), .refusal(let text): text.isEmpty ? nil : text
            case .image, .file, .thinking, .redactedThinking, .toolCall, .toolResult, .cacheMark: nil
            }
        }
    }
}

/// A tool as OpenAI's dialect describes it, which others have taken over.
enum FunctionTool {
    /// - Parameters:
    ///   - tool: The tool.
    ///   - name: The upstream's name of it.
    ///   - isStrict: Whether its arguments must match the schema.
    ///   - item: Takes it.
    static func write(_ tool: CanonicalTool, name: String, isStrict: Bool = false, _ item: inout JSONFields) {
        item.string("type", "function")
        item.object("function") { function in
            function.string("name", name)
            if let description = tool.description { function.text("description", description) }
            if isStrict { function.boolean("strict", true) }
            guard let schema = tool.schema else {
                return function.object("parameters") { parameters in
                    parameters.string("type", "object")
                    parameters.object("properties") { _ in }
                }
            }
            function.raw("parameters", schema)
        }
    }
}
