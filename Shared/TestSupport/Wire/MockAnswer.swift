import JSON

/// What a model says, before it is put on a wire.
package struct MockAnswer: Sendable {
    /// A call of a tool, its arguments in the pieces they are streamed in.
    package struct ToolCall: Sendable {
        package var id: String
        package var name: String
        package var arguments: [String]

        package init(id: String, name: String, arguments: [String]) {
            self.id = id
            self.name = name
            self.arguments = arguments
        }
    }

    /// Reasoning before the answer, in pieces, with the provider's signature and a redacted part.
    package struct Reasoning: Sendable {
        package var text: [String]
        package var signature: String
        package var redacted: String?

        package init(text: [String], signature: String, redacted: String? = nil) {
            self.text = text
            self.signature = signature
            self.redacted = redacted
        }
    }

    package var reasoning: Reasoning?
    package var text: [String]
    package var tools: [ToolCall]
    package var usage: MockUsage

    package init(
        text: [String] = ["Hello", ", it is – \"error\" – ", "日本 🙂", "."],
        tools: [ToolCall] = [],
        reasoning: Reasoning? = nil,
        usage: MockUsage = MockUsage()
    ) {
        self.text = text
        self.tools = tools
        self.reasoning = reasoning
        self.usage = usage
    }

    /// One with everything in it: reasoning, text and two calls, of which one has awkward arguments.
    package static let everything = MockAnswer(
        text: ["Let me", " look."],
        tools: [
            ToolCall(
                id: "call_01A",
                name: "get_weather",
                arguments: ["", "{\"loc", "ation\":", " \"Pa\\u0072is \\\"", "F\\\"\"}"]
            ),
            ToolCall(id: "call_01B", name: "now", arguments: ["{}"]),
        ],
        reasoning: Reasoning(
            text: ["First", "\n2. second"],
            signature: "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds+/=",
            redacted: "EmwKAhgBEgy3va3pzix"
        ),
        usage: MockUsage(input: 90, cacheRead: 400, cacheWrite5m: 30, cacheWrite1h: 20, output: 70, reasoning: 25)
    )
}

/// What a model says that it used, in classes that do not overlap; reasoning is a part of output.
package struct MockUsage: Hashable, Sendable {
    package var input: Int
    package var cacheRead: Int
    /// OpenAI's wire has no writes; they count as plain input there.
    package var cacheWrite5m: Int
    package var cacheWrite1h: Int
    package var output: Int
    package var reasoning: Int

    package init(
        input: Int = 100,
        cacheRead: Int = 0,
        cacheWrite5m: Int = 0,
        cacheWrite1h: Int = 0,
        output: Int = 50,
        reasoning: Int = 0
    ) {
        self.input = input
        self.cacheRead = cacheRead
        self.cacheWrite5m = cacheWrite5m
        self.cacheWrite1h = cacheWrite1h
        self.output = output
        self.reasoning = reasoning
    }
}

/// What both wires share.
package enum MockWire {
    /// A text as a JSON string, quotes and all.
    package static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.string(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    package static let openAIModels =
        #"{"object":"list","data":[{"id":"mock-model","object":"model","created":1700000000,"owned_by":"mock"}]}"#

    package static let anthropicModels =
        #"{"data":[{"type":"model","id":"mock-model","display_name":"Mock","created_at":"2025-01-01T00:00:00Z"}],"#
        + #""has_more":false,"first_id":"mock-model","last_id":"mock-model"}"#
}

extension MockDialect {
    /// The body of a whole response.
    package func unary(_ answer: MockAnswer, model: String) -> String {
        switch self {
        case .openAI: OpenAIWire(model: model).unary(answer)
        case .anthropic: AnthropicWire(model: model).unary(answer)
        }
    }

    /// The frames of a stream, each with its blank line.
    ///
    /// - Parameters:
    ///   - answer: What the model says.
    ///   - model: Its name.
    ///   - usage: Whether the usage was asked for; Anthropic's wire always has it.
    /// - Returns: The frames in order.
    package func frames(_ answer: MockAnswer, model: String, usage: Bool) -> [String] {
        switch self {
        case .openAI: OpenAIWire(model: model).frames(answer, usage: usage)
        case .anthropic: AnthropicWire(model: model).frames(answer)
        }
    }

    /// How many frames come before the first that holds model output.
    package var framesBeforeContent: Int { self == .openAI ? 1 : 3 }
}
