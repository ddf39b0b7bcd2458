import Dialects
import JSON
import TestSupport

/// Shortcuts for tests of Gemini's dialect.
enum GeminiSample {
    static func request(
        _ json: String,
        from client: Dialect,
        to upstream: Dialect,
        model: String = "upstream-model",
        asked: String = "asked/model",
        stream: Bool = false
    ) throws -> (root: JSONCursor, lossy: [String], context: AnswerContext) {
        let document = try JSONDocument(Array(json.utf8))
        let path = ModelPath(model: asked, action: stream ? .stream : .generate)
        let facts = try RequestFacts.read(document, dialect: client, path: client == .gemini ? path : nil)
        let translated = try RequestTranslation.translate(
            document,
            facts,
            to: upstream,
            model: model,
            maxOutputTokens: nil,
            asksForUsage: true
        )
        return (try JSONDocument(translated.body).root, translated.lossy, translated.context)
    }

    /// A request in each dialect that says hello.
    static func hello(_ dialect: Dialect, extra: String = "") -> String {
        switch dialect {
        case .openAIChat:
            #"{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"Hello"}]\#(extra)}"#
        case .gemini: #"{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]\#(extra)}"#
        case .openAIResponses: #"{"model":"m","stream":true,"input":"Hello"\#(extra)}"#
        case .cohere, .bedrock: ""
        case .ollama: #"{"model":"m","messages":[{"role":"user","content":"Hello"}]\#(extra)}"#
        case .anthropicMessages:
            #"{"model":"m","max_tokens":100,"stream":true,"messages":[{"role":"user","content":"Hello"}]\#(extra)}"#
        }
    }

    static func context(_ client: Dialect, from upstream: Dialect) throws -> AnswerContext {
        guard client == upstream else {
            return try request(hello(client), from: client, to: upstream, stream: true).context
        }
        let document = try JSONDocument(Array(hello(client).utf8))
        let path = ModelPath(model: "asked/model", action: .stream)
        return RequestTranslation.context(
            try RequestFacts.read(document, dialect: client, path: client == .gemini ? path : nil)
        )
    }

    static func grammar(_ bytes: [UInt8], _ dialect: Dialect) -> StreamGrammar {
        switch dialect {
        case .openAIChat: StreamGrammar.openAI(bytes)
        case .gemini: StreamGrammar.gemini(bytes)
        case .anthropicMessages: StreamGrammar.anthropic(bytes)
        case .openAIResponses: StreamGrammar.responses(bytes)
        case .ollama: StreamGrammar.ollama(bytes)
        case .cohere, .bedrock: preconditionFailure("no client speaks it")
        }
    }

    /// A frame of Gemini's dialect.
    static func frame(_ parts: String, finish: String? = nil, index: Int = 0, extra: String = "") -> [UInt8] {
        let reason = finish.map { #","finishReason":"\#($0)""# } ?? ""
        return Array(
            (#"data: {"candidates":[{"content":{"parts":[\#(parts)],"role":"model"}\#(reason),"index":\#(index)}]"#
                + #","usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":5,"totalTokenCount":15}"#
                + #","modelVersion":"g","responseId":"r"\#(extra)}"# + "\n\n").utf8
        )
    }
}
