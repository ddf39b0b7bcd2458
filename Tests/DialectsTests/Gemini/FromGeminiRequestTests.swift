import Dialects
import JSON
import Testing

@Suite("Requests of Gemini's clients")
struct FromGeminiRequestTests {
    private static let everything =
        ##"{"systemInstruction":{"parts":[{"text":"Be brief."}]},"contents":[{"role":"user","parts":[{"text":"Hi"},{"inlineData":{"mimeType":"image/png","data":"iVB"}},{"inline_data":{"mime_type":"audio/wav","data":"UklG"}}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{"a":1}}},{"functionCall":{"name":"f","args":{"a":2}}}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"result":"one"}}},{"functionResponse":{"name":"f","response":{"error":"two"}}},{"text":"go on"}]}],"tools":[{"functionDeclarations":[{"name":"f","description":"d","parameters":{"type":"OBJECT","properties":{"a":{"type":"INTEGER","nullable":true},"l":{"type":"ARRAY","minItems":"2","items":{"type":"STRING"}}},"propertyOrdering":["a","l"]}},{"name":"g","parametersJsonSchema":{"type":"object","properties":{"x":{"$ref":"#/$defs/y"}},"$defs":{"y":{"type":"string"}}}}]}],"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}},"generationConfig":{"temperature":0.5,"topP":0.9,"topK":40,"maxOutputTokens":500,"stopSequences":["s"],"seed":7,"presencePenalty":0.5,"thinkingConfig":{"thinkingBudget":2048,"includeThoughts":true}},"safetySettings":[{"category":"X","threshold":"Y"}]}"##

    private static let thoughts = "generationConfig.thinkingConfig.includeThoughts"

