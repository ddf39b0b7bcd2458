/// Tells reasoning from text where an open model writes both into one, the reasoning first, between `<think>` and `</think>`.
///
/// Only what an answer begins with is reasoning: a tag that stands later, in code or in a sentence, is text like any
/// other. White space behind each tag goes. What may be the beginning of a tag waits for the next piece: at most eight
/// bytes of one, and at the beginning the white space before it. A tag that never ends leaves all of it reasoning.
struct ThinkTags: Sendable {
    private enum State: Sendable {
        /// Nothing but white space and the beginning of a tag has come.
        case start
        /// Behind the first tag, whose white space goes.
        case opened
        case thinking
        /// Behind the second tag, whose white space goes.
        case closed
        case text
    }

    /// A piece of an answer.
    struct Piece: Equatable, Sendable {
        var isReasoning: Bool
        var text: String
    }

    private static let opening = Array("<think>".utf8)
    private static let closing = Array("</think>".utf8)
    /// More white space than this before the first tag is an answer that has begun.
    private static let leadingLimit = 64

    /// Whether all that follows is text.
    var isThrough: Bool { state == .text }

    private var state = State.start
    /// What waits: white space and the beginning of a tag.
    private var held: [UInt8] = []

    /// Takes the next piece of content.
    ///
    /// - Parameter text: The piece, however it was cut.
    /// - Returns: What can be said by now, in order.
    mutating func read(_ text: String) -> [Piece] {
        guard state != .text else { return text.isEmpty ? [] : [Piece(isReasoning: false, text: text)] }
        var pieces: [Piece] = []
        let bytes = held + Array(text.utf8)
        var rest = bytes[...]
        held = []
        while !rest.isEmpty {
            switch state {
            case .start: rest = start(rest)
            case .opened, .closed:
                rest = rest.drop(while: Self.isSpace)
                guard !rest.isEmpty else { break }
                state = state == .opened ? .thinking : .text
            case .thinking: rest = think(rest, &pieces)
            case .text:
                pieces.append(Piece(isReasoning: false, text: String(decoding: rest, as: UTF8.self)))
                rest = []
            }
        }
        return pieces
    }

    /// No more content comes, or something else comes between: what waits is said.
    mutating func end() -> [Piece] {
        let isReasoning = state == .thinking
        state = .text
        guard !held.isEmpty else { return [] }
        defer { held = [] }
        return [Piece(isReasoning: isReasoning, text: String(decoding: held, as: UTF8.self))]
    }

    private mutating func start(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let rest = bytes.drop(while: Self.isSpace)
        if rest.starts(with: Self.opening) {
            state = .opened
            return rest.dropFirst(Self.opening.count)
        }
        if Self.opening.starts(with: rest), bytes.count <= Self.leadingLimit {
            held = Array(bytes)
            return []
        }
        state = .text
        return bytes
    }

    private mutating func think(_ bytes: ArraySlice<UInt8>, _ pieces: inout [Piece]) -> ArraySlice<UInt8> {
        var end = bytes.startIndex
        while let place = bytes[end...].firstIndex(of: UInt8(ascii: "<")) {
            let tag = bytes[place...].prefix(Self.closing.count)
            if tag.elementsEqual(Self.closing) {
                Self.append(bytes[..<place], to: &pieces)
                state = .closed
                return bytes[(place + Self.closing.count)...]
            }
            if tag.endIndex == bytes.endIndex, Self.closing.starts(with: tag) {
                held = Array(tag)
                Self.append(bytes[..<place], to: &pieces)
                return []
            }
            end = place + 1
        }
        Self.append(bytes, to: &pieces)
        return []
    }

    private static func append(_ bytes: ArraySlice<UInt8>, to pieces: inout [Piece]) {
        guard !bytes.isEmpty else { return }
        pieces.append(Piece(isReasoning: true, text: String(decoding: bytes, as: UTF8.self)))
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}

extension ThinkTags {
    /// Whether a model may write its reasoning into its text, judged by its name.
    ///
    /// Where the server in front of it parts them, and where an answer does not begin with the tag, it makes no difference.
    static func areWritten(by model: String) -> Bool {
        ModelName(model).holds(anyOf: families)
    }

    private static let families: [StaticString] = [
        "deepseek-r1", "deepseek-v3.1", "deepseek-v3.2", "deepseek-reasoner", "r1-distill", "r1-1776", "qwq", "qwen3",
        "magistral", "minimax-m", "glm-4", "glm-5", "glm-z1", "phi-4-reasoning", "phi4-reasoning", "-thinking",
        "nemotron", "smollm3", "exaone", "hunyuan", "openthinker", "cogito", "ernie-4.5", "ling-", "ring-", "step3",
    ]
}

extension CanonicalAnswer {
    /// Takes reasoning out of texts that begin with it between tags.
    mutating func splitThinkTags() {
        for place in choices.indices {
            guard let first = choices[place].parts.first, case .text(let text) = first else { continue }
            var tags = ThinkTags()
            let string = text.string
            let pieces = tags.read(string) + tags.end()
            guard pieces != [ThinkTags.Piece(isReasoning: false, text: string)] else { continue }
            let said = pieces.filter { !$0.isReasoning }.map(\.text).joined()
            let reasoning = pieces.filter(\.isReasoning).map(\.text).joined()
            var parts: [CanonicalPart] = []
            if !reasoning.isEmpty {
                parts.append(.thinking(CanonicalThinking(text: WireText(reasoning), signature: nil)))
            }
            if !said.isEmpty { parts.append(.text(WireText(said))) }
            choices[place].parts.replaceSubrange(0...0, with: parts)
        }
    }
}
