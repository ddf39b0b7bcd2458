import JSON

extension JSONCursor {
    /// A member by either of the two names that Google's servers take for it: `inlineData`, `inline_data`.
    func member(_ name: StaticString, or other: StaticString) -> JSONCursor? {
        guard let value = member(name) ?? member(other), !value.isNull else { return nil }
        return value
    }

    /// The elements of a list, which Google's servers also take as one value without its brackets.
    var listed: [JSONCursor] {
        switch kind {
        case .array: Array(elements)
        case .null: []
        case .object, .string, .number, .boolean: [self]
        }
    }

    /// A whole number, which the JSON form of Google's messages may write as a string.
    var looseInteger: Int? { integer ?? string.flatMap { Int($0) } }
}

/// The top-level members of a request in Gemini's dialect, under either of their names.
struct GeminiMembers {
    private(set) var contents: JSONCursor?
    private(set) var system: JSONCursor?
    private(set) var tools: JSONCursor?
    private(set) var toolConfig: JSONCursor?
    private(set) var generation: JSONCursor?
    private(set) var model: JSONCursor?

    /// - Throws: ``DialectError`` for a member that stands twice, under one name or under both.
    init(_ root: JSONCursor) throws(DialectError) {
        for (name, value) in root.members where !value.isNull {
            if name.equals("contents") {
                try Self.set(&contents, value, "contents")
            } else if name.equals("systemInstruction") || name.equals("system_instruction") {
                try Self.set(&system, value, "systemInstruction")
            } else if name.equals("tools") {
                try Self.set(&tools, value, "tools")
            } else if name.equals("toolConfig") || name.equals("tool_config") {
                try Self.set(&toolConfig, value, "toolConfig")
            } else if name.equals("generationConfig") || name.equals("generation_config") {
                try Self.set(&generation, value, "generationConfig")
            } else if name.equals("model") {
                try Self.set(&model, value, "model")
            }
        }
    }

    private static func set(_ slot: inout JSONCursor?, _ value: JSONCursor, _ name: String) throws(DialectError) {
        guard slot == nil else { throw DialectError(name, "is given more than once") }
        slot = value
    }

    /// The conversation.
    ///
    /// - Throws: ``DialectError`` when there is none.
    func requiredContents() throws(DialectError) -> JSONCursor {
        guard let contents else { throw DialectError("contents", "is required") }
        switch contents.kind {
        case .object: return contents
        case .array:
            guard contents.count > 0 else { throw DialectError("contents", "must not be empty") }
            for (index, content) in contents.elements.enumerated() where content.kind != .object {
                throw DialectError("contents[\(index)]", "must be an object")
            }
            return contents
        case .string, .number, .boolean, .null: throw DialectError("contents", "must be an array")
        }
    }

    /// The declarations of functions, in all tools.
    var declarations: [JSONCursor] {
        (tools?.listed ?? []).flatMap {
            $0.member("functionDeclarations", or: "function_declarations")?.listed ?? []
        }
    }
}
