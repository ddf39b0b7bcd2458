import Contracts

/// Carries one stream from the upstream's dialect into the client's: frames to events, events to frames.
///
/// Between the two the text of ``AnswerEvent/text(_:_:)`` may be held back and changed; everything else keeps its place.
/// Where both dialects are the same, what is no text stays as the upstream sent it. The machine inside judges the frames
/// as it does for streams that are passed on untouched.
public struct StreamTranslator: Sendable {
    /// The judge: usage, stop reason, whether there was content.
    public private(set) var machine: StreamMachine

    private let upstream: Dialect
    /// `nil` where the events are read and nobody is told.
    private let client: Dialect?
    private let context: AnswerContext
    /// Whether frames that hold no text stay as the upstream sent them.
    private let isNative: Bool
    /// Set where the answer goes on with what another upstream began.
    private var seam: AnswerSeam?
    // One reader and one writer are set, in place, so that their buffers are never copied.
    private var openAIReader: OpenAIStreamReader?
    private var anthropicReader: AnthropicStreamReader?
    private var openAISplitter: OpenAIStreamSplitter?
    private var anthropicSplitter: AnthropicStreamSplitter?
    private var openAIWriter: OpenAIStreamWriter?
    private var anthropicWriter: AnthropicStreamWriter?
    private var nativeWriter: NativeStreamWriter?
    private var geminiReader: GeminiStreamReader?
    private var geminiSplitter: GeminiStreamSplitter?
    private var geminiWriter: GeminiStreamWriter?
    private var geminiNative: GeminiNativeWriter?
    private var responsesReader: ResponsesStreamReader?
    private var responsesWriter: ResponsesStreamWriter?
    private var responsesScan: ResponsesStreamScan?
    private var bedrockReader: BedrockStreamReader?
    private var cohereReader: CohereStreamReader?
    private var ollamaReader: OllamaStreamReader?
    private var ollamaWriter: OllamaStreamWriter?

    /// Makes a translator for one stream.
    ///
    /// - Parameters:
    ///   - upstream: What the upstream speaks.
    ///   - client: What the client speaks.
    ///   - context: What the request's translation left.
    public init(from upstream: Dialect, to client: Dialect, context: AnswerContext) {
        self.upstream = upstream
        self.client = client
        self.context = context
        isNative = upstream == client
        guard !isNative else {
            machine = StreamMachine(dialect: upstream, hidesUsage: !context.includeUsage)
            switch upstream {
            case .openAIChat:
                nativeWriter = NativeStreamWriter(dialect: client)
                openAISplitter = OpenAIStreamSplitter()
            case .anthropicMessages:
                nativeWriter = NativeStreamWriter(dialect: client)
                anthropicSplitter = AnthropicStreamSplitter()
            case .gemini:
                geminiNative = GeminiNativeWriter()
                geminiSplitter = GeminiStreamSplitter()
            case .openAIResponses: responsesScan = ResponsesStreamScan()
            case .ollama:
                // Its frames hold texts and calls alone; the last one's members are kept.
                ollamaReader = OllamaStreamReader()
                ollamaWriter = OllamaStreamWriter(context: context)
            // No client speaks it.
            case .cohere, .bedrock: break
            }
            return
        }
        machine = StreamMachine(dialect: upstream)
        makeReader()
        makeWriter(client)
    }

    /// Makes a translator that says everything anew, also where both dialects are the same.
    ///
    /// - Parameters:
    ///   - upstream: What the upstream speaks.
    ///   - client: What the client speaks.
    ///   - context: What the request's translation left.
    ///   - partial: The answer that the client has already, which another upstream began: what comes is told as its
    ///     continuation, under its id.
    public init(from upstream: Dialect, to client: Dialect, context: AnswerContext, after partial: PartialAnswer?) {
        self.upstream = upstream
        self.client = client
        self.context = context
        isNative = false
        machine = StreamMachine(dialect: upstream)
        makeReader()
        makeWriter(client)
        guard let partial else { return }
        // The writer gets to where the client is.
        var known: [UInt8] = []
        for event in partial.events { encode(event, into: &known) }
        seam = AnswerSeam(partial)
    }

