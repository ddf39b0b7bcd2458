import Dialects
import HTTP
import NIOCore

/// Carries streams through splitter and translator, as the relay does.
enum StreamRun {
    /// The frames that the relay sees when the bytes come in these pieces.
    static func frames(_ pieces: [ArraySlice<UInt8>], _ framing: StreamFraming) throws -> [[UInt8]] {
        let pieces = pieces.map { ByteBuffer(bytes: $0) }
        switch framing {
        case .events: return try frames(pieces, EventFrameSplitter())
        case .lines: return try frames(pieces, LineFrameSplitter())
        case .messages: return try frames(pieces, MessageFrameSplitter())
        }
    }

    private static func frames(_ pieces: [ByteBuffer], _ splitter: some FrameSplitter) throws -> [[UInt8]] {
        var splitter = splitter
        var frames: [[UInt8]] = []
        for piece in pieces {
            splitter.append(piece)
            while let frame = try splitter.nextFrame() { frames.append(Array(frame.readableBytesView)) }
        }
        if let rest = splitter.finish() { frames.append(Array(rest.readableBytesView)) }
        return frames
    }

    static func frames(_ recording: Recording) throws -> [[UInt8]] {
        try frames([recording.stream[...]], recording.upstream.framing)
    }

    /// What the client gets, and whether the stream was whole.
    static func translate(_ frames: [[UInt8]], _ pair: Pair, _ context: AnswerContext) -> (out: [UInt8], isWhole: Bool)
    {
        var translator = StreamTranslator(from: pair.recording.upstream, to: pair.client, context: context)
        var events: [AnswerEvent] = []
        var out: [UInt8] = []
        var failure: UpstreamFault?
        for frame in frames where failure == nil {
            let verdict = translator.read(frame, into: &events)
            for event in events { translator.encode(event, into: &out) }
            events = []
            if case .failure(let fault) = verdict { failure = fault }
        }
        if failure == nil, case .failure(let fault) = translator.finish(into: &events) { failure = fault }
        for event in events { translator.encode(event, into: &out) }
        guard failure != nil else {
            translator.encodeEnd(into: &out)
            return (out, true)
        }
        translator.encodeError(ClientError(.upstream, "The provider failed."), into: &out)
        translator.encodeEnd(into: &out)
        return (out, false)
    }

    /// The bytes of a translated stream, without the ids that are made anew each time.
    static func stable(_ bytes: [UInt8], _ pair: Pair) -> [UInt8] {
        guard !pair.isNative else { return bytes }
        return Array(String(decoding: bytes, as: UTF8.self).replacing(/["_-][0-9a-f]{24}"/, with: "_id\"").utf8)
    }
}

/// What cuts a stream into frames.
protocol FrameSplitter {
    mutating func append(_ bytes: ByteBuffer)
    mutating func nextFrame() throws -> ByteBuffer?
    mutating func finish() -> ByteBuffer?
}

extension EventFrameSplitter: FrameSplitter {
    mutating func nextFrame() throws -> ByteBuffer? { try next() }
}

extension LineFrameSplitter: FrameSplitter {
    mutating func nextFrame() throws -> ByteBuffer? { try next() }
}

extension MessageFrameSplitter: FrameSplitter {
    mutating func nextFrame() throws -> ByteBuffer? { try next() }
    /// Half a message is none.
    mutating func finish() -> ByteBuffer? { nil }
}
