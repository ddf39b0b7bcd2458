import Dialects
import TestSupport

/// What the provider of one dialect accepts.
protocol RequestGrammar: Sendable {
    /// Checks the body of a request as its provider does.
    func request(_ body: WireValue) -> WholeRequest
}

/// What a client of one dialect accepts, and what it reads there.
///
/// A new dialect is one of these, and a folder of recordings under `Fixtures`.
protocol WireGrammar: RequestGrammar {
    var dialect: Dialect { get }
    /// Checks a whole stream.
    func stream(_ bytes: [UInt8]) -> StreamGrammar
    /// Checks the body of a whole answer.
    func answer(_ body: WireValue) -> WholeAnswer
}

/// The checker of a dialect that clients speak.
func grammar(_ dialect: Dialect) -> any WireGrammar {
    switch dialect {
    case .openAIChat: ChatCompletionsGrammar()
    case .anthropicMessages: MessagesGrammar()
    case .gemini: GeminiGrammar()
    case .openAIResponses: ResponsesGrammar()
    case .ollama: OllamaGrammar()
    case .cohere, .bedrock: fatalError("no client speaks \(dialect.rawValue)")
    }
}

/// The checker of a dialect's requests.
func requestGrammar(_ dialect: Dialect) -> any RequestGrammar {
    switch dialect {
    case .cohere: CohereRequestGrammar()
    case .bedrock: BedrockRequestGrammar()
    case .openAIChat, .anthropicMessages, .gemini, .openAIResponses, .ollama: grammar(dialect)
    }
}

extension Dialect {
    /// What its streams are recorded in.
    var recordingType: String {
        switch framing {
        case .events: "sse"
        case .lines: "ndjson"
        case .messages: "eventstream"
        }
    }
}

/// A whole answer: what it says and what is wrong with it.
struct WholeAnswer {
    var problems: [String] = []
    var answer = StreamGrammar.Answer()

    mutating func demand(_ isRight: Bool, _ problem: @autoclosure () -> String) {
        if !isRight { problems.append(problem()) }
    }
}

/// How an answer ended, in no dialect's words.
enum Ending: String {
    case end
    case length
    case tools
    case refusal

    /// Reads the client's word, and what tells it in dialects whose word does not.
    init(_ answer: StreamGrammar.Answer) {
        switch answer.stopReason {
        case "length", "max_tokens", "MAX_TOKENS", "max_output_tokens": self = .length
        case "content_filter", "refusal", "SAFETY": self = .refusal
        default:
            if !answer.refusal.isEmpty { self = .refusal } else { self = answer.toolCalls.isEmpty ? .end : .tools }
        }
    }
}
