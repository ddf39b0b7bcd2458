public import Contracts

/// Judges the frames of one upstream stream, for a client of the same dialect.
///
/// Fed complete server-sent-event frames in order, it answers for each whether it is passed on, and collects usage and
/// stop reason. It does no I/O and keeps no bytes. A frame of model output costs one walk over its bytes; JSON is
/// parsed only where a walk found usage or an error.
public struct StreamMachine: Sendable {
    /// The dialect of the upstream and of the client.
    public let dialect: Dialect
    /// Whether the usage frame is kept from the client, see ``RequestEdits/asksForUsage``.
    public let hidesUsage: Bool
    /// Whether model output was seen.
    public internal(set) var hasContent = false
    /// Whether the dialect's last event was seen, or a failure.
    public internal(set) var isFinished = false
    /// Why the model stopped, in the provider's word; `nil` until it did.
    public internal(set) var stopReason: String?
    /// UTF-8 bytes of model output so far, escapes counted as they were sent.
    public internal(set) var contentBytes = 0

    var openAIUsage: OpenAIUsage?
    var anthropicUsage: AnthropicUsage?
    /// Gemini's last usage object as it came.
    var geminiUsage: [UInt8] = []
    var responsesUsage: ResponsesUsage?
    var ollamaUsage: OllamaUsage?
    var cohereUsage: CohereUsage?
    var bedrockUsage: BedrockUsage?
    /// Where a stream of Responses stands.
    public internal(set) var position = StreamPosition()
    /// Choices that were seen and choices that ended, by index (those above 63 share the last bit).
    var choicesSeen: UInt64 = 0
    var choicesEnded: UInt64 = 0

    /// Makes a machine for one response.
    ///
    /// - Parameters:
    ///   - dialect: What the upstream speaks.
    ///   - hidesUsage: Whether to drop OpenAI's usage-only frame.
    public init(dialect: Dialect, hidesUsage: Bool = false) {
        self.dialect = dialect
        self.hidesUsage = hidesUsage
    }

    /// The provider's own count, as far as it came; `nil` when it gave none.
    public var usage: TokenUsage? {
        switch dialect {
        case .openAIChat: openAIUsage?.tokens
        case .anthropicMessages: anthropicUsage?.tokens
        case .gemini: geminiTokens?.tokens
        case .openAIResponses: responsesUsage?.tokens
        case .ollama: ollamaUsage?.tokens
        case .cohere: cohereUsage?.tokens
        case .bedrock: bedrockUsage?.tokens
        }
    }

    /// Whether the count is the provider's last: OpenAI counts once at the end, Anthropic last where it says why it stopped.
    public var isUsageComplete: Bool {
        switch dialect {
        case .openAIChat: openAIUsage != nil
        case .anthropicMessages: anthropicUsage != nil && stopReason != nil
        case .gemini: stopReason != nil && geminiTokens != nil
        case .openAIResponses: responsesUsage != nil
        case .ollama: ollamaUsage != nil
        case .cohere: cohereUsage != nil
        case .bedrock: bedrockUsage != nil
        }
    }

    /// Output tokens by rule of thumb, for streams that ended before the provider counted.
    public var estimatedOutputTokens: Int { (contentBytes + 3) / 4 }

    /// Judges one frame, its blank line included or not.
    ///
    /// - Parameter frame: The frame's bytes, valid during the call.
    /// - Returns: What to do with it.
    public mutating func read(_ frame: UnsafeRawBufferPointer) -> FrameVerdict {
        guard !isFinished else { return .drop }
        let fields = EventFields(frame)
        var isError = false
        if let name = fields.name {
            isError = name.count == 5 && frame[name].elementsEqual("error".utf8)
        }
        let verdict: FrameVerdict
        switch fields.payload {
        case .none: return .forward
        case .slice(let range): verdict = read(payload: UnsafeRawBufferPointer(rebasing: frame[range]), isError)
        case .joined(let bytes): verdict = bytes.withUnsafeBytes { read(payload: $0, isError) }
        }
        switch verdict {
        case .content: hasContent = true
        case .terminal, .failure: isFinished = true
        case .forward, .drop: break
        }
        return verdict
    }

    /// Judges one frame that is held in some other collection.
    public mutating func read(_ frame: some Collection<UInt8>) -> FrameVerdict {
        if let verdict = frame.withContiguousStorageIfAvailable({ read(UnsafeRawBufferPointer($0)) }) {
            return verdict
        }
        return Array(frame).withUnsafeBytes { read($0) }
    }

    /// Says how the stream ended, when the upstream sent its last byte.
    ///
    /// A stream without its terminal event is a failure, whatever came before. One leniency: several
    /// OpenAI-compatible servers never send `[DONE]`, so there a stream whose every choice gave its finish reason
    /// counts as whole, as it does for OpenAI's own libraries. Gemini's dialect has no other end than this.
    public mutating func finish() -> StreamEnd {
        if isFinished { return .complete }
        isFinished = true
        if dialect != .anthropicMessages, choicesSeen != 0, choicesSeen == choicesEnded { return .complete }
        return .failure(UpstreamFault(kind: .truncated, message: "the stream ended without \(dialect.terminalEvent)"))
    }

    private mutating func read(payload: UnsafeRawBufferPointer, _ isError: Bool) -> FrameVerdict {
        var scanner = ShallowScanner(payload)
        // An empty data line is some servers' way of keeping a connection open.
        guard scanner.peek() != 0 || scanner.position < payload.count else { return .forward }
        if isError { return .failure(UpstreamFault.read(event: payload)) }
        let verdict =
            switch dialect {
            case .openAIChat: readOpenAI(&scanner)
            case .anthropicMessages: readAnthropic(&scanner)
            case .gemini: readGemini(&scanner)
            case .openAIResponses: readResponses(&scanner)
            case .ollama: readOllama(&scanner)
            case .cohere: readCohere(&scanner)
            case .bedrock: readBedrock(&scanner)
            }
        return verdict ?? .failure(UpstreamFault(kind: .malformed, message: "a stream event that is not JSON"))
    }
}
