import Contracts
import JSON

/// Collects the texts of one request in one pass.
///
/// It runs over the whole history of an agent on every turn, so it decodes nothing but roles and names of tools.
struct SegmentReader {
    /// How deep blocks are followed into one another: a document in a tool's result is the deepest there is.
    private static let depthLimit = 4

    /// A tool call that a result may name.
    struct Call {
        var name: String?
        var segment: Int?
    }

    /// What the texts of one message, or of one block of it, have in common.
    struct Place {
        var role: String
        var kind: SegmentKind
        var turn: Int
        /// Whether the text may be a user's own words.
        var isWords = false
        var toolName: String?
        var call: Int?
        var isError = false
        var isMarked = false
    }

    private(set) var segments: [TextSegment] = []
    let facts: RequestFacts
    /// By a hash of the call's id under the process's random seed.
    private var calls: [Int: Call] = [:]
    /// Calls of the last answer that have no id: their results are told by name and order.
    private var waiting: [Call] = []
    /// The last text with a cache breakpoint.
    private(set) var lastMark: Int?
    var lastAssistant = -1
    var lastUser = -1

    init(_ facts: RequestFacts) {
        self.facts = facts
        segments.reserveCapacity(facts.messageCount * 2)
    }

    var hasAssistantTurn: Bool { lastAssistant >= 0 }

    mutating func readRequest() {
        if let embedding = facts.embedding {
            // There is no conversation: each text is what the user says now.
            segments = embedding.texts.map { value in
                var segment = TextSegment(value: value, role: "user", kind: .text, turn: 0)
                segment.isLastUser = true
                return segment
            }
            return
        }
        if facts.dialect == .gemini {
            readGemini()
            return relate()
        }
        if facts.dialect == .openAIResponses {
            readResponses()
            return relate()
        }
        if facts.dialect == .anthropicMessages, let system = facts.root.member("system") {
            read(content: system, Place(role: "system", kind: .system, turn: -1), depth: 0)
        }
        var turn = 0
        for message in facts.conversation.messages.elements {
            read(message, turn)
            turn += 1
        }
        if facts.dialect == .openAIChat, let prediction = facts.root.member("prediction")?.member("content") {
            read(content: prediction, Place(role: "assistant", kind: .text, turn: turn), depth: 0)
        }
        relate()
    }

    /// Says of each text how it stands to the last answer and to the last words of the user.
    private mutating func relate() {
        for index in segments.indices {
            // Instructions stand before every answer, so with one in the request they have been sent.
            segments[index].isBeforeLastAssistant = segments[index].turn < lastAssistant
            if segments[index].isLastUser { segments[index].isLastUser = segments[index].turn == lastUser }
        }
    }

    // MARK: Messages

    private mutating func read(_ message: JSONCursor, _ turn: Int) {
        let members = MessageMembers(message)
        guard let role = members.role else {
            return readContent(members, Place(role: "", kind: .text, turn: turn))
        }
        if role.equals("user") {
            readContent(members, Place(role: "user", kind: .text, turn: turn, isWords: true))
        } else if role.equals("assistant") {
            lastAssistant = turn
            waiting = []
            let place = Place(role: "assistant", kind: .text, turn: turn)
            readContent(members, place)
            if facts.dialect == .openAIChat || facts.dialect == .ollama { readAnswer(members, place) }
        } else if role.equals("tool") || role.equals("function") {
            var place = Place(role: role.equals("tool") ? "tool" : "function", kind: .toolResult, turn: turn)
            place.toolName = members.name?.string ?? members.toolName?.string
            join(&place, to: members.toolCallID)
            if place.call == nil { joinNext(&place) }
            readContent(members, place)
        } else if role.equals("system") || role.equals("developer") {
            let role = role.equals("system") ? "system" : "developer"
            readContent(members, Place(role: role, kind: .system, turn: turn))
        } else {
            readContent(members, Place(role: role.string ?? "", kind: .text, turn: turn))
        }
    }

    private mutating func readContent(_ message: MessageMembers, _ place: Place) {
        if let content = message.content { read(content: content, place, depth: 0) }
    }

    /// What an answer in OpenAI's dialect holds beside its content.
    private mutating func readAnswer(_ message: MessageMembers, _ place: Place) {
        if let refusal = message.refusal { add(refusal, place) }
        var reasoning = place
        reasoning.kind = .reasoning
        if let text = message.reasoningContent { add(text, reasoning) }
        if let text = message.reasoning { add(text, reasoning) }
        if let text = message.thinking { add(text, reasoning) }
        if let details = message.reasoningDetails { readDetails(details, reasoning) }
        if let calls = message.toolCalls { readCalls(calls, place) }
        if let function = message.functionCall { readCall(function, "arguments", id: nil, place) }
    }

    private mutating func readCalls(_ calls: JSONCursor, _ place: Place) {
        for call in calls.elements {
            if let function = call.member("function") {
                readCall(function, "arguments", id: call.member("id"), place)
            } else if let custom = call.member("custom") {
                // Free text and not JSON.
                var input = place
                input.toolName = custom.member("name")?.string
                let segment = custom.member("input").flatMap { add($0, input) }
                note(call.member("id"), Call(name: input.toolName, segment: segment))
            }
        }
    }

