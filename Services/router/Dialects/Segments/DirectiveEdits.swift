public import JSON

/// Adds instructions to a request without moving a byte that its provider may have cached.
///
/// They go behind the last cache breakpoint of the instructions: into the last block that has none, or into a block of
/// their own. The same request gets the same bytes in the same place on every turn, so that they are cached themselves.
public enum DirectiveEdits {
    /// What stands between the client's text and ours.
    private static let gap = "\n\n"

    /// Makes the edits.
    ///
    /// - Parameters:
    ///   - facts: The request.
    ///   - directives: The instructions; none makes no edit.
    /// - Returns: The edits of the client's document.
    public static func edits(_ facts: RequestFacts, adding directives: [String]) -> [JSONEdit] {
        let text = directives.filter { !$0.isEmpty }.joined(separator: gap)
        guard !text.isEmpty else { return [] }
        switch facts.dialect {
        case .anthropicMessages: return anthropic(facts, text)
        case .openAIChat, .ollama, .cohere, .bedrock: return openAI(facts, text)
        case .gemini: return gemini(facts, text)
        case .openAIResponses:
            guard let instructions = facts.root.member("instructions") else {
                return [.insertMember("instructions", quoted(text), into: facts.root)]
            }
            return append(text, to: instructions)
        }
    }

    /// Behind the last text of the instructions, or in instructions of their own.
    private static func gemini(_ facts: RequestFacts, _ text: String) -> [JSONEdit] {
        var part = JSONWriter(capacity: text.utf8.count + 32)
        part.object { $0.string("text", text) }
        let parts = [UInt8(ascii: "[")] + part.bytes + [UInt8(ascii: "]")]
        let instruction = Array(#"{"parts":"#.utf8) + parts + [UInt8(ascii: "}")]
        let name = facts.root.member("system_instruction") == nil ? "systemInstruction" : "system_instruction"
        guard let system = facts.root[name] else { return [.insertMember(name, instruction, into: facts.root)] }
        switch system.kind {
        case .null: return [.replace(system, with: instruction)]
        case .string: return [end(of: system, text)]
        case .object:
            guard let list = system.member("parts") else { return [.insertMember("parts", parts, into: system)] }
            guard !list.isNull else { return [.replace(list, with: parts)] }
            let last = list.kind == .array ? list[list.count - 1] : list
            if let value = last?.member("text"), value.kind == .string { return [end(of: value, text)] }
            return list.kind == .array ? [.appendElement(part.bytes, to: list)] : []
        case .array, .number, .boolean: return []
        }
    }

    private static func anthropic(_ facts: RequestFacts, _ text: String) -> [JSONEdit] {
        guard let system = facts.root.member("system") else {
            return [.insertMember("system", quoted(text), into: facts.root)]
        }
        return append(text, to: system)
    }

    private static func openAI(_ facts: RequestFacts, _ text: String) -> [JSONEdit] {
        var last: JSONCursor?
        // Only those at the front: one in the middle of a conversation is not there on its first turn.
        for message in facts.conversation.messages.elements {
            guard let role = message.member("role"), role.equals("system") || role.equals("developer") else { break }
            last = message
        }
        guard let last else { return [front(facts.conversation.messages, text)] }
        guard let content = last.member("content") else {
            return [.insertMember("content", quoted(text), into: last)]
        }
        return append(text, to: content)
    }

    /// A message of its own before all others.
    private static func front(_ messages: JSONCursor, _ text: String) -> JSONEdit {
        var writer = JSONWriter(capacity: text.utf8.count + 64)
        writer.object { fields in
            fields.string("role", "system")
            fields.string("content", text)
        }
        let place = messages.range.lowerBound + 1
        return JSONEdit(range: place..<place, replacement: writer.bytes + [UInt8(ascii: ",")])
    }

    private static func append(_ text: String, to content: JSONCursor) -> [JSONEdit] {
        switch content.kind {
        case .null: return [.replace(content, with: quoted(text))]
        case .string: return [end(of: content, text)]
        case .array: return [append(text, toBlocks: content)]
        case .object, .number, .boolean: return []
        }
    }

    private static func append(_ text: String, toBlocks blocks: JSONCursor) -> JSONEdit {
        if let last = blocks[blocks.count - 1], let value = last.member("text"), value.kind == .string,
            last.member("cache_control")?.isNull ?? true
        {
            return end(of: value, text)
        }
        var writer = JSONWriter(capacity: text.utf8.count + 64)
        writer.object { fields in
            fields.string("type", "text")
            fields.string("text", text)
        }
        return .appendElement(writer.bytes, to: blocks)
    }

    private static func end(of value: JSONCursor, _ text: String) -> JSONEdit {
        let isEmpty = value.range.count <= 2
        let place = value.range.upperBound - 1
        return JSONEdit(range: place..<place, replacement: TextSplice.escaped(isEmpty ? text : gap + text))
    }

    private static func quoted(_ text: String) -> [UInt8] {
        var writer = JSONWriter(capacity: text.utf8.count + 16)
        writer.string(text)
        return writer.bytes
    }
}
