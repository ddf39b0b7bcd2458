#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What the translation of an answer must know of the request.
public struct AnswerContext: Sendable {
    /// The model's name as the client wrote it; told where the upstream does not name one.
    public var requestedModel: String
    /// Whether the client asked for a stream's usage; always true where its dialect reports it unasked.
    public var includeUsage: Bool
    /// Input tokens by rule of thumb, told until the provider has counted and where it never does.
    public var estimatedInputTokens: Int
    /// The tool whose arguments are the answer, where a schema was asked for that the upstream has no word for.
    var formatTool: String?
    /// Tools that had to be renamed: the upstream's names and the client's.
    var toolNames: [String: String] = [:]
    /// Whether the client knows only OpenAI's older `function_call`.
    var usesFunctions = false
    /// Tools of the client that take free text, which the upstream knows as functions.
    var customTools: Set<String> = []
    /// Tools that the client knows by a namespace and a name.
    var namespaces: [String: NamespacedTool] = [:]
    /// What a response of OpenAI's Responses says again of its request; `nil` for clients of other dialects.
    let echo: ResponsesEcho?
    /// Whether an answer may begin with reasoning between tags, see ``ThinkTags``.
    var readsThinkTags = false
    /// Seconds since 1970.
    var created: Int

    init(_ facts: RequestFacts) {
        requestedModel = facts.model
        includeUsage = facts.includeUsage
        estimatedInputTokens = facts.estimatedInputTokens
        created = Int(time(nil))
        echo = facts.dialect == .openAIResponses ? ResponsesEcho(facts.root) : nil
    }

    /// The client's name of a tool.
    func clientName(_ name: String) -> String { toolNames[name] ?? name }
}
