public import Contracts
import JSON

/// A whole answer in no dialect, beside the document it was read from, if it was.
///
/// Written in its own dialect it is that document with the replaced texts spliced in, so everything else stays as the
/// provider sent it.
public struct CanonicalAnswer: Sendable {
    /// What the document is written in.
    let dialect: Dialect?
    /// `nil` where the answer came in pieces.
    let document: JSONDocument?
    var id: String?
    var model: String?
    var created: Int?
    /// The provider's own count; `nil` when it gave none.
    public internal(set) var usage: TokenUsage?
    var choices: [CanonicalChoice] = []
    var places: [AnswerPlace] = []
    var lossy = LossyNames()
    private var replacements: [JSONEdit] = []
    /// What goes when a text changes, because it says the texts again.
    var repeats: [JSONEdit] = []

    /// What makes the document say the replaced texts.
    var edits: [JSONEdit] { replacements.isEmpty ? [] : replacements + repeats }

    init(_ document: JSONDocument, _ dialect: Dialect) {
        self.document = document
        self.dialect = dialect
    }

    /// An answer that is put together.
    init() {
        document = nil
        dialect = nil
    }

    /// About how many bytes it has.
    var size: Int { document?.bytes.count ?? 4096 }

    /// Every text of the answer, tool arguments and reasoning included, in the order of the document.
    public var texts: [AnswerText] {
        places.map { AnswerText(channel: $0.channel, text: $0.text) }
    }

    /// Replaces one text; a signature given for the old one goes.
    ///
    /// - Parameters:
    ///   - place: Its place among ``texts``.
    ///   - text: The new text; for a tool's arguments JSON.
    public mutating func replaceText(at place: Int, with text: String) {
        guard places.indices.contains(place) else { return }
        let target = places[place]
        if target.isObject {
            replacements.append(.replace(target.value, with: Array(Self.json(text))))
        } else {
            replacements.append(.replace(target.value, withString: text))
        }
        if let signature = target.signature {
            replacements.append(.replace(signature, withString: CanonicalThinking.ownSignature))
        }
        if let part = target.part { replace(part, of: target.choice, with: text) }
    }

    private mutating func replace(_ part: Int, of choice: Int, with text: String) {
        let replaced: CanonicalPart
        switch choices[choice].parts[part] {
        case .text: replaced = .text(WireText(text))
        case .refusal: replaced = .refusal(WireText(text))
        case .thinking: replaced = .thinking(CanonicalThinking(text: WireText(text), signature: nil))
        case .toolCall(var call):
            call.arguments = .text(WireText(text))
            replaced = .toolCall(call)
        case .image, .file, .redactedThinking, .toolResult, .cacheMark: return
        }
        choices[choice].parts[part] = replaced
    }

    /// Text as an object of JSON, whatever was made of it.
    private static func json(_ text: String) -> ArraySlice<UInt8> {
        CanonicalArguments.text(WireText(text)).object
    }
}

/// One of the answers.
struct CanonicalChoice: Sendable {
    var index = 0
    var parts: [CanonicalPart] = []
    var stop: StopReason?
    /// Whether the call came as OpenAI's older `function_call`.
    var usesFunctions = false

    /// Whether tools are called, other than the one whose arguments are the answer.
    func hasToolCalls(without formatTool: String?) -> Bool {
        parts.contains { if case .toolCall(let call) = $0 { call.name != formatTool } else { false } }
    }
}

/// Where a text stands in an answer.
struct AnswerPlace: Sendable {
    var channel: AnswerChannel
    var value: JSONCursor
    /// The signature given for the text.
    var signature: JSONCursor?
    var choice: Int
    /// The part that carries it on; `nil` for a text that says another's once more.
    var part: Int?

    /// Whether the text is JSON as it stands.
    var isObject: Bool { value.kind != .string }

    var text: String { value.string ?? String(decoding: value.raw, as: UTF8.self) }
}
