import Contracts

/// What every chunk of an OpenAI stream repeats, for chunks that are written in the place of the upstream's.
struct OpenAIChunkHead: Sendable {
    /// The channel of OpenAI's older `function_call`, which has no number.
    static let functionIndex = 1 << 20

    /// The chunk's own members, each with a comma behind it.
    var members: [UInt8] = []
    /// Whether chunks say that they have no usage.
    var hasUsage = false
    /// The names under which the upstream says its reasoning.
    var usesReasoningContent = false
    var usesReasoning = false
    /// The members of the upstream's reasoning details but for the text, each with a comma behind it; `nil` when it
    /// has none.
    var detail: [UInt8]?
    var detailIsSummary = false

    func write(_ channel: AnswerChannel, _ text: String, into out: inout [UInt8]) {
        begin(channel.choice, into: &out)
        if channel.kind == .toolArguments {
            writeArguments(channel, text, into: &out)
        } else if channel.kind == .reasoning {
            writeReasoning(text, into: &out)
        } else {
            WireBytes.append(channel.index == 0 ? #""content":"# : #""refusal":"#, to: &out)
            WireBytes.appendQuoted(text, to: &out)
        }
        end(into: &out)
    }

    /// A chunk that says who speaks and nothing else.
    func roleFrame(_ choice: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        begin(choice, into: &bytes)
        WireBytes.append(#""role":"assistant""#, to: &bytes)
        end(into: &bytes)
        return bytes
    }

    private func begin(_ choice: Int, into out: inout [UInt8]) {
        WireBytes.append("data: {", to: &out)
        out.append(contentsOf: members)
        WireBytes.append(#""choices":[{"index":"#, to: &out)
        WireBytes.append(choice, to: &out)
        WireBytes.append(#","delta":{"#, to: &out)
    }

    private func end(into out: inout [UInt8]) {
        WireBytes.append(#"},"finish_reason":null}]"#, to: &out)
        if hasUsage { WireBytes.append(#","usage":null"#, to: &out) }
        WireBytes.append("}\n\n", to: &out)
    }

    private func writeArguments(_ channel: AnswerChannel, _ text: String, into out: inout [UInt8]) {
        if channel.index == Self.functionIndex {
            WireBytes.append(#""function_call":{"arguments":"#, to: &out)
            WireBytes.appendQuoted(text, to: &out)
            WireBytes.append("}", to: &out)
            return
        }
        WireBytes.append(#""tool_calls":[{"index":"#, to: &out)
        WireBytes.append(channel.index, to: &out)
        WireBytes.append(#","function":{"arguments":"#, to: &out)
        WireBytes.appendQuoted(text, to: &out)
        WireBytes.append("}}]", to: &out)
    }

    private func writeReasoning(_ text: String, into out: inout [UInt8]) {
        var separator = false
        func next() {
            if separator { WireBytes.append(",", to: &out) }
            separator = true
        }
        if usesReasoningContent || (!usesReasoning && detail == nil) {
            next()
            WireBytes.append(#""reasoning_content":"#, to: &out)
            WireBytes.appendQuoted(text, to: &out)
        }
        if usesReasoning {
            next()
            WireBytes.append(#""reasoning":"#, to: &out)
            WireBytes.appendQuoted(text, to: &out)
        }
        guard let detail else { return }
        next()
        WireBytes.append(#""reasoning_details":[{"#, to: &out)
        out.append(contentsOf: detail)
        WireBytes.append(detailIsSummary ? #""summary":"# : #""text":"#, to: &out)
        WireBytes.appendQuoted(text, to: &out)
        WireBytes.append("}]", to: &out)
    }
}
