import Dialects
import TestSupport

/// What a client of one dialect accepts, and what it reads there.
///
/// A new dialect is one of these, and a folder of recordings under `Fixtures`.
protocol WireGrammar: Sendable {
    var dialect: Dialect { get }
    /// Checks a whole stream.
    func stream(_ bytes: [UInt8]) -> StreamGrammar
    /// Checks the body of a whole answer.
    func answer(_ body: WireValue) -> WholeAnswer
    /// Checks the body of a request as its provider does.
    func request(_ body: WireValue) -> WholeRequest
}

/// The checker of a dialect.
func grammar(_ dialect: Dialect) -> any WireGrammar {
    switch dialect {
    case .openAIChat: ChatCompletionsGrammar()
    case .anthropicMessages: MessagesGrammar()
    case .gemini: GeminiGrammar()
    case .openAIResponses: ResponsesGrammar()
    default: fatalError("\(dialect.rawValue) has no checker")
    }
}

extension Dialect {
    /// Those with recordings and a checker here; Ollama, Cohere and Bedrock have suites of their own in DialectsTests, and
    /// their streams are cut in `RouterServerTests/Chat/StreamCutTests`.
    static let recorded: [Dialect] = [.openAIChat, .anthropicMessages, .openAIResponses, .gemini]
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
