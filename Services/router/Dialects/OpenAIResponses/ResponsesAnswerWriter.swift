import Contracts
import JSON

/// Writes a whole answer in the dialect of OpenAI's Responses.
struct ResponsesAnswerWriter {
    let context: AnswerContext

    func write(_ answer: CanonicalAnswer, _ lossy: inout LossyNames) -> [UInt8] {
        let choice = answer.choices.first ?? CanonicalChoice()
        if answer.choices.count > 1 { lossy.add("choices") }
        let start = AnswerStart(id: answer.id, model: answer.model, created: answer.created)
        let object = ResponsesObject(start, context)
        let items = items(choice)
        let hasRefusal = choice.parts.contains { if case .refusal = $0 { true } else { false } }
        let ending = ResponsesObject.Ending(choice.stop, hasRefusal: hasRefusal)
        let usage = answer.usage ?? TokenUsage(input: context.estimatedInputTokens)
        var writer = JSONWriter(capacity: answer.size + 1024)
        writer.object { object.write(ending, items, usage, &$0) }
        return writer.bytes
    }

    private func items(_ choice: CanonicalChoice) -> [ResponsesOutputItem] {
        var items: [ResponsesOutputItem] = []
        func add(_ content: ResponsesOutputItem.Content) {
            if let last = items.indices.last, case .message(let contents) = items[last].kind {
                items[last].kind = .message(contents + [content])
            } else {
                items.append(.message([content]))
            }
        }
        for part in choice.parts {
            switch part {
            case .text(let text): if !text.isEmpty { add(.text(text)) }
            case .refusal(let text): if !text.isEmpty { add(.refusal(text)) }
            case .thinking(let thinking):
                guard !thinking.text.isEmpty || thinking.isKept else { continue }
                items.append(.reasoning(text: thinking.text, signature: thinking.signature))
            case .redactedThinking(let data): items.append(.redacted(data))
            case .toolCall(let call):
                if call.name == context.formatTool {
                    add(.text(call.arguments.text))
                } else {
                    items.append(.call(toolCall(call)))
                }
            case .image, .file, .toolResult, .cacheMark: continue
            }
        }
        return items
    }

    private func toolCall(_ call: CanonicalToolCall) -> ResponsesOutputItem.ToolCall {
        var item = ResponsesOutputItem.ToolCall(id: call.id, upstreamName: call.name, context)
        item.input = item.isCustom ? WireText(CustomTools.input(of: call.arguments)) : call.arguments.text
        return item
    }
}
