import Contracts
import JSON

/// Where texts stand in the items of a response, and which channel each is of.
///
/// A stream says a text several times: in pieces, when it is whole, when its item is, and with the response. All of
/// these have one channel.
struct ResponsesPlaces {
    /// A text's place.
    struct Place {
        var channel: AnswerChannel
        var value: JSONCursor
        /// Whether nothing can be added to the text later.
        var isOnce = false
    }

    /// Parts beyond this share a channel.
    private static let partLimit = 1023
    private static let summaries = 1 << 10
    private static let contents = 2 << 10
    private static let arguments = 3 << 10
    private static let input = (3 << 10) + 1
    private static let leaves = 1 << 20
    /// How deep what no item of ours has is searched.
    private static let depthLimit = 16

    private(set) var places: [Place] = []
    /// Probabilities of tokens, which repeat the text.
    private(set) var probabilities: [JSONCursor] = []

    static func text(_ output: Int, _ part: Int) -> AnswerChannel {
        channel(.text, output, min(max(part, 0), partLimit))
    }

    static func summary(_ output: Int, _ part: Int) -> AnswerChannel {
        channel(.reasoning, output, summaries + min(max(part, 0), partLimit))
    }

    static func reasoning(_ output: Int, _ part: Int) -> AnswerChannel {
        channel(.reasoning, output, contents + min(max(part, 0), partLimit))
    }

    static func arguments(_ output: Int) -> AnswerChannel { channel(.toolArguments, output, arguments) }

    /// Free text and not JSON.
    static func input(_ output: Int) -> AnswerChannel { channel(.text, output, input) }

    static func leaf(_ output: Int, _ path: String) -> AnswerChannel {
        channel(.text, output, leaves + Int(ToolNaming.hash(path) & 0xF_FFFF))
    }

    private static func channel(_ kind: SegmentKind, _ output: Int, _ place: Int) -> AnswerChannel {
        AnswerChannel(choice: 0, kind: kind, index: min(max(output, 0), 1 << 20) << 21 | place)
    }

    /// The item that a channel is of.
    static func output(of channel: AnswerChannel) -> Int { channel.index >> 21 }

    // MARK: Finding

    /// Finds the texts of a response.
    mutating func read(response: JSONCursor) {
        if let output = response.member("output") {
            for (index, item) in output.elements.enumerated() { read(item: item, index) }
        }
        // A convenience of some servers.
        if let text = response.member("output_text") { add(Self.leaf(0, "output_text"), text) }
    }

    /// Finds the texts of an item.
    mutating func read(item: JSONCursor, _ output: Int) {
        guard let type = item.member("type") else { return readLeaves(item, output, "", 0) }
        if type.equals("message") {
            guard let content = item.member("content") else { return }
            for (index, part) in content.elements.enumerated() { read(part: part, output, index) }
            readRest(of: item, except: ["content", "phase"], output, "message")
        } else if type.equals("function_call") {
            if let value = item.member("arguments") { add(Self.arguments(output), value) }
            readRest(of: item, except: ["arguments", "name", "namespace"], output, "call")
        } else if type.equals("custom_tool_call") {
            if let value = item.member("input") { add(Self.input(output), value) }
            readRest(of: item, except: ["input", "name", "namespace"], output, "call")
        } else if type.equals("reasoning") {
            readReasoning(item, output)
        } else {
            readLeaves(item, output, "", 0)
        }
    }

    private mutating func readReasoning(_ item: JSONCursor, _ output: Int) {
        if let summary = item.member("summary") {
            for (index, part) in summary.elements.enumerated() {
                if let text = part.member("text") { add(Self.summary(output, index), text) }
            }
        }
        if let content = item.member("content") {
            for (index, part) in content.elements.enumerated() {
                if let text = part.member("text") { add(Self.reasoning(output, index), text) }
            }
        }
        readRest(of: item, except: ["summary", "content"], output, "reasoning")
    }

    /// Finds the text of a message's part.
    mutating func read(part: JSONCursor, _ output: Int, _ index: Int) {
        for name in ["text", "refusal", "transcript"] {
            if let text = part[name] { add(Self.text(output, index), text) }
        }
        if let probabilities = part.member("logprobs") { note(probabilities: probabilities) }
        readRest(of: part, except: ["text", "refusal", "transcript", "logprobs"], output, "part")
    }

    /// Leaves the texts that come in pieces.
    mutating func dropOnce() { places.removeAll(where: \.isOnce) }

    mutating func note(probabilities value: JSONCursor) {
        if value.count > 0 { probabilities.append(value) }
    }

    mutating func add(_ channel: AnswerChannel, _ value: JSONCursor) {
        guard value.kind == .string || (channel.kind == .toolArguments && value.kind == .object) else { return }
        places.append(Place(channel: channel, value: value))
    }

    /// Members that say nothing of the model's, or nothing that can be read.
    private static let silent: Set<String> = [
        "type", "id", "item_id", "status", "call_id", "role", "encrypted_content", "result", "partial_image_b64",
        "sequence_number", "output_index", "content_index", "summary_index", "obfuscation", "file_id", "container_id",
        "server_label", "approval_request_id", "event_id",
    ]

    /// Finds the texts beside those that have a place of their own.
    mutating func readRest(of object: JSONCursor, except known: Set<String>, _ output: Int, _ path: String) {
        for (name, member) in object.members {
            guard let name = name.string, !known.contains(name), !Self.silent.contains(name) else { continue }
            readLeaves(member, output, "\(path)/\(name)", 1)
        }
    }

    /// Finds the texts of what no item of ours is: all there are.
    ///
    /// Each distinct text has a channel of its own, so that one which comes later in the same place is looked at too.
    mutating func readLeaves(_ value: JSONCursor, _ output: Int, _ path: String, _ depth: Int) {
        guard depth < Self.depthLimit else { return add(deep: value, output, path) }
        switch value.kind {
        case .string:
            guard let text = value.string, !text.isEmpty else { return }
            places.append(Place(channel: Self.leaf(output, path + "\n" + text), value: value, isOnce: true))
        case .array:
            for (index, element) in value.elements.enumerated() {
                readLeaves(element, output, "\(path)/\(index)", depth + 1)
            }
        case .object:
            for (name, member) in value.members {
                guard let name = name.string, !Self.silent.contains(name) else { continue }
                if depth == 0, path.isEmpty, name == "code" || name == "arguments", member.kind == .string {
                    // These come in pieces too.
                    add(Self.leaf(output, "/\(name)"), member)
                } else {
                    readLeaves(member, output, "\(path)/\(name)", depth + 1)
                }
            }
        case .number, .boolean, .null: return
        }
    }

    /// What lies too deep is one text, as it stands.
    private mutating func add(deep value: JSONCursor, _ output: Int, _ path: String) {
        guard value.kind == .string || value.count > 0 else { return }
        let text = value.string ?? String(decoding: value.raw, as: UTF8.self)
        places.append(Place(channel: Self.leaf(output, path + "\n" + text), value: value, isOnce: true))
    }
}