    @Test("to OpenAI")
    func toOpenAI() throws {
        let (root, lossy, _) = try GeminiSample.request(
            Self.everything,
            from: .gemini,
            to: .openAIChat,
            model: "gpt-oss",
            stream: true
        )
        let named: Set = ["safetySettings", "top_k", "contents[].parts[].functionResponse.response.error"]
        // Nobody can be asked for thoughts in Chat Completions; they come unasked or not at all.
        #expect(Set(lossy).subtracting(["generationConfig.thinkingConfig"]) == named.union([Self.thoughts]))
        #expect(root["model"]?.string == "gpt-oss" && root["stream"]?.boolean == true)
        let messages = try #require(root["messages"])
        #expect(
            messages.elements.map { $0["role"]?.string } == ["system", "user", "assistant", "tool", "tool", "user"]
        )
        #expect(messages[1]?["content"]?[1]?["image_url"]?["url"]?.string == "data:image/png;base64,iVB")
        #expect(messages[1]?["content"]?[2]?["input_audio"]?.json == #"{"data":"UklG","format":"wav"}"#)
        let ids = try #require(messages[2]?["tool_calls"]).elements.map { $0["id"]?.string }
        #expect(Set(ids).count == 2)
        #expect(messages[2]?["tool_calls"]?[1]?["function"]?["arguments"]?.string == #"{"a":2}"#)
        #expect([messages[3], messages[4]].map { $0?["tool_call_id"]?.string } == ids)
        #expect([messages[3], messages[4]].map { $0?["content"]?.string } == ["one", "two"])
        #expect(
            root["tools"]?[0]?["function"]?["parameters"]?.json
                == #"{"type":"object","properties":{"a":{"type":["integer","null"]},"l":{"type":"array","minItems":2,"items":{"type":"string"}}}}"#
        )
        #expect(root["tools"]?[1]?["function"]?["parameters"]?["$defs"] != nil)
        #expect(root["tool_choice"]?["function"]?["name"]?.string == "f")
        #expect(root["seed"]?.integer == 7 && root["presence_penalty"]?.double == 0.5)
    }

    @Test("to Anthropic")
    func toAnthropic() throws {
        let (root, lossy, _) = try GeminiSample.request(
            Self.everything.replacing(#""mode":"ANY""#, with: #""mode":"AUTO""#),
            from: .gemini,
            to: .anthropicMessages,
            model: "claude-3-5-sonnet"
        )
        let named: Set = ["safetySettings", "contents[].parts[].inlineData", "generationConfig.seed"]
        #expect(Set(lossy).isSuperset(of: named))
        let messages = try #require(root["messages"])
        #expect(messages.elements.map { $0["role"]?.string } == ["user", "assistant", "user"])
        let calls = try #require(messages[1]?["content"])
        let results = try #require(messages[2]?["content"])
        #expect(calls[0]?["id"]?.string == results[0]?["tool_use_id"]?.string)
        #expect(calls[1]?["id"]?.string == results[1]?["tool_use_id"]?.string)
        #expect(results[1]?["is_error"]?.boolean == true)
        #expect(results[2]?["text"]?.string == "go on")
        #expect(root["system"]?.string == "Be brief.")
        #expect(root["top_k"] != nil || lossy.contains("top_k"))
    }

    @Test("one value where a list belongs, and the other names of members")
    func loose() throws {
        let (root, lossy, _) = try GeminiSample.request(
            #"{"system_instruction":{"parts":{"text":"S"}},"contents":{"parts":{"text":"Hi"}},"generation_config":{"max_output_tokens":"50","stop_sequences":["x"],"response_mime_type":"application/json"}}"#,
            from: .gemini,
            to: .openAIChat
        )
        #expect(lossy.isEmpty)
        #expect(root["messages"]?.elements.map { $0["content"]?.string } == ["S", "Hi"])
        #expect(root["max_tokens"]?.integer == 50 && root["stop"]?[0]?.string == "x")
        #expect(root["response_format"]?["type"]?.string == "json_object")
    }

    @Test("pieces of a streamed answer come back as one")
    func pieces() throws {
        let (root, _, _) = try GeminiSample.request(
            #"{"contents":[{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"text":"b"}]},{"role":"model","parts":[{"text":"c"}]},{"role":"model","parts":[{"text":""}]},{"role":"user","parts":[{"text":"d"}]}]}"#,
            from: .gemini,
            to: .openAIChat
        )
        #expect(root["messages"]?.elements.map { $0["content"]?.string } == ["a", "bc", "d"])
    }

    @Test(
        "what contradicts itself is refused under the client's own name",
        arguments: [
            (#"{"contents":[]}"#, "contents"), (#"{"generationConfig":{}}"#, "contents"),
            (#"{"contents":[{"role":"bot","parts":[{"text":"x"}]}]}"#, "contents[0].role"),
            (
                #"{"contents":[{"parts":[{"text":"x"}]}],"systemInstruction":{},"system_instruction":{}}"#,
                "systemInstruction"
            ),
            (
                #"{"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"maxOutputTokens":0}}"#,
                "generationConfig.maxOutputTokens"
            ),
            (
                #"{"contents":[{"parts":[{"text":"x"}]}],"toolConfig":{"functionCallingConfig":{"mode":"ANY"}}}"#,
                "toolConfig.functionCallingConfig"
            ),
        ]
    )
    func refused(json: String, parameter: String) {
        #expect { try GeminiSample.request(json, from: .gemini, to: .openAIChat) } throws: { error in
            (error as? DialectError)?.parameter == parameter
        }
    }

    @Test("reasoning controls", arguments: [("0", nil), ("-1", "medium"), ("20000", "high")])
    func reasoning(budget: String, effort: String?) throws {
        let (root, _, _) = try GeminiSample.request(
            GeminiSample.hello(
                .gemini,
                extra: #","generationConfig":{"thinkingConfig":{"thinkingBudget":\#(budget)}}"#
            ),
            from: .gemini,
            to: .openAIChat,
            model: "gpt-5"
        )
        #expect(root["reasoning_effort"]?.string == effort)
    }

    @Test(
        "paths name the model",
        arguments: [
            ("gemini-2.5-pro:generateContent", "gemini-2.5-pro", ModelPath.Action.generate),
            ("acme/m1:streamGenerateContent", "acme/m1", .stream), ("acme%2Fm1:countTokens", "acme/m1", .count),
            ("ollama/llama3:8b:generateContent", "ollama/llama3:8b", .generate),
            ("models/x%3AgenerateContent", "x", .generate),
        ]
    )
    func paths(text: String, model: String, action: ModelPath.Action) {
        #expect(ModelPath(text[...]) == ModelPath(model: model, action: action))
    }

    @Test("what is no such path", arguments: ["gemini", "x:embedContent", ":generateContent", "%zz:generateContent"])
    func badPaths(text: String) {
        #expect(ModelPath(text[...]) == nil)
    }

    @Test("the upstream's path")
    func upstreamPath() {
        #expect(Dialect.gemini.requestPath(model: "models/g 1", isStream: false) == "/models/g%201:generateContent")
        #expect(
            Dialect.gemini.requestPath(model: "a/../b?c", isStream: true)
                == "/models/a/%2E%2E/b%3Fc:streamGenerateContent?alt=sse"
        )
        #expect(Dialect.openAIChat.requestPath(model: "m", isStream: true) == "/chat/completions")
    }
}
