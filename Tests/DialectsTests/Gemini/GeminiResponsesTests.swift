import Contracts
import Dialects
import JSON
import TestSupport
import Testing

@Suite("Gemini and OpenAI's Responses, one for the other")
struct GeminiResponsesTests {
    private static let pixel = "iVBORw0KGgo="
    private static let schema =
        #"{"type":"object","properties":{"answer":{"type":"string"}},"required":["answer"],"additionalProperties":false}"#

    // MARK: Requests

    @Test("a request of Responses at Gemini")
    func toGemini() throws {
        let json =
            #"{"model":"m","instructions":"Be brief.","max_output_tokens":900,"top_logprobs":2,"parallel_tool_calls":false,"reasoning":{"effort":"low","summary":"auto"},"text":{"verbosity":"low","format":{"type":"json_schema","name":"a","strict":true,"schema":\#(Self.schema)}},"tools":[{"type":"function","name":"f","description":"D","strict":true,"parameters":{"type":"object","properties":{"a":{"type":["integer","null"]}}}},{"type":"custom","name":"patch"},{"type":"web_search"}],"tool_choice":{"type":"function","name":"f"},"input":[{"role":"user","content":[{"type":"input_text","text":"Look"},{"type":"input_image","image_url":"data:image/png;base64,\#(Self.pixel)"},{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,JVBE"}]},{"type":"function_call","call_id":"call_1","name":"f","arguments":"{\"a\":1}"},{"type":"custom_tool_call","call_id":"call_2","name":"patch","input":"+ \"x\""},{"type":"function_call_output","call_id":"call_1","output":"one"},{"type":"custom_tool_call_output","call_id":"call_2","output":[{"type":"input_text","text":"two"},{"type":"input_image","image_url":"data:image/png;base64,\#(Self.pixel)"}]},{"role":"user","content":"And?"}]}"#
        let (root, lossy, context) = try GeminiSample.request(
            json,
            from: .openAIResponses,
            to: .gemini,
            model: "gemini-3-pro-preview"
        )
        #expect(root["systemInstruction"]?["parts"]?[0]?["text"]?.string == "Be brief.")
        let contents = try #require(root["contents"])
        #expect(contents.elements.map { $0["role"]?.string } == ["user", "model", "user"])
        let asked = try #require(contents[0]?["parts"])
        #expect(asked[1]?["inlineData"]?["mimeType"]?.string == "image/png")
        #expect(asked[2]?["inlineData"]?["mimeType"]?.string == "application/pdf")
        let calls = try #require(contents[1]?["parts"]).elements.compactMap { $0["functionCall"] }
        #expect(calls.map { $0["name"]?.string } == ["f", "patch"])
        #expect(calls[0]["args"]?["a"]?.integer == 1 && calls[1]["args"]?["input"]?.string == "+ \"x\"")
        let results = try #require(contents[2]?["parts"])
        #expect(results[0]?["functionResponse"]?["response"]?["result"]?.string == "one")
        #expect(results[1]?["functionResponse"]?["name"]?.string == "patch")
        #expect(results.elements.contains { $0["inlineData"]?["data"]?.string == Self.pixel })
        let functions = try #require(root["tools"]?[0]?["functionDeclarations"])
        #expect(functions.elements.map { $0["name"]?.string } == ["f", "patch"])
        let parameter = functions[0]?["parameters"]?["properties"]?["a"]
        #expect(parameter?["type"]?.string == "INTEGER" && parameter?["nullable"]?.boolean == true)
        #expect(root["toolConfig"]?["functionCallingConfig"]?["allowedFunctionNames"]?[0]?.string == "f")
        let generation = try #require(root["generationConfig"])
        #expect(generation["maxOutputTokens"]?.integer == 900)
        #expect(generation["thinkingConfig"]?["thinkingLevel"]?.string == "low")
        #expect(generation["responseMimeType"]?.string == "application/json")
        #expect(generation["responseSchema"]?["properties"]?["answer"]?["type"]?.string == "STRING")
        #expect(generation["logprobs"] == nil)
        let named: Set = [
            "top_logprobs", "parallel_tool_calls", "text.verbosity", "tools[].strict", "tools[].web_search",
        ]
        #expect(Set(lossy).isSuperset(of: named))
        #expect(context.requestedModel == "m")
    }

