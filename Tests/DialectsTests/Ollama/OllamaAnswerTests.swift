import Contracts
import Dialects
import JSON
import TestSupport
import Testing

@Suite("Answers from and to Ollama")
struct OllamaAnswerTests {
    private func fixture(_ name: String) throws -> String {
        String(decoding: try Fixture.bytes(name), as: UTF8.self)
    }

    @Test("calls, thinking and usage for OpenAI's clients; probabilities are named")
    func toOpenAI() throws {
        let (root, lossy) = try Translating.answer(fixture("ollama-tools.json"), from: .ollama, to: .openAIChat)
        let message = try #require(root["choices"]?[0]?["message"])
        #expect(message["content"]?.string == "I look." && message["reasoning_content"]?.string == "I need both.")
        let calls = try #require(message["tool_calls"])
        #expect(calls.count == 2 && calls[1]?["id"]?.string == "own-7")
        #expect(calls[0]?["id"]?.string?.hasPrefix("call_") == true)
        let arguments = try JSONDocument(Array(try #require(calls[0]?["function"]?["arguments"]?.string).utf8)).root
        #expect(arguments["location"]?.string == "Paris, \"France\"" && arguments["days"]?.integer == 3)
        #expect(root["choices"]?[0]?["finish_reason"]?.string == "tool_calls" && lossy == ["logprobs"])
        #expect(root["usage"]?["prompt_tokens"]?.integer == 120 && root["usage"]?["completion_tokens"]?.integer == 55)
    }

    @Test("every client is told the same", arguments: [Dialect.anthropicMessages, .openAIResponses, .gemini])
    func toOthers(client: Dialect) throws {
        let (root, _) = try Translating.answer(fixture("ollama-structured.json"), from: .ollama, to: client)
        let text =
            root["content"]?[0]?["text"] ?? root["output"]?[0]?["content"]?[0]?["text"]
            ?? root["candidates"]?[0]?["content"]?["parts"]?[0]?["text"]
        #expect(text?.string == #"{"age": 7, "name": "Ada"}"#)
    }

    @Test("what the router reads of a body")
    func facts() throws {
        let facts = UnaryFacts.read(try Fixture.bytes("ollama-text.json"), dialect: .ollama)
        #expect(facts.fault == nil && facts.usage == TokenUsage(input: 26, output: 298) && facts.stopReason == "stop")
        let fault = UnaryFacts.read(Array(#"{"error":"model 'x' not found"}"#.utf8), dialect: .ollama).fault
        #expect(fault?.message == "model 'x' not found")
        let missing = UpstreamFault.read(
            status: 404,
            body: Array(#"{"error":"model 'x' not found"}"#.utf8),
            dialect: .ollama
        )
        #expect(missing.kind == .modelNotFound && missing.isDialectShaped)
    }

    @Test(
        "answers of the others, for Ollama's clients",
        arguments: [
            ("openai-tools", Dialect.openAIChat), ("openai-reasoning", .openAIChat), ("openai-text", .openAIChat),
            ("anthropic-tools", .anthropicMessages), ("anthropic-thinking-cache", .anthropicMessages),
            ("responses-tools", .openAIResponses), ("gemini-tools", .gemini),
        ]
    )
    func toOllama(name: String, upstream: Dialect) throws {
        let json = try fixture("\(name).json")
        let (root, _) = try Translating.answer(json, from: upstream, to: .ollama)
        let (known, _) =
            upstream == .openAIChat
            ? (try JSONDocument(Array(json.utf8)).root, [])
            : try Translating.answer(json, from: upstream, to: .openAIChat)
        let message = try #require(known["choices"]?[0]?["message"])
        #expect(root["message"]?["role"]?.string == "assistant" && root["done"]?.boolean == true)
        #expect(root["message"]?["content"]?.string == message["content"]?.string ?? "")
        #expect(root["message"]?["thinking"]?.string == message["reasoning_content"]?.string)
        let calls = root["message"]?["tool_calls"]?.elements.map { $0["function"]?["name"]?.string } ?? []
        let expected = message["tool_calls"]?.elements.map { $0["function"]?["name"]?.string } ?? []
        #expect(calls == expected)
        for call in root["message"]?["tool_calls"]?.elements ?? root.elements {
            #expect(call["function"]?["arguments"]?.kind == .object)
        }
        let usage = try #require(UnaryFacts.read(Array(root.json.utf8), dialect: .ollama).usage)
        #expect(usage.input == known["usage"]?["prompt_tokens"]?.integer)
        #expect(usage.output == known["usage"]?["completion_tokens"]?.integer)
    }

    @Test("in its own dialect only a text that was replaced changes")
    func replaced() throws {
        let json = try fixture("ollama-tools.json")
        var answer = try AnswerTranslation.read(Array(json.utf8), from: .ollama)
        #expect(answer.texts.map(\.channel.kind) == [.reasoning, .text, .toolArguments, .toolArguments])
        var lossy: [String] = []
        let context = try Translating.context(.ollama)
        #expect(AnswerTranslation.write(answer, as: .ollama, context, lossy: &lossy) == Array(json.utf8))
        answer.replaceText(at: 1, with: "**")
        let changed = try JSONDocument(AnswerTranslation.write(answer, as: .ollama, context, lossy: &lossy)).root
        #expect(changed["message"]?["content"]?.string == "**" && changed["total_duration"]?.integer == 5)
        // They say the text again.
        #expect(changed["logprobs"] == nil && lossy == [])
    }

    @Test("an error has the form that Ollama's libraries read")
    func errors() throws {
        let error = ClientError(.notFound, "there is no such model", code: "model_not_found", parameter: "model")
        let root = try JSONDocument(ErrorBody.json(error, dialect: .ollama)).root
        #expect(root["error"]?.string == "there is no such model" || root["error"]?.string?.contains("model") == true)
        #expect(root["code"]?.string == "model_not_found" && error.status(.ollama) == 404)
    }

    @Test("models: the list, and what one is")
    func models() throws {
        let model = ModelEntry(id: "acme/small", name: "Small", owner: "acme", created: 0)
        let list = try JSONDocument(ModelList.json([model], dialect: .ollama)).root
        #expect(
            list["models"]?[0]?["name"]?.string == "acme/small" && list["models"]?[0]?["model"]?.string == "acme/small"
        )
        let shown = try JSONDocument(OllamaModels.shown(model, contextWindow: 8192)).root
        #expect(shown["model_info"]?["keirouter.context_length"]?.integer == 8192)
        #expect(shown["capabilities"]?.elements.compactMap(\.string).contains("tools") == true)
        #expect(try OllamaModels.asked(JSONDocument(Array(#"{"name":"acme/small"}"#.utf8))) == "acme/small")
        #expect(throws: DialectError.self) { try OllamaModels.asked(JSONDocument(Array("{}".utf8))) }
    }
}
