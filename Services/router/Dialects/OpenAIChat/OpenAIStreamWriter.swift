import Contracts
import JSON

/// Writes events as an OpenAI stream.
struct OpenAIStreamWriter: Sendable {
    private struct Tool: Sendable {
        let channel: AnswerChannel
        let index: Int
        var hasArguments = false
    }

    private struct Choice: Sendable {
        let index: Int
        var stop: StopReason?
        var tools: [Tool] = []
    }

    private struct Reasoning: Sendable {
        let channel: AnswerChannel
        let index: Int
        var hash = TextHash()
        /// Whether a piece of it was written.
        var hasBegun = false
    }

    private let context: AnswerContext
    /// A chunk up to the choice's number, and from behind its delta.
    private var head: [UInt8] = []
    private var tail: [UInt8] = []
    private var choices: [Choice] = []
    private var reasoning: Reasoning?
    private var details = 0
    /// The channels of refusals, which are texts like others.
    private var refusals: Set<AnswerChannel> = []
    private var hasEnded = false

    init(context: AnswerContext) {
        self.context = context
    }

    mutating func encode(_ event: AnswerEvent, into out: inout [UInt8]) {
        guard !hasEnded else { return }
        switch event {
        case .start(let start): begin(start, into: &out)
        case .open(let channel, let block): open(channel, block.kind, into: &out)
        case .text(let channel, let text): say(channel, text, into: &out)
        case .signature(let channel, let signature): sign(channel, signature, into: &out)
        case .finish(let index, let finish): choices[choice(index, into: &out)].stop = finish.reason
        case .close, .native: return
        }
    }

