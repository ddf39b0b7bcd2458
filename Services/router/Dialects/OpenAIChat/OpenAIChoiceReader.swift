import Contracts
import JSON

/// Reads the deltas of one choice.
struct OpenAIChoiceReader: Sendable {
    /// What a text is.
    private enum Line: Hashable {
        case content
        case refusal
        case reasoning

        var kind: SegmentKind { self == .reasoning ? .reasoning : .text }

        var block: AnswerBlock.Kind {
            switch self {
            case .content: .text
            case .refusal: .refusal
            case .reasoning: .reasoning
            }
        }
    }

    let index: Int
    /// Whether it has said anything.
    private(set) var hasSaid = false
    private var line: Line?
    private var channel = AnswerChannel(kind: .text, index: 0)
    private var hash = TextHash()
    /// How many blocks it has begun.
    private var blocks = 0
    private var tools = OpenAIToolReader()
    /// Set where content may begin with reasoning.
    private var tags: ThinkTags?

    init(index: Int, readsThinkTags: Bool) {
        self.index = index
        tags = readsThinkTags ? ThinkTags() : nil
    }

    /// Reads a delta, or a message that stands in its place.
    mutating func read(_ scanner: ShallowScanner, into events: inout [AnswerEvent]) {
        var scanner = scanner
        guard scanner.openObject() else { return }
        var reasoning: Range<Int>?
        var details: Range<Int>?
        var content: Range<Int>?
        var refusal: Range<Int>?
        var calls: Range<Int>?
        var function: Range<Int>?
        while let key = scanner.nextKey() {
            let value = scanner.skip()
            guard !scanner.failed else { return }
            if scanner.matches(key, "content") {
                content = value
            } else if scanner.matches(key, "tool_calls") {
                calls = value
            } else if scanner.matches(key, "reasoning_content") || scanner.matches(key, "reasoning") {
                if value.count > 2, scanner.isPresent(value) { reasoning = reasoning ?? value }
            } else if scanner.matches(key, "reasoning_details") {
                details = value
            } else if scanner.matches(key, "refusal") {
                refusal = value
            } else if scanner.matches(key, "function_call") {
                function = value
            }
        }
        if let text = reasoning.flatMap({ scanner.text($0) }) { say(.reasoning, text, into: &events) }
        if let details, details.count > 2 { read(details: details, scanner, hasText: reasoning != nil, into: &events) }
        if let content { read(content: content, scanner, into: &events) }
        if let text = refusal.flatMap({ scanner.text($0) }) { say(.refusal, text, into: &events) }
        if let calls { read(calls: ShallowScanner(scanner.bytes, calls), into: &events) }
        if let function, scanner.isPresent(function) {
            var delta = OpenAIToolDelta()
            delta.readFunction(ShallowScanner(scanner.bytes, function))
            delta.index = 0
            take(delta, into: &events)
        }
    }

    /// Ends what is open.
    mutating func end(into events: inout [AnswerEvent]) {
        endTags(into: &events)
        endLine(into: &events)
        tools.end(into: &events)
    }

    // MARK: Text

    private mutating func say(_ line: Line, _ text: String, into events: inout [AnswerEvent]) {
        guard !text.isEmpty else { return }
        if line != .content { endTags(into: &events) }
        append(line, text, into: &events)
    }

    /// Content, whose beginning may be reasoning.
    private mutating func say(content text: String, into events: inout [AnswerEvent]) {
        guard tags != nil else { return say(.content, text, into: &events) }
        for piece in tags?.read(text) ?? [] {
            append(piece.isReasoning ? .reasoning : .content, piece.text, into: &events)
        }
        if tags?.isThrough == true { tags = nil }
    }

    /// What comes next is no content: what waits is said.
    private mutating func endTags(into events: inout [AnswerEvent]) {
        guard var tags else { return }
        self.tags = nil
        for piece in tags.end() { append(piece.isReasoning ? .reasoning : .content, piece.text, into: &events) }
    }

    private mutating func append(_ line: Line, _ text: String, into events: inout [AnswerEvent]) {
        begin(line, into: &events)
        if line == .reasoning { hash.add(text) }
        events.append(.text(channel, text))
    }

    private mutating func begin(_ line: Line, into events: inout [AnswerEvent]) {
        guard self.line != line else { return }
        endLine(into: &events)
        tools.endComplete(into: &events)
        self.line = line
        hash = TextHash()
        channel = next(line.kind)
        events.append(.open(channel, AnswerBlock(kind: line.block)))
    }

    private mutating func endLine(into events: inout [AnswerEvent]) {
        guard line != nil else { return }
        line = nil
        events.append(.close(channel))
    }

    private mutating func next(_ kind: SegmentKind) -> AnswerChannel {
        defer { blocks += 1 }
        hasSaid = true
        return AnswerChannel(choice: index, kind: kind, index: blocks)
    }

    /// Text, or the list of parts that some servers send instead.
    private mutating func read(content: Range<Int>, _ scanner: ShallowScanner, into events: inout [AnswerEvent]) {
        if let text = scanner.text(content) { return say(content: text, into: &events) }
        guard scanner.bytes[content].first == UInt8(ascii: "["), let list = scanner.document(content)?.root else {
            return
        }
        for part in list.elements {
            if let text = part.member("text")?.string {
                say(content: text, into: &events)
            } else if let thinking = part.member("thinking") {
                if let text = thinking.string { say(.reasoning, text, into: &events) }
                for inner in thinking.elements {
                    if let text = inner.member("text")?.string { say(.reasoning, text, into: &events) }
                }
            }
        }
    }

    /// OpenRouter's list, see ``OpenAIReasoning``: signatures stand in it alone, texts mostly twice.
    private mutating func read(
        details: Range<Int>,
        _ scanner: ShallowScanner,
        hasText: Bool,
        into events: inout [AnswerEvent]
    ) {
        guard let list = scanner.document(details)?.root else { return }
        for detail in list.elements {
            let isOurs = OpenAIReasoning.isOurs(detail.member("format"))
            if !hasText, let text = (detail.member("text") ?? detail.member("summary"))?.string {
                say(.reasoning, text, into: &events)
            }
            guard isOurs else { continue }
            if let signature = detail.member("signature")?.string, !signature.isEmpty {
                begin(.reasoning, into: &events)
                events.append(.signature(channel, AnswerSignature(text: signature, hash: hash)))
                endLine(into: &events)
            } else if detail.member("type")?.equals("reasoning.encrypted") == true,
                let data = detail.member("data")?.string
            {
                endLine(into: &events)
                let channel = next(.reasoning)
                events.append(.open(channel, AnswerBlock(kind: .redactedReasoning(data: data))))
                events.append(.close(channel))
            }
        }
    }

    // MARK: Tool calls

    private mutating func read(calls list: ShallowScanner, into events: inout [AnswerEvent]) {
        var list = list
        guard list.openArray() else { return }
        while list.nextElement() {
            let element = list.skip()
            guard !list.failed else { return }
            var delta = OpenAIToolDelta()
            delta.read(ShallowScanner(list.bytes, element))
            take(delta, into: &events)
        }
    }

    private mutating func take(_ delta: OpenAIToolDelta, into events: inout [AnswerEvent]) {
        endTags(into: &events)
        guard let place = tools.place(of: delta) else { return }
        if tools.begins(place, delta) {
            endLine(into: &events)
            tools.endComplete(into: &events)
            tools.open(place, next(.toolArguments), into: &events)
        }
        tools.add(delta.arguments, to: place, into: &events)
    }
}
