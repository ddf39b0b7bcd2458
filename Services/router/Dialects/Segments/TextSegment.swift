public import Contracts
public import JSON

/// One text of a request: where it stands, what it is, and what it belongs to.
///
/// Nothing is copied: the text is decoded when it is asked for.
public struct TextSegment: Sendable {
    /// A block whose text its provider has signed: changing the text makes the signature void.
    public struct SignedBlock: Sendable {
        /// The array that the block stands in.
        public var blocks: JSONCursor
        /// Its place there.
        public var position: Int
    }

    /// The JSON string that holds the text or, for a call's arguments in Anthropic's dialect, the JSON object itself.
    public let value: JSONCursor
    /// Whether the text is JSON as it stands in the document and not the inside of a string.
    public let isObject: Bool
    /// Where the text's bytes stand in the document: inside the quotes, or the object with its braces.
    public let contentRange: Range<Int>
    /// The role of its message; `system` for instructions outside the messages.
    public var role: String
    /// What it is.
    public var kind: SegmentKind
    /// The tool that it is the result or the arguments of.
    public var toolName: String?
    /// For a tool's result: which of the request's segments holds the arguments of its call.
    public var call: Int?
    /// Whether the tool says that it failed.
    public var isError = false
    /// Whether it is of the last message in which the user said something; a tool's result never is.
    public var isLastUser = false
    /// Whether its block, or the block around it, carries a cache breakpoint.
    public var hasCacheMark = false
    /// The place of its message; -1 for instructions outside the messages.
    public var turn: Int
    /// Whether an answer of the model follows it.
    public var isBeforeLastAssistant = false
    /// Set where changing the text voids a signature.
    public var signedBlock: SignedBlock?

    init(value: JSONCursor, role: String, kind: SegmentKind, turn: Int) {
        self.value = value
        self.role = role
        self.kind = kind
        self.turn = turn
        let valueKind = value.kind
        let range = value.range
        isObject = valueKind == .object || valueKind == .array
        contentRange = isObject ? range : range.lowerBound + 1..<range.upperBound - 1
    }

    /// The text's bytes as they stand in the document, escapes included.
    public var rawContent: ArraySlice<UInt8> {
        let raw = value.raw
        return isObject ? raw : raw.dropFirst().dropLast()
    }

    /// The text, decoded.
    public var text: String {
        value.string ?? String(decoding: value.raw, as: UTF8.self)
    }
}
