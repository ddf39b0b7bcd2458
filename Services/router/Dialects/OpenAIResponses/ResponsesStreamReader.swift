import Contracts
import JSON

/// Reads the events of a Responses stream, for clients of another dialect.
///
/// Texts that a server says only as wholes – with their part, their item or the response – are read there.
struct ResponsesStreamReader: Sendable {
    /// More items than this are not told apart.
    private static let itemLimit = 4096

    private struct Item: Sendable {
        let output: Int
        var kind: Kind
        /// The block that is open.
        var channel: AnswerChannel?
        var hash = TextHash()
        /// What each place has said.
        var said: [AnswerChannel: String] = [:]
        /// The place that reasoning is read from, where it is said twice.
        var reasoning: AnswerChannel?
        var isClosed = false
    }

    private enum Kind: Sendable {
        case message
        case reasoning
        case function
        case custom
        /// Nothing that another dialect has a word for.
        case skipped

        init(_ item: JSONCursor) {
            let type = item.member("type")
            if type?.equals("message") == true {
                self = .message
            } else if type?.equals("reasoning") == true {
                self = .reasoning
            } else if type?.equals("function_call") == true {
                self = .function
            } else if type?.equals("custom_tool_call") == true {
                self = .custom
            } else {
                self = .skipped
            }
        }
    }

    private var hasStarted = false
    private var items: [Item] = []
    private var blocks = 0

    /// Reads the payload of one event.
    mutating func read(_ payload: UnsafeRawBufferPointer, into events: inout [AnswerEvent]) {
        guard let event = ResponsesEvent(payload) else { return }
        switch event.kind {
        case .created: if let response = response(of: event) { start(response, into: &events) }
        case .added:
            guard let item = event.item.flatMap({ event.scanner.document($0)?.root }) else { return }
            _ = place(of: event.output, item, into: &events)
        case .delta:
            guard let channel = event.channel, let text = event.delta.flatMap({ event.scanner.text($0) }),
                let place = place(of: event.output, Self.kind(of: event), into: &events)
            else { return }
            say(text, channel, isRefusal: event.type == "response.refusal.delta", at: place, into: &events)
        case .whole: readWhole(event, payload, into: &events)
        case .ended:
            guard let response = response(of: event) else { return }
            start(response, into: &events)
            if let output = response.member("output") {
                for (index, item) in output.elements.enumerated() { finish(item, index, into: &events) }
            }
            end(into: &events)
            var reason = StopReason(responses: response)
            if reason == .end, hasRefusal { reason = .refusal }
            events.append(.finish(choice: 0, AnswerFinish(reason: reason)))
        case .other: return
        }
    }

    /// Ends what is open when no more frames come.
    mutating func end(into events: inout [AnswerEvent]) {
        for place in items.indices { close(place, into: &events) }
    }

    private var hasRefusal = false

    private func response(of event: ResponsesEvent) -> JSONCursor? {
        event.response.flatMap { event.scanner.document($0)?.root }
    }

    private mutating func start(_ response: JSONCursor, into events: inout [AnswerEvent]) {
        guard !hasStarted else { return }
        hasStarted = true
        var start = AnswerStart(id: response.member("id")?.string, model: response.member("model")?.string)
        start.created = response.member("created_at")?.double.flatMap { Int(exactly: $0.rounded()) }
        events.append(.start(start))
    }

    // MARK: Items

    private static func kind(of event: ResponsesEvent) -> Kind {
        switch event.type {
        case "response.output_text.delta", "response.refusal.delta": .message
        case "response.reasoning_summary_text.delta", "response.reasoning_text.delta": .reasoning
        case "response.function_call_arguments.delta": .function
        case "response.custom_tool_call_input.delta": .custom
        default: .skipped
        }
    }

