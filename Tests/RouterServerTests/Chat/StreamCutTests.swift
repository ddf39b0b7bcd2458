import Dialects
import Foundation
import JSON
import NIOCore
import TestSupport
import Testing

@testable import RouterServer

/// What a client gets must not depend on how the network cut the upstream's bytes, nor on how it ends its lines.
@Suite("Streams under every cut", .serialized)
struct StreamCutTests {
    struct Way: Sendable, CustomTestStringConvertible {
        let name: String
        let client: Dialect
        var upstream: Dialect {
            if name.hasPrefix("ollama") { return .ollama }
            return name.hasPrefix("cohere") ? .cohere : .bedrock
        }
        var testDescription: String { "\(name) for \(client.rawValue)" }
    }

    static let names = [
        "ollama-text", "ollama-thinking", "ollama-tools", "cohere-text", "cohere-tools", "cohere-thinking",
        "bedrock-text",
        "bedrock-thinking", "bedrock-tools",
    ]
    static let ways = names.flatMap { name in Dialect.clients.map { Way(name: name, client: $0) } }

    /// The ways whose upstream streams server-sent events.
    static let eventWays = ways.filter { $0.upstream.framing == .events }

    private static func fixture(_ way: Way) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("DialectsTests/Fixtures")
        let type =
            switch way.upstream.framing {
            case .events: "sse"
            case .lines: "ndjson"
            case .messages: "eventstream"
            }
        return Array(try Data(contentsOf: folder.appendingPathComponent("\(way.name).\(type)")))
    }

    private static func context(_ client: Dialect) throws -> AnswerContext {
        if client == .gemini {
            let document = try JSONDocument(Array(#"{"contents":[{"parts":[{"text":"x"}]}]}"#.utf8))
            let path = ModelPath(model: "m", action: .stream)
            return RequestTranslation.context(try RequestFacts.read(document, dialect: .gemini, path: path))
        }
        let option = client == .openAIChat ? #","stream_options":{"include_usage":true}"# : ""
        let list = client == .openAIResponses ? "input" : "messages"
        let json = #"{"model":"m","max_tokens":9,"stream":true\#(option),"\#(list)":[{"role":"user","content":"x"}]}"#
        return RequestTranslation.context(try RequestFacts.read(JSONDocument(Array(json.utf8)), dialect: client))
    }

    /// The frames that the relay sees when the bytes come in these pieces.
    private static func frames(_ pieces: [ArraySlice<UInt8>], _ way: Way) throws -> [[UInt8]] {
        var splitter = UpstreamFrames(way.upstream.framing)
        var frames: [[UInt8]] = []
        for piece in pieces {
            splitter.append(ByteBuffer(bytes: piece))
            while let frame = try splitter.next() { frames.append(Array(frame.readableBytesView)) }
        }
        if let rest = splitter.finish() { frames.append(Array(rest.readableBytesView)) }
        return frames
    }

    private static func translate(_ frames: [[UInt8]], _ way: Way, _ context: AnswerContext) -> [UInt8] {
        let bytes = translated(frames, way, context)
        guard way.client == .openAIResponses, way.upstream != .openAIResponses else { return bytes }
        // The ids of its items are made anew each time.
        let text = String(decoding: bytes, as: UTF8.self).replacing(/_[0-9a-f]{24}"/, with: "_id\"")
        return Array(text.utf8)
    }

    private static func translated(_ frames: [[UInt8]], _ way: Way, _ context: AnswerContext) -> [UInt8] {
        var translator = StreamTranslator(from: way.upstream, to: way.client, context: context)
        var events: [AnswerEvent] = []
        var out: [UInt8] = []
        for frame in frames { _ = translator.read(frame, into: &events) }
        let end = translator.finish(into: &events)
        #expect(end == .complete)
        for event in events { translator.encode(event, into: &out) }
        translator.encodeEnd(into: &out)
        return out
    }

    private static func bytewise(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        bytes.indices.map { bytes[$0...$0] }
    }

    private static func problems(_ bytes: [UInt8], _ client: Dialect) -> [String] {
        switch client {
        case .openAIChat: StreamGrammar.openAI(bytes, wantsUsage: true).problems
        case .anthropicMessages: StreamGrammar.anthropic(bytes).problems
        case .gemini: StreamGrammar.gemini(bytes).problems
        case .openAIResponses: StreamGrammar.responses(bytes).problems
        case .ollama: StreamGrammar.ollama(bytes).problems
        case .cohere, .bedrock: ["no client speaks it"]
        }
    }

    /// The same frames are translated to the same bytes, so the client is of no account here.
    @Test("every cut in two, and one byte at a time, give the same frames", arguments: names)
    func cuts(name: String) async throws {
        let way = Way(name: name, client: .openAIChat)
        let bytes = try Self.fixture(way)
        let whole = try Self.frames([bytes[...]], way)
        let cuts = [Self.bytewise(bytes)] + (1..<bytes.count).map { [bytes[..<$0], bytes[$0...]] }
        for pieces in cuts {
            guard try Self.frames(pieces, way) == whole else {
                Issue.record("other frames when cut at byte \(pieces[0].count)")
                return
            }
            // Thousands of readings: other tests, which have deadlines, have the thread in between.
            await Task.yield()
        }
    }

    @Test("what a client gets obeys its dialect's grammar", arguments: ways)
    func grammar(way: Way) throws {
        let context = try Self.context(way.client)
        let frames = try Self.frames([try Self.fixture(way)[...]], way)
        #expect(Self.problems(Self.translated(frames, way, context), way.client) == [])
    }

    @Test("every way to end lines and to frame data", arguments: eventWays)
    func framing(way: Way) throws {
        let context = try Self.context(way.client)
        let text = String(decoding: try Self.fixture(way), as: UTF8.self)
        let whole = Self.translate(try Self.frames([Array(text.utf8)[...]], way), way, context)
        let variants = [
            text.replacing("\n", with: "\r\n"),
            text.replacing("\n", with: "\r"),
            text.replacing("data: ", with: "data:").replacing("event: ", with: "event:"),
            text.replacing("\n\n", with: "\n\n: comment\n\n"),
            text.replacing("data: {", with: "id: 7\nretry: 3\ndata: {"),
            // Between members; a text may end with a comma.
            text.replacing("\",\"", with: "\",\ndata: \""),
            "\u{FEFF}" + text,
            String(text.trimming),
        ]
        for (number, variant) in variants.enumerated() {
            let bytes = Array(variant.utf8)
            let out = Self.translate(try Self.frames([bytes[...]], way), way, context)
            let cut = Self.translate(try Self.frames(Self.bytewise(bytes), way), way, context)
            // A frame that keeps its own line ends may have one of them in the next frame when it is cut there.
            if way.upstream != way.client { #expect(cut == out, "variant \(number)") }
            if way.upstream != way.client {
                #expect(out == whole, "variant \(number)")
            } else if number != 5 {
                // In its own dialect a frame keeps its comments and line ends.
                #expect(Self.problems(out, way.client).filter { !$0.contains("field") } == [], "variant \(number)")
            }
        }
    }
}

extension String {
    /// Without the line ends at its end.
    fileprivate var trimming: Substring {
        var rest = self[...]
        while rest.last?.isNewline == true { rest.removeLast() }
        return rest
    }
}
