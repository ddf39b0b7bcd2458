import JSON
import TestSupport

/// What a client's library makes of an answer, put together from a body or a stream.
struct AnswerReader {
    struct Call {
        var id = ""
        var name = ""
        var arguments = ""
    }

    var text = ""
    var reasoning: String?
    var tools: [Call] = []
    var stop: String?
    var inputTokens: Int?
    var outputTokens: Int?

    /// Reads an answer; a stream must keep to the grammar of its dialect.
    static func read(_ bytes: [UInt8], _ dialect: MockDialect, stream: Bool) throws -> AnswerReader {
        var reader = AnswerReader()
        guard stream else {
            let root = try JSONDocument(bytes).root
            dialect == .openAI ? reader.openAI(body: root) : reader.anthropic(body: root)
            return reader
        }
        let grammar: StreamGrammar = dialect == .openAI ? .openAI(bytes) : .anthropic(bytes)
        guard grammar.problems.isEmpty else {
            throw TestSupportError("no \(dialect) stream: \(grammar.problems.joined(separator: "; "))")
        }
        let answer = grammar.answer
        reader.text = answer.text
        reader.reasoning = answer.reasoning.isEmpty ? nil : answer.reasoning
        reader.tools = answer.toolCalls.map { Call(id: $0.id, name: $0.name, arguments: $0.arguments) }
        reader.stop = answer.stopReason
        reader.inputTokens = answer.inputTokens
        reader.outputTokens = answer.outputTokens
        return reader
    }

    private mutating func add(reasoning piece: String?) {
        if let piece, !piece.isEmpty { reasoning = (reasoning ?? "") + piece }
    }

    // MARK: OpenAI

    private mutating func openAI(body: JSONCursor) {
        guard let choice = body["choices"]?[0], let message = choice["message"] else { return }
        text = message["content"]?.string ?? ""
        add(reasoning: message["reasoning_content"]?.string)
        for call in message["tool_calls"]?.elements.map(\.self) ?? [] {
            tools.append(
                Call(
                    id: call["id"]?.string ?? "",
                    name: call["function"]?["name"]?.string ?? "",
                    arguments: call["function"]?["arguments"]?.string ?? ""
                )
            )
        }
        stop = choice["finish_reason"]?.string
        openAI(usage: body["usage"])
    }

    private mutating func openAI(usage: JSONCursor?) {
        guard let usage, usage.kind == .object else { return }
        inputTokens = usage["prompt_tokens"]?.integer
        outputTokens = usage["completion_tokens"]?.integer
    }

    // MARK: Anthropic

    private mutating func anthropic(body: JSONCursor) {
        for block in body["content"]?.elements.map(\.self) ?? [] {
            switch block["type"]?.string {
            case "text": text += block["text"]?.string ?? ""
            case "thinking": add(reasoning: block["thinking"]?.string)
            case "tool_use":
                let input = block["input"].map { String(decoding: $0.raw, as: UTF8.self) } ?? ""
                tools.append(
                    Call(id: block["id"]?.string ?? "", name: block["name"]?.string ?? "", arguments: input)
                )
            default: continue
            }
        }
        stop = body["stop_reason"]?.string
        anthropic(usage: body["usage"])
    }

    private mutating func anthropic(usage: JSONCursor?) {
        guard let usage else { return }
        let input = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"]
            .reduce(0) { $0 + (usage[$1]?.integer ?? 0) }
        if input > 0 { inputTokens = input }
        if let output = usage["output_tokens"]?.integer { outputTokens = output }
    }
}