    /// Writes the end, once: why each choice ended, the usage where it was asked for, and the last event.
    mutating func end(usage: TokenUsage, into out: inout [UInt8]) {
        guard !hasEnded else { return }
        _ = choice(0, into: &out)
        for choice in choices { finish(choice, into: &out) }
        hasEnded = true
        if context.includeUsage {
            var writer = JSONWriter()
            writer.object { OpenAIAnswerWriter.write(usage, &$0) }
            out.append(contentsOf: head.dropLast(Self.choiceHead.utf8CodeUnitCount))
            WireBytes.append(#""choices":[],"usage":"#, to: &out)
            out.append(contentsOf: writer.bytes)
            WireBytes.append("}\n\n", to: &out)
        }
        WireBytes.append("data: [DONE]\n\n", to: &out)
    }

    /// An error has ended the stream: nothing follows it.
    mutating func fail() {
        hasEnded = true
    }

    // MARK: Chunks

    private static let choiceHead: StaticString = #""choices":[{"index":"#

    private mutating func begin(_ start: AnswerStart, into out: inout [UInt8]) {
        if head.isEmpty {
            WireBytes.append(#"data: {"id":"#, to: &head)
            WireBytes.appendQuoted(start.isKnown ? start.id ?? "" : OpenAIAnswerWriter.id(start.id), to: &head)
            WireBytes.append(#","object":"chat.completion.chunk","created":"#, to: &head)
            WireBytes.append(start.created ?? context.created, to: &head)
            WireBytes.append(#","model":"#, to: &head)
            let model = start.model.flatMap { $0.isEmpty ? nil : $0 }
            WireBytes.appendQuoted(model ?? context.requestedModel, to: &head)
            WireBytes.append(",", to: &head)
            WireBytes.append(Self.choiceHead, to: &head)
            WireBytes.append(#","logprobs":null,"finish_reason":"#, to: &tail)
        }
        _ = choice(0, into: &out)
    }

    /// The place of a choice, whose first chunk says who speaks.
    private mutating func choice(_ index: Int, into out: inout [UInt8]) -> Int {
        if let place = choices.firstIndex(where: { $0.index == index }) { return place }
        choices.append(Choice(index: index))
        if head.isEmpty { begin(AnswerStart(), into: &out) }
        chunk(index, into: &out) { WireBytes.append(#""role":"assistant","content":"""#, to: &$0) }
        return choices.count - 1
    }

    private func chunk(_ choice: Int, stop: String? = nil, into out: inout [UInt8], _ delta: (inout [UInt8]) -> Void) {
        out.append(contentsOf: head)
        WireBytes.append(choice, to: &out)
        WireBytes.append(#","delta":{"#, to: &out)
        delta(&out)
        WireBytes.append("}", to: &out)
        out.append(contentsOf: tail)
        if let stop { WireBytes.appendQuoted(stop, to: &out) } else { WireBytes.append("null", to: &out) }
        WireBytes.append("}]", to: &out)
        if context.includeUsage { WireBytes.append(#","usage":null"#, to: &out) }
        WireBytes.append("}\n\n", to: &out)
    }

    // MARK: Deltas

    private mutating func open(_ channel: AnswerChannel, _ kind: AnswerBlock.Kind, into out: inout [UInt8]) {
        let place = choice(channel.choice, into: &out)
        switch kind {
        case .text: return
        case .refusal: refusals.insert(channel)
        case .reasoning:
            reasoning = Reasoning(channel: channel, index: details)
            details += 1
        case .redactedReasoning(let data):
            let index = details
            details += 1
            chunk(channel.choice, into: &out) { delta in
                WireBytes.append(#""reasoning_details":[{"type":"reasoning.encrypted","data":"#, to: &delta)
                WireBytes.appendQuoted(data, to: &delta)
                Self.endDetail(index, isFirst: true, &delta)
            }
        case .toolCall(let id, let name):
            let index = choices[place].tools.count
            choices[place].tools.append(Tool(channel: channel, index: index))
            guard !context.usesFunctions || index == 0 else { return }
            call(channel.choice, index: index, id: id, name: context.clientName(name), into: &out)
        }
    }

    private func call(_ choice: Int, index: Int, id: String, name: String, into out: inout [UInt8]) {
        let usesFunctions = context.usesFunctions
        chunk(choice, into: &out) { delta in
            if usesFunctions {
                WireBytes.append(#""function_call":{"name":"#, to: &delta)
                WireBytes.appendQuoted(name, to: &delta)
                WireBytes.append(#","arguments":""}"#, to: &delta)
                return
            }
            WireBytes.append(#""tool_calls":[{"index":"#, to: &delta)
            WireBytes.append(index, to: &delta)
            WireBytes.append(#","id":"#, to: &delta)
            WireBytes.appendQuoted(id.isEmpty ? "call_" + AnswerID.random() : id, to: &delta)
            WireBytes.append(#","type":"function","function":{"name":"#, to: &delta)
            WireBytes.appendQuoted(name, to: &delta)
            WireBytes.append(#","arguments":""}}]"#, to: &delta)
        }
    }

    private mutating func say(_ channel: AnswerChannel, _ text: String, into out: inout [UInt8]) {
        guard !text.isEmpty else { return }
        let place = choice(channel.choice, into: &out)
        if channel.kind == .toolArguments {
            guard let tool = choices[place].tools.lastIndex(where: { $0.channel == channel }) else { return }
            choices[place].tools[tool].hasArguments = true
            arguments(channel.choice, tool, text, into: &out)
        } else if channel.kind == .reasoning {
            think(channel, text, into: &out)
        } else {
            let isRefusal = !refusals.isEmpty && refusals.contains(channel)
            chunk(channel.choice, into: &out) { delta in
                WireBytes.append(isRefusal ? #""refusal":"# : #""content":"#, to: &delta)
                WireBytes.appendQuoted(text, to: &delta)
            }
        }
    }

    private func arguments(_ choice: Int, _ index: Int, _ text: String, into out: inout [UInt8]) {
        let usesFunctions = context.usesFunctions
        guard !usesFunctions || index == 0 else { return }
        chunk(choice, into: &out) { delta in
            if usesFunctions {
                WireBytes.append(#""function_call":{"arguments":"#, to: &delta)
                WireBytes.appendQuoted(text, to: &delta)
                WireBytes.append("}", to: &delta)
                return
            }
            WireBytes.append(#""tool_calls":[{"index":"#, to: &delta)
            WireBytes.append(index, to: &delta)
            WireBytes.append(#","function":{"arguments":"#, to: &delta)
            WireBytes.appendQuoted(text, to: &delta)
            WireBytes.append("}}]", to: &delta)
        }
    }

    /// Reasoning goes out twice: as text for people, and in the list that brings the signature back.
    private mutating func think(_ channel: AnswerChannel, _ text: String, into out: inout [UInt8]) {
        if reasoning?.channel == channel { reasoning?.hash.add(text) }
        let index = reasoning?.index ?? 0
        let isFirst = reasoning?.hasBegun != true
        reasoning?.hasBegun = true
        chunk(channel.choice, into: &out) { delta in
            WireBytes.append(#""reasoning_content":"#, to: &delta)
            WireBytes.appendQuoted(text, to: &delta)
            WireBytes.append(#","reasoning_details":[{"type":"reasoning.text","text":"#, to: &delta)
            WireBytes.appendQuoted(text, to: &delta)
            Self.endDetail(index, isFirst: isFirst, &delta)
        }
    }

    private func sign(_ channel: AnswerChannel, _ signature: AnswerSignature, into out: inout [UInt8]) {
        guard let reasoning, reasoning.channel == channel, reasoning.hash == signature.hash else { return }
        chunk(channel.choice, into: &out) { delta in
            WireBytes.append(#""reasoning_details":[{"type":"reasoning.text","text":"","signature":"#, to: &delta)
            WireBytes.appendQuoted(signature.text, to: &delta)
            Self.endDetail(reasoning.index, isFirst: !reasoning.hasBegun, &delta)
        }
    }

    /// Ends a reasoning detail; what never changes stands in the first piece alone, since libraries join strings.
    private static func endDetail(_ index: Int, isFirst: Bool, _ delta: inout [UInt8]) {
        if isFirst { WireBytes.append(#","format":"anthropic-claude-v1""#, to: &delta) }
        WireBytes.append(#","index":"#, to: &delta)
        WireBytes.append(index, to: &delta)
        WireBytes.append("}]", to: &delta)
    }

    private func finish(_ choice: Choice, into out: inout [UInt8]) {
        for tool in choice.tools where !tool.hasArguments {
            // A call without arguments has an empty object of them.
            arguments(choice.index, tool.index, "{}", into: &out)
        }
        let stop = (choice.stop ?? .end).fitting(hasToolCalls: !choice.tools.isEmpty)
        chunk(choice.index, stop: stop.openAI(usesFunctions: context.usesFunctions), into: &out) { _ in }
    }
}
