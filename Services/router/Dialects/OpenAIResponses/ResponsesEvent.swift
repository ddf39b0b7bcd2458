import Contracts
import JSON

/// One event of a Responses stream: its kind and where its members stand.
struct ResponsesEvent {
    enum Kind {
        /// A piece of a text.
        case delta
        /// Something that holds whole texts: a text, a part, an item.
        case whole
        /// The response has begun.
        case created
        /// An item begins.
        case added
        /// The response as it ended.
        case ended
        case other
    }

    let scanner: ShallowScanner
    private(set) var kind = Kind.other
    private(set) var type = ""
    private(set) var output = 0
    private(set) var part = 0
    private(set) var delta: Range<Int>?
    private(set) var response: Range<Int>?
    private(set) var item: Range<Int>?
    private(set) var sequence: Range<Int>?

    /// - Returns: `nil` for a payload that is no event.
    init?(_ payload: UnsafeRawBufferPointer) {
        var scanner = ShallowScanner(payload)
        guard scanner.openObject() else { return nil }
        while let key = scanner.nextKey() {
            let value = scanner.skip()
            guard !scanner.failed else { return nil }
            if scanner.matches(key, "type") {
                type = scanner.text(value) ?? ""
            } else if scanner.matches(key, "output_index") {
                output = scanner.number(value) ?? 0
            } else if scanner.matches(key, "content_index") || scanner.matches(key, "summary_index") {
                part = scanner.number(value) ?? 0
            } else if scanner.matches(key, "delta") {
                delta = value
            } else if scanner.matches(key, "response") {
                response = value
            } else if scanner.matches(key, "item") {
                item = value
            } else if scanner.matches(key, "sequence_number") {
                sequence = value
            }
        }
        guard !scanner.failed else { return nil }
        self.scanner = scanner
        kind = Self.kind(type, hasDelta: delta != nil)
    }

    private static func kind(_ type: String, hasDelta: Bool) -> Kind {
        if hasDelta { return .delta }
        switch type {
        case "response.created", "response.in_progress", "response.queued": return .created
        case "response.output_item.added": return .added
        case "response.completed", "response.incomplete": return .ended
        default: return type.hasSuffix(".done") ? .whole : .other
        }
    }

    /// The channel of the text that a delta, or the event behind the last of them, is of; `nil` for kinds to come.
    var channel: AnswerChannel? {
        switch type {
        case "response.output_text.delta", "response.output_text.done", "response.refusal.delta",
            "response.refusal.done":
            ResponsesPlaces.text(output, part)
        case "response.function_call_arguments.delta", "response.function_call_arguments.done":
            ResponsesPlaces.arguments(output)
        case "response.custom_tool_call_input.delta", "response.custom_tool_call_input.done":
            ResponsesPlaces.input(output)
        case "response.reasoning_summary_text.delta", "response.reasoning_summary_text.done":
            ResponsesPlaces.summary(output, part)
        case "response.reasoning_text.delta", "response.reasoning_text.done": ResponsesPlaces.reasoning(output, part)
        case "response.code_interpreter_call_code.delta", "response.code_interpreter_call_code.done":
            ResponsesPlaces.leaf(output, "/code")
        case "response.mcp_call_arguments.delta", "response.mcp_call_arguments.done":
            ResponsesPlaces.leaf(output, "/arguments")
        default: nil
        }
    }

    private static let texts: Set<String> = ["text", "refusal", "arguments", "input", "code"]

    /// The texts that the event says whole.
    func places(in root: JSONCursor) -> ResponsesPlaces {
        var places = ResponsesPlaces()
        if let probabilities = root.member("logprobs") { places.note(probabilities: probabilities) }
        if kind == .delta {
            // A piece that is no string is none that anybody can put together.
            places.readLeaves(root, output, type, 0)
        } else if let item = root.member("item") {
            places.read(item: item, output)
        } else if let response = root.member("response") {
            places.read(response: response)
        } else if let channel {
            for name in Self.texts {
                if let value = root[name] { places.add(channel, value) }
            }
            places.readRest(of: root, except: Self.texts.union(["name", "logprobs"]), output, type)
        } else if let part = root.member("part"), part.kind == .object {
            read(part: part, into: &places)
        } else {
            places.readLeaves(root, output, type, 0)
        }
        return places
    }

    private func read(part value: JSONCursor, into places: inout ResponsesPlaces) {
        if type.hasPrefix("response.reasoning_summary_part") {
            if let text = value.member("text") { places.add(ResponsesPlaces.summary(output, part), text) }
        } else if value.member("type")?.equals("reasoning_text") == true {
            if let text = value.member("text") { places.add(ResponsesPlaces.reasoning(output, part), text) }
        } else {
            places.read(part: value, output, part)
        }
    }
}
