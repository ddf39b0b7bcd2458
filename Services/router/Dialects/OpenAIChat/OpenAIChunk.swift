import Contracts
import JSON

/// One chunk of an OpenAI stream, taken apart into its texts and what else it says.
struct OpenAIChunk {
    /// Texts in order, each with its channel.
    private(set) var texts: [(AnswerChannel, String)] = []
    /// Channels of calls that begin.
    private(set) var begun: [AnswerChannel] = []
    /// Choices that say who speaks, and choices that end.
    private(set) var roles: [Int] = []
    private(set) var ended: [Int] = []
    /// The channel whose text it signs.
    private(set) var signed: AnswerChannel?
    /// Whether it says anything besides its texts.
    private(set) var says = false
    /// What stands in place of parts of the payload.
    private var edits: [(range: Range<Int>, with: [UInt8])] = []
    private let payload: UnsafeRawBufferPointer

    var ends: Bool { !ended.isEmpty }

    /// - Returns: `nil` for a payload that is no chunk.
    init?(_ payload: UnsafeRawBufferPointer, head: inout OpenAIChunkHead) {
        self.payload = payload
        var scanner = ShallowScanner(payload)
        guard scanner.openObject() else { return nil }
        head.members.removeAll(keepingCapacity: true)
        var choices: Range<Int>?
        while let key = scanner.nextKey() {
            let value = scanner.skip()
            guard !scanner.failed else { return nil }
            if scanner.matches(key, "choices") {
                choices = value
            } else if scanner.matches(key, "usage") {
                head.hasUsage = true
                if scanner.isPresent(value) { says = true }
            } else if !scanner.matches(key, "obfuscation") {
                head.members.append(UInt8(ascii: "\""))
                head.members.append(contentsOf: payload[key.range])
                WireBytes.append("\":", to: &head.members)
                head.members.append(contentsOf: payload[value])
                head.members.append(UInt8(ascii: ","))
            }
        }
        guard !scanner.failed else { return nil }
        guard let choices, payload[choices].first == UInt8(ascii: "[") else {
            says = true
            return
        }
        read(choices: choices, &head)
    }