    /// Makes one that reads a stream of which nobody is told frame by frame.
    init(reading upstream: Dialect, context: AnswerContext) {
        self.upstream = upstream
        client = nil
        self.context = context
        isNative = false
        machine = StreamMachine(dialect: upstream)
        makeReader()
    }

    /// Makes one that writes a stream of events that come from none.
    init(writing client: Dialect, context: AnswerContext) {
        upstream = client
        self.client = client
        self.context = context
        isNative = false
        machine = StreamMachine(dialect: client)
        makeWriter(client)
    }

    private mutating func makeReader() {
        switch upstream {
        case .openAIChat: openAIReader = OpenAIStreamReader(readsThinkTags: context.readsThinkTags)
        case .anthropicMessages: anthropicReader = AnthropicStreamReader(formatTool: context.formatTool)
        case .gemini: geminiReader = GeminiStreamReader()
        case .openAIResponses: responsesReader = ResponsesStreamReader()
        case .ollama: ollamaReader = OllamaStreamReader(readsThinkTags: context.readsThinkTags)
        case .cohere: cohereReader = CohereStreamReader()
        case .bedrock: bedrockReader = BedrockStreamReader(formatTool: context.formatTool)
        }
    }

    private mutating func makeWriter(_ client: Dialect) {
        switch client {
        case .openAIChat: openAIWriter = OpenAIStreamWriter(context: context)
        case .anthropicMessages: anthropicWriter = AnthropicStreamWriter(context: context)
        case .gemini: geminiWriter = GeminiStreamWriter(context: context)
        case .openAIResponses: responsesWriter = ResponsesStreamWriter(context: context)
        case .ollama: ollamaWriter = OllamaStreamWriter(context: context)
        case .cohere, .bedrock: break
        }
    }

    // MARK: Frames to events

    /// Reads one frame, its blank line included or not.
    ///
    /// - Parameters:
    ///   - frame: The frame's bytes, valid during the call.
    ///   - events: Takes what it says.
    /// - Returns: The machine's verdict; what goes to the client are the events, whatever it is.
    public mutating func read(
        _ frame: UnsafeRawBufferPointer,
        into events: inout [AnswerEvent]
    ) -> FrameVerdict {
        let known = events.count
        defer { seam?.join(&events, from: known) }
        let verdict = machine.read(frame)
        switch verdict {
        case .failure, .drop: return verdict
        case .terminal:
            // What ends a stream of these says why, and all of it once more or something new.
            if [.openAIResponses, .ollama, .cohere].contains(upstream) { take(frame, &events) }
            end(into: &events)
        case .forward, .content: take(frame, &events)
        }
        return verdict
    }

    private mutating func take(_ frame: UnsafeRawBufferPointer, _ events: inout [AnswerEvent]) {
        let fields = EventFields(frame)
        switch fields.payload {
        case .none: if isNative { keep(frame, into: &events) }
        case .slice(let range): read(payload: UnsafeRawBufferPointer(rebasing: frame[range]), frame, &events)
        case .joined(let bytes):
            // What a splitter takes out of a payload goes into frames of one line.
            WireBytes.oneLine(bytes[...]).withUnsafeBytes { read(payload: $0, frame, &events) }
        }
    }

    /// Reads one frame that is held in some other collection.
    public mutating func read(
        _ frame: some Collection<UInt8>,
        into events: inout [AnswerEvent]
    ) -> FrameVerdict {
        Array(frame).withUnsafeBytes { read($0, into: &events) }
    }

