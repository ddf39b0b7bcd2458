import Contracts
import JSON

/// Takes the text out of a Gemini stream for someone to look at.
///
/// A frame becomes its texts and the rest. Of the rest only what is known to hold no words of the model passes: what
/// repeats the text (probabilities, grounding supports, the message behind a finish reason) would tell what a mask hides.
/// A call's arguments, code, and parts of kinds to come are texts too; their frames are made when the text is released.
struct GeminiStreamSplitter: Sendable {
    /// More candidates than this are not told apart.
    private static let choiceLimit = 64

    /// What every frame repeats behind its candidates.
    private(set) var tail: [UInt8] = []
    private var choices: [GeminiSplitChoice] = []

    mutating func read(
        _ payload: UnsafeRawBufferPointer,
        _ frame: UnsafeRawBufferPointer,
        into events: inout [AnswerEvent]
    ) {
        guard let root = try? JSONDocument(Array(payload)).root, root.kind == .object else { return }
        var head: [UInt8] = []
        for (name, value) in root.members where name.equals("modelVersion") || name.equals("responseId") {
            Self.append(name, value, to: &head)
        }
        tail = head
        let top = Self.top(of: root)
        guard let candidates = root.member("candidates"), candidates.count > 0 else {
            return events.append(.native(NativeFrame(bytes: Self.frame([], top))))
        }
        for (position, candidate) in candidates.elements.enumerated() {
            let index = candidate.member("index")?.integer ?? position
            let place = place(of: min(max(index, 0), Self.choiceLimit - 1))
            choices[place].read(candidate, tail: head, into: &events)
            guard let rest = choices[place].rest(of: candidate, into: &events) else { continue }
            events.append(.native(NativeFrame(bytes: Self.frame(rest, top))))
        }
    }

    mutating func end(into events: inout [AnswerEvent]) {
        for place in choices.indices { choices[place].endLine(into: &events) }
    }

    private mutating func place(of index: Int) -> Int {
        if let place = choices.firstIndex(where: { $0.index == index }) { return place }
        choices.append(GeminiSplitChoice(index: index))
        return choices.count - 1
    }

    /// The members beside the candidates that may pass, each with a comma before it.
    private static func top(of root: JSONCursor) -> [UInt8] {
        let names: [StaticString] = [
            "usageMetadata", "modelVersion", "responseId", "createTime", "promptFeedback", "modelStatus",
        ]
        var bytes: [UInt8] = []
        for (name, value) in root.members where names.contains(where: { name.equals($0) }) {
            append(name, value, to: &bytes)
        }
        return bytes
    }

    static func append(_ name: JSONCursor, _ value: JSONCursor, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: ","))
        bytes.append(contentsOf: name.raw)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(contentsOf: value.raw)
    }

    private static func frame(_ candidate: [UInt8], _ top: [UInt8]) -> [UInt8] {
        var bytes = Array("data: {".utf8)
        if candidate.isEmpty {
            bytes.append(contentsOf: top.dropFirst())
        } else {
            WireBytes.append(#""candidates":["#, to: &bytes)
            bytes.append(contentsOf: candidate)
            WireBytes.append("]", to: &bytes)
            bytes.append(contentsOf: top)
        }
        WireBytes.append("}\n\n", to: &bytes)
        return bytes
    }
}

/// What one candidate of a stream has said.
struct GeminiSplitChoice: Sendable {
    let index: Int
    private var channel: AnswerChannel?
    private var hash = TextHash()
    private var blocks = 0

    init(index: Int) {
        self.index = index
    }

    mutating func read(_ candidate: JSONCursor, tail: [UInt8], into events: inout [AnswerEvent]) {
        guard let parts = candidate.member("content")?.member("parts") else { return }
        for part in parts.listed { read(part: part, tail: tail, into: &events) }
    }

    mutating func endLine(into events: inout [AnswerEvent]) {
        guard let channel else { return }
        self.channel = nil
        events.append(.close(channel))
    }

    private mutating func next(_ kind: SegmentKind) -> AnswerChannel {
        defer { blocks += 1 }
        return AnswerChannel(choice: index, kind: kind, index: blocks)
    }

