import Dialects
import JSON
import TestSupport

/// Shortcuts for tests of translation.
enum Translating {
    static func request(
        _ json: String,
        from client: Dialect,
        to upstream: Dialect,
        model: String = "upstream-model",
        maximum: Int? = nil,
        asksForUsage: Bool = true
    ) throws -> (root: JSONCursor, lossy: [String], context: AnswerContext) {
        let document = try JSONDocument(Array(json.utf8))
        let facts = try RequestFacts.read(document, dialect: client)
        let translated = try RequestTranslation.translate(
            document,
            facts,
            to: upstream,
            model: model,
            maxOutputTokens: maximum,
            asksForUsage: asksForUsage
        )
        return (try JSONDocument(translated.body).root, translated.lossy, translated.context)
    }

    static func toAnthropic(
        _ json: String,
        model: String = "claude-sonnet-4-5",
        maximum: Int? = nil
    ) throws -> (root: JSONCursor, lossy: [String], context: AnswerContext) {
        try request(json, from: .openAIChat, to: .anthropicMessages, model: model, maximum: maximum)
    }

    static func toOpenAI(
        _ json: String,
        model: String = "gpt-4o"
    ) throws -> (root: JSONCursor, lossy: [String], context: AnswerContext) {
        try request(json, from: .anthropicMessages, to: .openAIChat, model: model)
    }

    /// The context of a plain streaming request.
    static func context(_ client: Dialect, includeUsage: Bool = true, extra: String = "") throws -> AnswerContext {
        guard client != .gemini else { return try GeminiSample.context(.gemini, from: .openAIChat) }
        if client == .openAIResponses {
            let json = #"{"model":"m","max_output_tokens":100,"stream":true,"input":"Hello"\#(extra)}"#
            return try request(json, from: client, to: .openAIChat).context
        }
        if client == .ollama { return try GeminiSample.context(.ollama, from: .openAIChat) }
        let option = client == .openAIChat && includeUsage ? #","stream_options":{"include_usage":true}"# : ""
        let json =
            #"{"model":"m","max_tokens":100,"stream":true,"messages":[{"role":"user","content":"Hello"}]\#(option)\#(extra)}"#
        let upstream: Dialect = client == .openAIChat ? .anthropicMessages : .openAIChat
        return try request(json, from: client, to: upstream).context
    }

    static func answer(
        _ json: String,
        from upstream: Dialect,
        to client: Dialect,
        _ context: AnswerContext? = nil
    ) throws -> (root: JSONCursor, lossy: [String]) {
        let answer = try AnswerTranslation.read(Array(json.utf8), from: upstream)
        var lossy: [String] = []
        let context = try context ?? Self.context(client)
        let body = AnswerTranslation.write(answer, as: client, context, lossy: &lossy)
        return (try JSONDocument(body).root, lossy)
    }

    /// The grammar of a client's dialect.
    static func grammar(_ bytes: [UInt8], _ client: Dialect) -> StreamGrammar {
        switch client {
        case .openAIChat: StreamGrammar.openAI(bytes)
        case .anthropicMessages: StreamGrammar.anthropic(bytes)
        case .openAIResponses: StreamGrammar.responses(bytes)
        case .gemini: StreamGrammar.gemini(bytes)
        case .ollama: StreamGrammar.ollama(bytes)
        case .cohere, .bedrock: preconditionFailure("no client speaks it")
        }
    }

    /// Runs a whole stream through a translator.
    ///
    /// `window` does something to the events on their way.
    static func stream(
        _ frames: [[UInt8]],
        from upstream: Dialect,
        to client: Dialect,
        _ context: AnswerContext,
        window: (AnswerEvent) -> [AnswerEvent] = { [$0] }
    ) -> [UInt8] {
        var translator = StreamTranslator(from: upstream, to: client, context: context)
        var events: [AnswerEvent] = []
        var out: [UInt8] = []
        func encode() {
            for event in events { for passed in window(event) { translator.encode(passed, into: &out) } }
            events = []
        }
        for frame in frames {
            let verdict = translator.read(frame, into: &events)
            encode()
            if case .failure = verdict {
                translator.encodeError(ClientError(.upstream, "The provider failed."), into: &out)
                translator.encodeEnd(into: &out)
                return out
            }
        }
        let end = translator.finish(into: &events)
        encode()
        if end == .complete {
            translator.encodeEnd(into: &out)
            translator.encodeEnd(into: &out)
        } else {
            translator.encodeError(ClientError(.upstream, "The provider failed."), into: &out)
        }
        return out
    }

    /// An OpenAI chunk as a frame.
    static func chunk(_ delta: String, finish: String? = nil, index: Int = 0) -> [UInt8] {
        let reason = finish.map { "\"\($0)\"" } ?? "null"
        let choice = #"{"index":\#(index),"delta":\#(delta),"finish_reason":\#(reason)}"#
        return Array(
            (#"data: {"id":"c1","object":"chat.completion.chunk","created":1741570283,"model":"up","choices":["#
                + choice + "]}\n\n").utf8
        )
    }

    static let done = Array("data: [DONE]\n\n".utf8)

    /// An Anthropic event as a frame.
    static func event(_ json: String) -> [UInt8] {
        let type = (try? JSONDocument(Array(json.utf8)))?.root["type"]?.string ?? ""
        return Array("event: \(type)\ndata: \(json)\n\n".utf8)
    }

    static let messageStart = event(
        #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":10,"output_tokens":1}}}"#
    )

    static func messageEnd(_ reason: String, output: Int = 7) -> [[UInt8]] {
        [
            event(
                #"{"type":"message_delta","delta":{"stop_reason":"\#(reason)","stop_sequence":null},"usage":{"output_tokens":\#(output)}}"#
            ),
            event(#"{"type":"message_stop"}"#),
        ]
    }
}

extension JSONCursor {
    /// The value as compact text, for comparison.
    var json: String { String(decoding: raw, as: UTF8.self) }
}