    /// The payload as a frame, with its texts emptied.
    func rest(of payload: UnsafeRawBufferPointer) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(payload.count + 16)
        WireBytes.append("data: ", to: &bytes)
        var at = 0
        for edit in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) where edit.range.lowerBound >= at {
            bytes.append(contentsOf: payload[at..<edit.range.lowerBound])
            bytes.append(contentsOf: edit.with)
            at = edit.range.upperBound
        }
        bytes.append(contentsOf: payload[at...])
        // A payload that came in several lines is one line again.
        for index in bytes.indices where bytes[index] == 0x0A || bytes[index] == 0x0D { bytes[index] = 0x20 }
        WireBytes.append("\n\n", to: &bytes)
        return bytes
    }

    // MARK: Walking

    /// The members of the object in `range`, with places in the payload.
    private func members(_ range: Range<Int>) -> [(key: Range<Int>, value: Range<Int>)] {
        var scanner = ShallowScanner(payload, range)
        guard scanner.openObject() else { return [] }
        var members: [(key: Range<Int>, value: Range<Int>)] = []
        while let key = scanner.nextKey() {
            let value = scanner.skip()
            guard !scanner.failed else { return members }
            members.append((shift(key.range, by: range.lowerBound), shift(value, by: range.lowerBound)))
        }
        return members
    }

    private func elements(_ range: Range<Int>) -> [Range<Int>] {
        var scanner = ShallowScanner(payload, range)
        guard scanner.openArray() else { return [] }
        var elements: [Range<Int>] = []
        while scanner.nextElement() {
            let value = scanner.skip()
            guard !scanner.failed else { return elements }
            elements.append(shift(value, by: range.lowerBound))
        }
        return elements
    }

    private func shift(_ range: Range<Int>, by offset: Int) -> Range<Int> {
        range.lowerBound + offset..<range.upperBound + offset
    }

    private func equals(_ range: Range<Int>, _ name: StaticString) -> Bool {
        range.count == name.utf8CodeUnitCount
            && payload[range].elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: range.count))
    }

    private func isPresent(_ range: Range<Int>) -> Bool {
        payload[range].first != UInt8(ascii: "n")
    }

    // MARK: Reading

    private mutating func read(choices: Range<Int>, _ head: inout OpenAIChunkHead) {
        let elements = elements(choices)
        if elements.isEmpty { says = true }
        for element in elements { read(choice: element, &head) }
    }

    private mutating func read(choice: Range<Int>, _ head: inout OpenAIChunkHead) {
        var index = 0
        var delta: Range<Int>?
        var isEnd = false
        for (key, value) in members(choice) {
            if equals(key, "index") {
                index = min(ShallowScanner(payload).number(value) ?? 0, 127)
            } else if equals(key, "delta") {
                delta = value
            } else if equals(key, "finish_reason") {
                if isPresent(value) { isEnd = true }
            } else if equals(key, "logprobs") {
                if isPresent(value) { edits.append((value, Array("null".utf8))) }
            } else if isPresent(value), payload[value].first == UInt8(ascii: "{") {
                // A whole message in a chunk, or what servers add; it passes.
                says = true
            }
        }
        if let delta { read(delta: delta, choice: index, &head) }
        if isEnd {
            ended.append(index)
            says = true
        }
    }

    private mutating func read(delta: Range<Int>, choice: Int, _ head: inout OpenAIChunkHead) {
        var reasoning: String?
        for (key, value) in members(delta) {
            if equals(key, "content") {
                take(content: value, AnswerChannel(choice: choice, kind: .text, index: 0))
            } else if equals(key, "reasoning_content") || equals(key, "reasoning") {
                guard let text = take(value) else { continue }
                if equals(key, "reasoning") { head.usesReasoning = true } else { head.usesReasoningContent = true }
                reasoning = reasoning ?? text
            } else if equals(key, "reasoning_details") {
                let text = take(details: value, choice: choice, &head)
                reasoning = reasoning ?? text
            } else if equals(key, "refusal") {
                if let text = take(value) { texts.append((AnswerChannel(choice: choice, kind: .text, index: 1), text)) }
            } else if equals(key, "tool_calls") {
                for (place, call) in elements(value).enumerated() { take(call: call, place: place, choice: choice) }
            } else if equals(key, "function_call") {
                take(
                    function: value,
                    AnswerChannel(choice: choice, kind: .toolArguments, index: OpenAIChunkHead.functionIndex)
                )
            } else if isPresent(value) {
                if equals(key, "role") { roles.append(choice) }
                says = true
            }
        }
        if let reasoning { texts.append((AnswerChannel(choice: choice, kind: .reasoning, index: 0), reasoning)) }
    }

    /// A string's text, taken out; `nil` when there is none.
    private mutating func take(_ value: Range<Int>) -> String? {
        guard let text = ShallowScanner(payload).text(value), !text.isEmpty else { return nil }
        edits.append((value, Array(#""""#.utf8)))
        return text
    }

    private mutating func take(content value: Range<Int>, _ channel: AnswerChannel) {
        if let text = take(value) { return texts.append((channel, text)) }
        guard payload[value].first == UInt8(ascii: "["), let list = ShallowScanner(payload).document(value)?.root else {
            return
        }
        edits.append((value, Array(#""""#.utf8)))
        let reasoning = AnswerChannel(choice: channel.choice, kind: .reasoning, index: 0)
        for part in list.elements {
            if let text = part.member("text")?.string { texts.append((channel, text)) }
            guard let thinking = part.member("thinking") else { continue }
            for inner in thinking.elements {
                if let text = inner.member("text")?.string { texts.append((reasoning, text)) }
            }
        }
    }

    /// Takes the texts out of reasoning details; signatures and what is encrypted stay.
    private mutating func take(details value: Range<Int>, choice: Int, _ head: inout OpenAIChunkHead) -> String? {
        guard let list = ShallowScanner(payload).document(value)?.root, list.kind == .array else { return nil }
        var text = ""
        var kept = JSONWriter()
        var hasKept = false
        kept.array { items in
            for detail in list.elements {
                let isSummary = detail.member("text")?.string == nil
                let piece = (isSummary ? detail.member("summary") : detail.member("text"))?.string ?? ""
                text += piece
                let isSigned = detail.member("signature")?.utf8Count ?? 0 > 0
                if !piece.isEmpty { head.note(detail, isSummary: isSummary) }
                if isSigned { signed = AnswerChannel(choice: choice, kind: .reasoning, index: 0) }
                guard isSigned || detail.member("data") != nil else { continue }
                hasKept = true
                items.object { fields in
                    for (name, value) in detail.members {
                        guard let name = name.string else { continue }
                        if name == "text" || name == "summary" {
                            fields.string(name, "")
                        } else {
                            fields.raw(name, value)
                        }
                    }
                }
            }
        }
        edits.append((value, kept.bytes))
        if hasKept { says = true }
        return text.isEmpty ? nil : text
    }

    private mutating func take(call: Range<Int>, place: Int, choice: Int) {
        var index = place
        var function: Range<Int>?
        var isBegin = false
        for (key, value) in members(call) {
            if equals(key, "index") {
                index = min(ShallowScanner(payload).number(value) ?? place, 0xFFFF)
            } else if equals(key, "function") || equals(key, "custom") {
                function = value
            } else if !equals(key, "type"), isPresent(value), value.count > 2 {
                isBegin = true
            }
        }
        let channel = AnswerChannel(choice: choice, kind: .toolArguments, index: index)
        if isBegin { begun.append(channel) }
        if isBegin { says = true }
        if let function { take(function: function, channel) }
    }

    private mutating func take(function: Range<Int>, _ channel: AnswerChannel) {
        for (key, value) in members(function) {
            if equals(key, "arguments") || equals(key, "input") {
                if let text = take(value) {
                    texts.append((channel, text))
                } else if payload[value].first == UInt8(ascii: "{") {
                    edits.append((value, Array(#""""#.utf8)))
                    texts.append((channel, String(decoding: payload[value], as: UTF8.self)))
                }
            } else if isPresent(value), value.count > 2 {
                begun.append(channel)
                says = true
            }
        }
    }
}

extension OpenAIChunkHead {
    /// Remembers what stands beside the text in a reasoning detail.
    mutating func note(_ detail: JSONCursor, isSummary: Bool) {
        var members: [UInt8] = []
        for (name, value) in detail.members where !["text", "summary", "signature"].contains(name.string) {
            members.append(contentsOf: name.raw)
            members.append(UInt8(ascii: ":"))
            members.append(contentsOf: value.raw)
            members.append(UInt8(ascii: ","))
        }
        self.detail = members
        detailIsSummary = isSummary
    }
}