    private mutating func readDetails(_ details: JSONCursor, _ place: Place) {
        for (position, detail) in details.elements.enumerated() {
            let isSigned = detail.member("signature")?.kind == .string
            let block = isSigned ? TextSegment.SignedBlock(blocks: details, position: position) : nil
            if let text = detail.member("text") { add(text, place, signedBlock: block) }
            if let text = detail.member("summary") { add(text, place, signedBlock: block) }
        }
    }

    mutating func readCall(_ call: JSONCursor, _ member: StaticString, id: JSONCursor?, _ place: Place) {
        var place = place
        place.kind = .toolArguments
        place.isWords = false
        place.toolName = call.member("name")?.string
        let segment = call.member(member).flatMap { add($0, place, isArguments: true) }
        let call = Call(name: place.toolName, segment: segment)
        if Self.key(id) == nil { waiting.append(call) }
        note(id, call)
    }

    mutating func note(_ id: JSONCursor?, _ call: Call) {
        guard let key = Self.key(id) else { return }
        calls[key] = call
    }

    func join(_ place: inout Place, to id: JSONCursor?) {
        guard let key = Self.key(id), let call = calls[key] else { return }
        place.toolName = place.toolName ?? call.name
        place.call = call.segment
    }

    /// The first call that waits for a result, of the result's name where that is said.
    private mutating func joinNext(_ place: inout Place) {
        guard let next = waiting.firstIndex(where: { place.toolName == nil || $0.name == place.toolName }) else {
            return
        }
        let call = waiting.remove(at: next)
        place.toolName = call.name
        place.call = call.segment
    }

    private static func key(_ id: JSONCursor?) -> Int? {
        guard let id, id.kind == .string else { return nil }
        var hasher = Hasher()
        id.raw.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }

    // MARK: Blocks

    mutating func read(content: JSONCursor, _ place: Place, depth: Int) {
        if content.kind == .string {
            // Also an empty one is a turn of the user.
            if place.isWords { lastUser = place.turn }
            add(content, place)
            return
        }
        guard content.kind == .array, depth < Self.depthLimit else { return }
        var position = 0
        for block in content.elements {
            if block.kind == .object {
                read(block: block, at: position, of: content, place, depth: depth)
            } else {
                add(block, place)
            }
            position += 1
        }
    }

    private mutating func read(block: JSONCursor, at position: Int, of blocks: JSONCursor, _ place: Place, depth: Int) {
        var place = place
        if let mark = block.member("cache_control"), !mark.isNull { place.isMarked = true }
        if let type = block.member("type") {
            if type.equals("tool_result") || type.equals("mcp_tool_result") {
                return readResult(block, place, depth: depth)
            }
            if type.equals("tool_use") || type.equals("server_tool_use") || type.equals("mcp_tool_use") {
                return readCall(block, "input", id: block.member("id"), place)
            }
            if type.equals("thinking") { return readThinking(block, at: position, of: blocks, place) }
            if type.equals("document") || type.equals("search_result") { readDocument(block, place, depth: depth) }
        }
        // Whatever its type says: a text is a text.
        if let text = block.member("text"), text.kind == .string {
            if place.isWords { lastUser = place.turn }
            add(text, place)
        } else if let refusal = block.member("refusal") {
            add(refusal, place)
        }
    }

    private mutating func readResult(_ block: JSONCursor, _ place: Place, depth: Int) {
        var place = place
        place.kind = .toolResult
        place.isWords = false
        place.isError = block.member("is_error")?.boolean ?? false
        join(&place, to: block.member("tool_use_id"))
        if let content = block.member("content") { read(content: content, place, depth: depth + 1) }
    }

    private mutating func readThinking(
        _ block: JSONCursor,
        at position: Int,
        of blocks: JSONCursor,
        _ place: Place
    ) {
        guard let text = block.member("thinking") else { return }
        var place = place
        place.kind = .reasoning
        place.isWords = false
        // Our own stand-in is no signature: it never reaches a provider.
        let signature = block.member("signature")
        let isSigned = signature.map { $0.range.count > 2 && !$0.equals(CanonicalThinking.ownSignature) } ?? false
        add(text, place, signedBlock: isSigned ? .init(blocks: blocks, position: position) : nil)
    }

    private mutating func readDocument(_ block: JSONCursor, _ place: Place, depth: Int) {
        if let title = block.member("title") { add(title, place) }
        if let context = block.member("context") { add(context, place) }
        if let content = block.member("content") { read(content: content, place, depth: depth + 1) }
        guard let source = block.member("source"), let type = source.member("type") else { return }
        if type.equals("text") {
            if let data = source.member("data") { add(data, place) }
        } else if type.equals("content"), let content = source.member("content") {
            read(content: content, place, depth: depth + 1)
        }
    }

    // MARK: Texts

    /// - Returns: The text's place in ``segments``; `nil` when there is none.
    @discardableResult
    mutating func add(
        _ value: JSONCursor,
        _ place: Place,
        isArguments: Bool = false,
        signedBlock: TextSegment.SignedBlock? = nil
    ) -> Int? {
        let kind = value.kind
        let isJSON = isArguments && (kind == .object || kind == .array)
        guard isJSON || (kind == .string && value.range.count > 2) else { return nil }
        var segment = TextSegment(value: value, role: place.role, kind: place.kind, turn: place.turn)
        segment.toolName = place.toolName
        segment.call = place.call
        segment.isError = place.isError
        segment.isLastUser = place.isWords
        segment.hasCacheMark = place.isMarked
        segment.signedBlock = signedBlock
        if place.isMarked { lastMark = segments.count }
        segments.append(segment)
        return segments.count - 1
    }
}
