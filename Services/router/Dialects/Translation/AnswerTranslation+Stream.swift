import Contracts

extension AnswerTranslation {
    /// Writes a whole answer as the stream that its client has asked for, of a provider that answers whole alone.
    ///
    /// - Parameters:
    ///   - answer: The answer, with the texts that were replaced.
    ///   - client: What the client speaks.
    ///   - context: What the request's translation left for the answer's.
    ///   - lossy: Takes the names of what streams have no place for.
    /// - Returns: Whole frames of server-sent events, to the last.
    public static func stream(
        _ answer: CanonicalAnswer,
        as client: Dialect,
        _ context: AnswerContext,
        lossy: inout [String]
    ) -> [UInt8] {
        var answer = answer
        if context.readsThinkTags { answer.splitThinkTags() }
        var translator = StreamTranslator(writing: client, context: context)
        var out: [UInt8] = []
        let start = AnswerStart(id: answer.id, model: answer.model, created: answer.created)
        translator.encode(.start(start), into: &out)
        for choice in answer.choices {
            for (index, part) in choice.parts.enumerated() {
                guard let said = said(part, formatTool: context.formatTool) else { continue }
                let channel = AnswerChannel(choice: choice.index, kind: said.kind, index: index)
                translator.encode(.open(channel, AnswerBlock(kind: said.block)), into: &out)
                if !said.text.isEmpty { translator.encode(.text(channel, said.text), into: &out) }
                if let signature = said.signature {
                    var hash = TextHash()
                    hash.add(said.text)
                    translator.encode(.signature(channel, AnswerSignature(text: signature, hash: hash)), into: &out)
                }
                translator.encode(.close(channel), into: &out)
            }
            let finish = AnswerFinish(reason: choice.stop ?? .end)
            translator.encode(.finish(choice: choice.index, finish), into: &out)
        }
        translator.encodeEnd(usage: answer.usage ?? TokenUsage(input: context.estimatedInputTokens), into: &out)
        for name in answer.lossy.names where !lossy.contains(name) { lossy.append(name) }
        return out
    }

    /// A part as a block of a stream.
    private struct Said {
        let kind: SegmentKind
        let block: AnswerBlock.Kind
        var text = ""
        var signature: String?
    }

    private static func said(_ part: CanonicalPart, formatTool: String?) -> Said? {
        switch part {
        case .text(let text): return Said(kind: .text, block: .text, text: text.string)
        case .refusal(let text): return Said(kind: .text, block: .refusal, text: text.string)
        case .thinking(let thinking):
            let signature = thinking.signature.flatMap { $0.isEmpty ? nil : $0.string }
            return Said(kind: .reasoning, block: .reasoning, text: thinking.text.string, signature: signature)
        case .redactedThinking(let data):
            return Said(kind: .reasoning, block: .redactedReasoning(data: data.string))
        case .toolCall(let call):
            let arguments = call.arguments.text.string
            if call.name == formatTool { return Said(kind: .text, block: .text, text: arguments) }
            let id = call.id.isEmpty ? GeminiCallID.make() : call.id
            return Said(kind: .toolArguments, block: .toolCall(id: id, name: call.name), text: arguments)
        case .image, .file, .toolResult, .cacheMark: return nil
        }
    }
}