    private mutating func read(part: JSONCursor, tail: [UInt8], into events: inout [AnswerEvent]) {
        guard let value = part.member("text"), value.kind == .string, Self.isText(part) else {
            return readWhole(part, tail: tail, into: &events)
        }
        let kind: SegmentKind = part.member("thought")?.boolean == true ? .reasoning : .text
        if let text = value.string, !text.isEmpty {
            if channel?.kind != kind {
                endLine(into: &events)
                channel = next(kind)
                hash = TextHash()
            }
            if let channel {
                hash.add(text)
                events.append(.text(channel, text))
            }
        }
        guard let signature = part.member("thoughtSignature"), signature.kind == .string else { return }
        let signed = channel
        endLine(into: &events)
        var bytes = Array(#"{"text":"""#.utf8)
        if kind == .reasoning { WireBytes.append(#","thought":true"#, to: &bytes) }
        WireBytes.append(#","thoughtSignature":"#, to: &bytes)
        bytes.append(contentsOf: signature.raw)
        WireBytes.append("}", to: &bytes)
        var frame = NativeFrame(bytes: framed(bytes, tail: tail).bytes)
        if let signed, signed.kind == kind { frame.signs = (signed, hash) }
        events.append(.native(frame))
    }

    /// Whether a part is text and no more.
    private static func isText(_ part: JSONCursor) -> Bool {
        part.members.allSatisfy { name, _ in
            name.equals("text") || name.equals("thought") || name.equals("thoughtSignature")
        }
    }

    /// A part that goes on as a whole when what it says is released.
    private mutating func readWhole(_ part: JSONCursor, tail: [UInt8], into events: inout [AnswerEvent]) {
        endLine(into: &events)
        let said: JSONCursor
        if let arguments = part.member("functionCall")?.member("args"), arguments.kind == .object {
            said = arguments
        } else if let code = part.member("executableCode")?.member("code"), code.kind == .string {
            said = code
        } else if let output = part.member("codeExecutionResult")?.member("output"), output.kind == .string {
            said = output
        } else if part.member("functionCall") != nil || part.member("inlineData") != nil {
            let frame = framed(Array(part.raw), tail: tail)
            return events.append(.native(NativeFrame(bytes: frame.bytes)))
        } else {
            said = part
        }
        let channel = next(said.kind == .string ? .text : .toolArguments)
        // It opens as a call does: what follows waits for its end.
        events.append(.open(channel, AnswerBlock(kind: .toolCall(id: "", name: ""))))
        events.append(.text(channel, said.string ?? String(decoding: said.raw, as: UTF8.self)))
        events.append(.close(channel))
        let before = part.raw[part.range.lowerBound..<said.range.lowerBound]
        let after = part.raw[said.range.upperBound..<part.range.upperBound]
        let (bytes, start) = framed(Array(before) + after, tail: tail)
        var frame = NativeFrame(bytes: bytes)
        frame.hole = NativeFrame.Hole(channel: channel, place: start + before.count, isString: said.kind == .string)
        events.append(.native(frame))
    }

    /// A part in a frame of its own, and where in it the part begins.
    private func framed(_ part: [UInt8], tail: [UInt8]) -> (bytes: [UInt8], start: Int) {
        var bytes = Array(#"data: {"candidates":[{"content":{"parts":["#.utf8)
        let start = bytes.count
        bytes.append(contentsOf: part)
        WireBytes.append(#"],"role":"model"},"index":"#, to: &bytes)
        WireBytes.append(index, to: &bytes)
        WireBytes.append("}]", to: &bytes)
        bytes.append(contentsOf: tail)
        WireBytes.append("}\n\n", to: &bytes)
        return (bytes, start)
    }

    /// What a candidate says beside its parts; `nil` when that is nothing.
    mutating func rest(of candidate: JSONCursor, into events: inout [AnswerEvent]) -> [UInt8]? {
        let names: [StaticString] = [
            "finishReason", "safetyRatings", "citationMetadata", "tokenCount", "avgLogprobs", "urlContextMetadata",
        ]
        var kept: [UInt8] = []
        for (name, value) in candidate.members where !value.isNull {
            if names.contains(where: { name.equals($0) }) {
                GeminiStreamSplitter.append(name, value, to: &kept)
            } else if name.equals("groundingMetadata"), value.kind == .object {
                Self.append(grounding: value, to: &kept)
            }
        }
        guard !kept.isEmpty else { return nil }
        if candidate.member("finishReason")?.kind == .string { endLine(into: &events) }
        var bytes = Array(#"{"content":{"parts":[{"text":""}],"role":"model"},"index":"#.utf8)
        WireBytes.append(index, to: &bytes)
        bytes.append(contentsOf: kept)
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// Where an answer comes from, without the words of the model in it.
    private static func append(grounding: JSONCursor, to bytes: inout [UInt8]) {
        var inner: [UInt8] = []
        let names: [StaticString] = ["groundingChunks", "searchEntryPoint", "retrievalMetadata"]
        for (name, value) in grounding.members where names.contains(where: { name.equals($0) }) {
            GeminiStreamSplitter.append(name, value, to: &inner)
        }
        WireBytes.append(#","groundingMetadata":{"#, to: &bytes)
        bytes.append(contentsOf: inner.dropFirst())
        bytes.append(UInt8(ascii: "}"))
    }
}
