public import Contracts

/// One line of text in an answer: what arrives on it is one text, however it is cut.
public struct AnswerChannel: Hashable, Sendable {
    /// Which of the answers, where several were asked for.
    public var choice: Int
    /// What the text is: `text`, `reasoning` or `tool_args`.
    public var kind: SegmentKind
    /// Tells texts of one kind apart.
    public var index: Int

    /// Makes one.
    public init(choice: Int = 0, kind: SegmentKind, index: Int) {
        self.choice = choice
        self.kind = kind
        self.index = index
    }
}

/// One text of a whole answer.
public struct AnswerText: Hashable, Sendable {
    /// Where it stands.
    public var channel: AnswerChannel
    /// The text, decoded; a tool's arguments are JSON.
    public var text: String
}

/// What a frame of a stream says, in no dialect.
///
/// Text may be replaced on its way from reader to writer, and may be held back until the channel ends.
public enum AnswerEvent: Sendable {
    /// The answer begins.
    case start(AnswerStart)
    /// A block begins.
    case open(AnswerChannel, AnswerBlock)
    /// Text, all of which a guard must see.
    case text(AnswerChannel, String)
    /// The provider's signature under a channel's text.
    case signature(AnswerChannel, AnswerSignature)
    /// A block ends: no text of its channel follows.
    case close(AnswerChannel)
    /// A choice ends.
    case finish(choice: Int, AnswerFinish)
    /// What only the upstream's own dialect has, as a frame; appears only where the client speaks it too.
    case native(NativeFrame)

    /// The channel that must be released in full before the event is encoded.
    public var flushes: AnswerChannel? {
        switch self {
        case .close(let channel), .signature(let channel, _): channel
        case .start, .open, .text, .finish, .native: nil
        }
    }
}

/// How an answer is called.
public struct AnswerStart: Sendable {
    var id: String?
    var model: String?
    var created: Int?
    /// Whether the client knows the answer by just this id.
    var isKnown = false
}

/// What a block is.
public struct AnswerBlock: Sendable {
    enum Kind: Sendable {
        case text
        case refusal
        case reasoning
        case redactedReasoning(data: String)
        case toolCall(id: String, name: String)
    }

    var kind: Kind
}

/// A signature, and what it was given for.
public struct AnswerSignature: Sendable {
    var text: String
    /// The hash of the channel's text as the upstream sent it: a changed text has no signature.
    var hash: TextHash
}

/// Why a choice ended.
public struct AnswerFinish: Sendable {
    var reason: StopReason
}

/// A frame that is passed on as it is.
public struct NativeFrame: Sendable {
    var bytes: [UInt8]
    /// Set where the frame carries a signature, which must not follow a changed text.
    var signs: (channel: AnswerChannel, hash: TextHash)?
    /// Set where the released text of a channel belongs into the frame.
    var hole: Hole?

    /// Where a text goes.
    struct Hole: Sendable {
        var channel: AnswerChannel
        /// How many bytes stand before it.
        var place: Int
        /// Whether it is a string, and not JSON as it stands.
        var isString: Bool
    }
}

/// A running hash over text, whatever the pieces.
struct TextHash: Hashable, Sendable {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325
    private(set) var count = 0

    mutating func add(_ text: String) {
        for byte in text.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        count += text.utf8.count
    }
}