    @Test("a request of Gemini's at Responses")
    func toResponses() throws {
        let json =
            #"{"systemInstruction":{"parts":[{"text":"Be brief."}]},"contents":[{"role":"user","parts":[{"text":"Look"},{"inlineData":{"mimeType":"image/png","data":"\#(Self.pixel)"}},{"inlineData":{"mimeType":"audio/wav","data":"UklG"}}]},{"role":"model","parts":[{"text":"I look."},{"functionCall":{"name":"f","args":{"a":1}}},{"functionCall":{"name":"f","args":{"a":2}}}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"result":"one"}}},{"functionResponse":{"name":"f","response":{"error":"two"}}}]}],"tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT","properties":{"a":{"type":"INTEGER"}}}},{"name":"g"}]}],"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}},"generationConfig":{"maxOutputTokens":500,"seed":7,"stopSequences":["x"],"topK":4,"responseMimeType":"application/json","responseSchema":{"type":"OBJECT","properties":{"answer":{"type":"STRING"}},"required":["answer"]},"thinkingConfig":{"thinkingLevel":"HIGH","includeThoughts":true}}}"#
        let (root, lossy, _) = try GeminiSample.request(
            json,
            from: .gemini,
            to: .openAIResponses,
            model: "gpt-5",
            stream: true
        )
        #expect(root["model"]?.string == "gpt-5" && root["stream"]?.boolean == true)
        #expect(root["store"]?.boolean == false && root["instructions"]?.string == "Be brief.")
        #expect(root["include"]?[0]?.string == "reasoning.encrypted_content")
        #expect(root["reasoning"]?["effort"]?.string == "high" && root["max_output_tokens"]?.integer == 500)
        let items = try #require(root["input"]).elements.map { $0 }
        #expect(items[0]["content"]?[1]?["image_url"]?.string == "data:image/png;base64,\(Self.pixel)")
        #expect(items[1]["content"]?.string == "I look.")
        let calls = items.filter { $0["type"]?.string == "function_call" }
        #expect(calls.map { $0["arguments"]?.string } == [#"{"a":1}"#, #"{"a":2}"#])
        let results = items.filter { $0["type"]?.string == "function_call_output" }
        #expect(results.map { $0["output"]?.string } == ["one", "two"])
        #expect(results.map { $0["call_id"]?.string } == calls.map { $0["call_id"]?.string })
        #expect(Set(calls.compactMap { $0["call_id"]?.string }).count == 2)
        #expect(root["tools"]?[0]?["parameters"]?["properties"]?["a"]?["type"]?.string == "integer")
        #expect(root["tool_choice"]?["name"]?.string == "f")
        let format = root["text"]?["format"]
        #expect(format?["type"]?.string == "json_schema")
        #expect(format?["schema"]?["properties"]?["answer"]?["type"]?.string == "string")
        let named: Set = [
            "generationConfig.seed", "generationConfig.stopSequences", "contents[].parts[].inlineData",
        ]
        #expect(Set(lossy).isSuperset(of: named))
    }

    @Test("probabilities: a number of them alone is no wish that others understand", arguments: [false, true])
    func probabilities(isWhole: Bool) throws {
        let wish = isWhole ? #","logprobs":true"# : ""
        let chat = #"{"model":"m","messages":[{"role":"user","content":"x"}],"top_logprobs":3\#(wish)}"#
        let (root, lossy, _) = try GeminiSample.request(chat, from: .openAIChat, to: .gemini)
        #expect((root["generationConfig"]?["logprobs"]?.integer == 3) == isWhole)
        #expect(lossy.contains("top_logprobs") == !isWhole)
        let responses = #"{"model":"m","input":"x","top_logprobs":3}"#
        let sent = try Translating.request(responses, from: .openAIResponses, to: .openAIChat)
        #expect(sent.root["top_logprobs"] == nil && sent.lossy.contains("top_logprobs"))
    }

    // MARK: Answers

    @Test("whole answers of Gemini's for clients of Responses")
    func answerToResponses() throws {
        let json = String(decoding: try Fixture.bytes("gemini-tools.json"), as: UTF8.self)
        let (root, _) = try Translating.answer(json, from: .gemini, to: .openAIResponses)
        #expect(root["status"]?.string == "completed")
        let items = try #require(root["output"]).elements.map { $0 }
        let kinds = items.compactMap { $0["type"]?.string }
        #expect(kinds == ["reasoning", "message", "reasoning", "function_call", "function_call"])
        #expect(items[0]["summary"]?[0]?["text"]?.string == "First, \"second\".")
        #expect(items[1]["content"]?[0]?["text"]?.string == "I look.")
        #expect(items[2]["encrypted_content"]?.string?.hasSuffix("call:Eq+QB/CgIY==") == true)
        #expect(items[4]["call_id"]?.string == "own-7" && items[4]["arguments"]?.string == "{}")
        let facts = UnaryFacts.read(Array(root.json.utf8), dialect: .openAIResponses)
        #expect(facts.fault == nil)
        let usage = try #require(UnaryFacts.read(Array(json.utf8), dialect: .gemini).usage)
        #expect(facts.usage?.output == usage.output && facts.usage?.reasoning == usage.reasoning)
        #expect(facts.usage?.input == usage.input && facts.usage?.cacheRead == usage.cacheRead)
    }