    /// An item's place; a call opens its block at once.
    private mutating func place(of output: Int, _ item: JSONCursor, into events: inout [AnswerEvent]) -> Int? {
        if let place = items.lastIndex(where: { $0.output == output }) { return place }
        guard let place = add(output, Kind(item), into: &events) else { return nil }
        switch items[place].kind {
        case .function, .custom:
            let name = NamespacedTool.joined(item.member("namespace")?.string, item.member("name")?.string ?? "")
            let id = item.member("call_id")?.string ?? item.member("id")?.string ?? ""
            open(place, .toolArguments, .toolCall(id: id, name: name), into: &events)
            if items[place].kind == .custom, let channel = items[place].channel {
                events.append(.text(channel, #"{"input":""#))
            }
        case .message, .reasoning, .skipped: break
        }
        return place
    }

    /// An item's place; one whose start never came begins with its first text, unless it is a call.
    private mutating func place(of output: Int, _ kind: Kind, into events: inout [AnswerEvent]) -> Int? {
        if let place = items.lastIndex(where: { $0.output == output }) { return place }
        guard kind == .message || kind == .reasoning else { return nil }
        return add(output, kind, into: &events)
    }

    private mutating func add(_ output: Int, _ kind: Kind, into events: inout [AnswerEvent]) -> Int? {
        guard items.count < Self.itemLimit else { return nil }
        items.append(Item(output: output, kind: kind))
        return items.count - 1
    }

    private mutating func open(
        _ place: Int,
        _ kind: SegmentKind,
        _ block: AnswerBlock.Kind,
        into events: inout [AnswerEvent]
    ) {
        let channel = AnswerChannel(choice: 0, kind: kind, index: blocks)
        blocks += 1
        items[place].channel = channel
        events.append(.open(channel, AnswerBlock(kind: block)))
    }

    // MARK: Texts

    private mutating func say(
        _ text: String,
        _ source: AnswerChannel,
        isRefusal: Bool,
        at place: Int,
        into events: inout [AnswerEvent]
    ) {
        guard !text.isEmpty, !items[place].isClosed, items[place].kind != .skipped else { return }
        let before = items[place].said[source]
        items[place].said[source, default: ""] += text
        var text = text
        switch items[place].kind {
        case .message:
            if before == nil { endBlock(place, into: &events) }
            if items[place].channel == nil {
                if isRefusal { hasRefusal = true }
                open(place, .text, isRefusal ? .refusal : .text, into: &events)
            }
        case .reasoning:
            if let other = items[place].reasoning, (other.index & 0x800) != (source.index & 0x800) { return }
            if items[place].channel == nil { open(place, .reasoning, .reasoning, into: &events) }
            if let last = items[place].reasoning, last != source { text = "\n\n" + text }
            items[place].reasoning = source
            items[place].hash.add(text)
        case .custom:
            var escaped: [UInt8] = []
            WireBytes.escape(text, into: &escaped)
            text = String(decoding: escaped, as: UTF8.self)
        case .function, .skipped: break
        }
        guard let channel = items[place].channel else { return }
        events.append(.text(channel, text))
    }

    private mutating func endBlock(_ place: Int, into events: inout [AnswerEvent]) {
        guard let channel = items[place].channel else { return }
        items[place].channel = nil
        events.append(.close(channel))
    }

    private mutating func close(_ place: Int, into events: inout [AnswerEvent]) {
        guard !items[place].isClosed else { return }
        items[place].isClosed = true
        if items[place].kind == .custom, let channel = items[place].channel { events.append(.text(channel, "\"}")) }
        endBlock(place, into: &events)
    }

    // MARK: Wholes

    private mutating func readWhole(
        _ event: ResponsesEvent,
        _ payload: UnsafeRawBufferPointer,
        into events: inout [AnswerEvent]
    ) {
        guard let root = event.scanner.document(0..<payload.count)?.root else { return }
        if let item = root.member("item") { return finish(item, event.output, into: &events) }
        guard let place = items.lastIndex(where: { $0.output == event.output }) else { return }
        let isRefusal = event.type.hasPrefix("response.refusal") || root.member("part")?.member("refusal") != nil
        for found in event.places(in: root).places {
            sayRest(of: found, isRefusal: isRefusal, at: place, into: &events)
        }
    }

    /// Says what was not said of a whole text.
    private mutating func sayRest(
        of found: ResponsesPlaces.Place,
        isRefusal: Bool,
        at place: Int,
        into events: inout [AnswerEvent]
    ) {
        let text = found.value.string ?? String(decoding: found.value.raw, as: UTF8.self)
        let said = items[place].said[found.channel] ?? ""
        // A whole that is not what its pieces were stays what they were.
        guard text.utf8.count > said.utf8.count, text.utf8.starts(with: said.utf8) else { return }
        let rest = said.isEmpty ? text : String(decoding: text.utf8.dropFirst(said.utf8.count), as: UTF8.self)
        say(rest, found.channel, isRefusal: isRefusal, at: place, into: &events)
    }

    /// Reads an item that is whole.
    private mutating func finish(_ item: JSONCursor, _ output: Int, into events: inout [AnswerEvent]) {
        guard let place = place(of: output, item, into: &events), !items[place].isClosed else { return }
        var places = ResponsesPlaces()
        places.read(item: item, output)
        let parts = item.member("content")
        for found in places.places {
            let part = items[place].kind == .message ? parts?[found.channel.index & 0x3FF] : nil
            sayRest(of: found, isRefusal: part?.member("refusal") != nil, at: place, into: &events)
        }
        if items[place].kind == .reasoning, let content = WireText(item.member("encrypted_content")), !content.isEmpty {
            if items[place].channel == nil { open(place, .reasoning, .reasoning, into: &events) }
            let id = item.member("id")?.string ?? ""
            let signature = ForeignSignature.responses(id: id, content: content).string
            if let channel = items[place].channel {
                events.append(.signature(channel, AnswerSignature(text: signature, hash: items[place].hash)))
            }
        }
        close(place, into: &events)
    }
}