    private mutating func read(
        payload: UnsafeRawBufferPointer,
        _ frame: UnsafeRawBufferPointer,
        _ events: inout [AnswerEvent]
    ) {
        openAIReader?.read(payload, into: &events)
        anthropicReader?.read(payload, into: &events)
        openAISplitter?.read(payload, frame, into: &events)
        anthropicSplitter?.read(payload, frame, into: &events)
        geminiReader?.read(payload, into: &events)
        geminiSplitter?.read(payload, frame, into: &events)
        responsesReader?.read(payload, into: &events)
        responsesScan?.read(payload, frame, into: &events)
        ollamaReader?.read(payload, into: &events)
        cohereReader?.read(payload, into: &events)
        bedrockReader?.read(payload, into: &events)
    }

    private func keep(_ frame: UnsafeRawBufferPointer, into events: inout [AnswerEvent]) {
        events.append(.native(NativeFrame(frame)))
    }

    /// Says how the stream ended, when the upstream sent its last byte.
    public mutating func finish(into events: inout [AnswerEvent]) -> StreamEnd {
        let known = events.count
        defer { seam?.join(&events, from: known) }
        let isFinished = machine.isFinished
        let verdict = machine.finish()
        if verdict == .complete, !isFinished { end(into: &events) }
        return verdict
    }

    private mutating func end(into events: inout [AnswerEvent]) {
        openAIReader?.end(into: &events)
        anthropicReader?.end(into: &events)
        openAISplitter?.end(into: &events)
        anthropicSplitter?.end(into: &events)
        geminiReader?.end(into: &events)
        geminiSplitter?.end(into: &events)
        responsesReader?.end(into: &events)
        responsesScan?.end(into: &events)
        ollamaReader?.end(into: &events)
        cohereReader?.end(into: &events)
        bedrockReader?.end(into: &events)
    }

    // MARK: Events to frames

    /// Writes what the client is told of one event.
    public mutating func encode(_ event: AnswerEvent, into out: inout [UInt8]) {
        openAIWriter?.encode(event, into: &out)
        anthropicWriter?.encode(event, into: &out)
        geminiWriter?.encode(event, into: &out)
        if let tail = geminiSplitter?.tail { geminiNative?.encode(event, tail: tail, into: &out) }
        responsesWriter?.encode(event, into: &out)
        responsesScan?.encode(event, into: &out)
        ollamaWriter?.encode(event, into: &out)
        if nativeWriter != nil {
            nativeWriter?.encode(event, head: openAISplitter?.head, into: &out)
        }
    }

    /// Writes the end of a whole stream, once: open blocks end, and the dialect's last events follow.
    public mutating func encodeEnd(into out: inout [UInt8]) {
        encodeEnd(usage: usage, into: &out)
    }

    /// The provider's count, else one by rule of thumb, and what another upstream gave before.
    var usage: TokenUsage {
        var usage =
            machine.usage
            ?? TokenUsage(input: context.estimatedInputTokens, output: machine.estimatedOutputTokens)
        usage.output += seam?.outputTokens ?? 0
        return usage
    }

    mutating func encodeEnd(usage: TokenUsage, into out: inout [UInt8]) {
        openAIWriter?.end(usage: usage, into: &out)
        anthropicWriter?.end(usage: usage, into: &out)
        geminiWriter?.end(usage: usage, into: &out)
        geminiNative?.end()
        responsesWriter?.end(usage: usage, into: &out)
        responsesScan?.end(into: &out)
        ollamaWriter?.end(usage: usage, last: isNative ? ollamaReader?.last : nil, into: &out)
        nativeWriter?.end(into: &out)
    }

    /// Writes the error that ends a stream in place of its last events.
    public mutating func encodeError(_ error: ClientError, into out: inout [UInt8]) {
        openAIWriter?.fail()
        anthropicWriter?.fail()
        nativeWriter?.fail()
        geminiWriter?.fail()
        geminiNative?.end()
        responsesWriter?.fail()
        responsesScan?.fail()
        ollamaWriter?.fail()
        if let client { out.append(contentsOf: ErrorBody.streamEvent(error, dialect: client, at: position)) }
    }

    /// Where the client's stream stands, for events that are numbered.
    public var position: StreamPosition {
        responsesWriter?.position ?? responsesScan?.position ?? machine.position
    }
}