    @Test(
        "whole answers of Responses for Gemini's clients",
        arguments: [
            ("responses-text", "STOP"), ("responses-tools", "STOP"), ("responses-reasoning", "STOP"),
            ("responses-refusal", "SAFETY"), ("responses-incomplete", "MAX_TOKENS"),
        ]
    )
    func answerToGemini(name: String, reason: String) throws {
        let json = String(decoding: try Fixture.bytes("\(name).json"), as: UTF8.self)
        let (root, _) = try Translating.answer(json, from: .openAIResponses, to: .gemini)
        let candidate = try #require(root["candidates"]?[0])
        #expect(candidate["finishReason"]?.string == reason)
        let parts = try #require(candidate["content"]?["parts"]).elements.map { $0 }
        let source = try JSONDocument(Array(json.utf8)).root["output"]?.elements.map { $0 } ?? []
        let calls = source.filter { $0["type"]?.string == "function_call" }
        #expect(parts.compactMap { $0["functionCall"]?["name"]?.string } == calls.compactMap { $0["name"]?.string })
        let signed = source.filter { ($0["encrypted_content"]?.string ?? "").isEmpty == false }
        #expect(parts.filter { $0["thoughtSignature"] != nil }.count == signed.count)
        let facts = UnaryFacts.read(Array(root.json.utf8), dialect: .gemini)
        let usage = try #require(UnaryFacts.read(Array(json.utf8), dialect: .openAIResponses).usage)
        #expect(facts.usage?.output == usage.output && facts.usage?.reasoning == usage.reasoning)
        #expect(facts.usage?.input == usage.input && facts.usage?.cacheRead == usage.cacheRead)
    }

    @Test("a tool that takes free text comes back as one", arguments: [1, 7, 4096])
    func custom(size: Int) throws {
        let request = #"{"model":"m","stream":true,"input":"x","tools":[{"type":"custom","name":"patch"}]}"#
        let context = try GeminiSample.request(request, from: .openAIResponses, to: .gemini).context
        let frame = GeminiSample.frame(
            #"{"functionCall":{"name":"patch","args":{"input":"+ \"é\"\n日本"}}}"#,
            finish: "STOP"
        )
        let bytes = Translating.stream([frame], from: .gemini, to: .openAIResponses, context) { event in
            guard case .text(let channel, let text) = event else { return [event] }
            var rest = Substring(text)
            var pieces: [AnswerEvent] = []
            while !rest.isEmpty {
                pieces.append(.text(channel, String(rest.prefix(size))))
                rest = rest.dropFirst(size)
            }
            return pieces
        }
        let grammar = StreamGrammar.responses(bytes)
        #expect(grammar.problems == [])
        #expect(grammar.answer.toolCalls.map(\.arguments) == ["+ \"é\"\n日本"])
        #expect(String(decoding: bytes, as: UTF8.self).contains("custom_tool_call_input.delta"))
    }

    // MARK: Errors

    @Test("a failure of one is told in the words of the other")
    func errors() throws {
        let google =
            #"{"error":{"code":429,"message":"Quota exceeded.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34s"}]}}"#
        let fault = UpstreamFault.read(status: 429, body: Array(google.utf8), dialect: .gemini)
        #expect(fault.kind == .rateLimited && fault.retryAfter == 34 && fault.isDialectShaped)
        let told = try JSONDocument(ErrorBody.json(ClientError(fault), dialect: .openAIResponses)).root["error"]
        #expect(told?["type"]?.string == "rate_limit_error" && told?["message"]?.string?.isEmpty == false)
        let openAI = #"{"error":{"message":"No such model.","type":"invalid_request_error","code":"model_not_found"}}"#
        let other = UpstreamFault.read(status: 404, body: Array(openAI.utf8), dialect: .openAIResponses)
        let said = try JSONDocument(ErrorBody.json(ClientError(other), dialect: .gemini)).root["error"]
        #expect(said?["code"]?.integer == ClientError(other).status(.gemini))
        #expect(said?["status"]?.string?.isEmpty == false && said?["message"]?.string?.isEmpty == false)
    }

    @Test(
        "a stream that ends anywhere before its end says so, and what came before is whole",
        arguments: [
            ("gemini-tools", Dialect.gemini, Dialect.openAIResponses), ("gemini-text", .gemini, .openAIResponses),
            ("responses-tools", .openAIResponses, .gemini), ("responses-reasoning", .openAIResponses, .gemini),
            ("responses-custom", .openAIResponses, .gemini),
        ]
    )
    func cut(name: String, upstream: Dialect, client: Dialect) throws {
        let frames = try Fixture.frames("\(name).sse")
        let context = try GeminiSample.context(client, from: upstream)
        for count in 1..<frames.count {
            let kept = Array(frames.prefix(count))
            let grammar = GeminiSample.grammar(Translating.stream(kept, from: upstream, to: client, context), client)
            #expect(grammar.answer.error != nil, "after \(count) frames")
            #expect(grammar.answer.stopReason == nil, "after \(count) frames")
            #expect(grammar.problems == [], "after \(count) frames")
        }
        let whole = GeminiSample.grammar(Translating.stream(frames, from: upstream, to: client, context), client)
        #expect(whole.problems == [] && whole.answer.error == nil && whole.answer.hasUsage)
    }

    @Test(
        "streams that fail at their provider",
        arguments: ["responses-failed", "responses-error-first", "responses-cut"]
    )
    func failing(name: String) throws {
        let frames = try Fixture.frames("\(name).sse")
        let context = try GeminiSample.context(.gemini, from: .openAIResponses)
        let grammar = StreamGrammar.gemini(Translating.stream(frames, from: .openAIResponses, to: .gemini, context))
        #expect(grammar.answer.error != nil && grammar.problems == [])
    }
}
