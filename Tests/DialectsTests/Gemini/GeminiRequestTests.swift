import Dialects
import JSON
import Testing

@Suite("Requests to Gemini")
struct ToGeminiRequestTests {
    private func translate(
        _ json: String,
        model: String = "gemini-2.5-flash",
        from client: Dialect = .openAIChat
    ) throws -> (root: JSONCursor, lossy: [String], context: AnswerContext) {
        try GeminiSample.request(json, from: client, to: .gemini, model: model)
    }

    @Test("messages become contents, instructions stand apart")
    func conversation() throws {
        let (root, lossy, _) = try translate(
            #"{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"developer","content":"In French."},{"role":"user","content":"Hi \"you\"\n\u00e9"},{"role":"assistant","content":"Yes?"},{"role":"user","content":[{"type":"text","text":"Look"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBOR"}},{"type":"image_url","image_url":{"url":"https://a.example/b.webp?x=1"}},{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBE"}},{"type":"input_audio","input_audio":{"data":"UklG","format":"wav"}}]}]}"#
        )
        #expect(lossy.isEmpty)
        #expect(
            root["systemInstruction"]?["parts"]?.elements.map { $0["text"]?.string } == ["Be brief.", "In French."]
        )
        let contents = try #require(root["contents"])
        #expect(contents.elements.map { $0["role"]?.string } == ["user", "model", "user"])
        #expect(contents[0]?["parts"]?[0]?["text"]?.string == "Hi \"you\"\né")
        let parts = try #require(contents[2]?["parts"])
        #expect(parts[1]?["inlineData"]?.json == #"{"mimeType":"image/png","data":"iVBOR"}"#)
        #expect(parts[2]?["fileData"]?.json == #"{"mimeType":"image/webp","fileUri":"https://a.example/b.webp?x=1"}"#)
        #expect(parts[3]?["inlineData"]?["mimeType"]?.string == "application/pdf")
        #expect(parts[4]?["inlineData"]?.json == #"{"mimeType":"audio/wav","data":"UklG"}"#)
        #expect(root["model"] == nil && root["stream"] == nil)
    }

    @Test("parameters, those of three dialects too")
    func parameters() throws {
        let (root, lossy, _) = try translate(
            #"{"model":"m","max_completion_tokens":500,"temperature":0.5,"top_p":0.9,"stop":["a","b"],"seed":7,"presence_penalty":0.5,"frequency_penalty":-0.5,"logprobs":true,"top_logprobs":3,"n":2,"logit_bias":{"1":2},"user":"u","messages":[{"role":"user","content":"x"}]}"#
        )
        let config = try #require(root["generationConfig"])
        #expect(
            config.json
                == #"{"maxOutputTokens":500,"temperature":0.5,"topP":0.9,"stopSequences":["a","b"],"seed":7,"presencePenalty":0.5,"frequencyPenalty":-0.5,"responseLogprobs":true,"logprobs":3,"candidateCount":2}"#
        )
        #expect(Set(lossy) == ["logit_bias", "user"])
    }

    @Test("tools, their choice and their results by order and name")
    func tools() throws {
        let (root, _, context) = try translate(
            #"{"model":"m","tool_choice":{"type":"function","function":{"name":"a b"}},"tools":[{"type":"function","function":{"name":"a b","description":"d","parameters":{"type":"object","properties":{"n":{"type":["integer","null"],"minimum":1}},"required":["n"],"additionalProperties":false}}},{"type":"function","function":{"name":"none"}}],"messages":[{"role":"user","content":"x"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"a b","arguments":"{\"n\":1}"}},{"id":"c2","type":"function","function":{"name":"none","arguments":""}}]},{"role":"tool","tool_call_id":"c2","content":"plain"},{"role":"tool","tool_call_id":"c1","content":"{\"ok\":true}"}]}"#
        )
        let declarations = try #require(root["tools"]?[0]?["functionDeclarations"])
        let name = try #require(declarations[0]?["name"]?.string)
        #expect(name.utf8.allSatisfy { $0 != 0x20 } && context.requestedModel == "m")
        #expect(
            declarations[0]?["parameters"]?.json
                == #"{"type":"OBJECT","properties":{"n":{"type":"INTEGER","nullable":true,"minimum":1}},"required":["n"]}"#
        )
        #expect(declarations[1]?.json == #"{"name":"none"}"#)
        #expect(
            root["toolConfig"]?["functionCallingConfig"]?.json
                == #"{"mode":"ANY","allowedFunctionNames":["\#(name)"]}"#
        )
        let contents = try #require(root["contents"])
        #expect(contents.count == 3)
        #expect(contents[1]?["parts"]?[0]?["functionCall"]?.json == #"{"id":"c1","name":"\#(name)","args":{"n":1}}"#)
        #expect(contents[1]?["parts"]?[1]?["functionCall"]?["args"]?.json == "{}")
        let results = try #require(contents[2]?["parts"])
        #expect(results[0]?["functionResponse"]?["name"]?.string == name)
        #expect(results[0]?["functionResponse"]?["response"]?.json == #"{"ok":true}"#)
        #expect(results[1]?["functionResponse"]?["response"]?.json == #"{"result":"plain"}"#)
    }

    @Test("Anthropic's results: failures and pictures")
    func anthropicResults() throws {
        let (root, lossy, _) = try translate(
            #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"f","input":{"a":[1]}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","is_error":true,"content":[{"type":"text","text":"no"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA"}}]},{"type":"text","text":"go on"}]}]}"#,
            from: .anthropicMessages
        )
        #expect(lossy.isEmpty)
        let parts = try #require(root["contents"]?[2]?["parts"])
        #expect(parts[0]?["functionResponse"]?["response"]?.json == #"{"error":"no"}"#)
        #expect(parts[1]?["inlineData"]?["data"]?.string == "AA")
        #expect(parts[2]?["text"]?.string == "go on")
    }

    @Test(
        "reasoning in the words of each generation",
        arguments: [
            ("gemini-2.5-flash", #""reasoning_effort":"high""#, #"{"includeThoughts":true,"thinkingBudget":24576}"#),
            ("gemini-2.5-flash", #""reasoning_effort":"none""#, #"{"thinkingBudget":0}"#),
            ("gemini-2.5-pro", #""reasoning_effort":"none""#, #"{"thinkingBudget":128}"#),
            (
                "gemini-2.5-pro", #""reasoning":{"max_tokens":99999}"#,
                #"{"includeThoughts":true,"thinkingBudget":32768}"#
            ),
            (
                "gemini-3-pro-preview", #""reasoning_effort":"medium""#,
                #"{"includeThoughts":true,"thinkingLevel":"high"}"#
            ),
            (
                "gemini-3.1-pro-preview", #""reasoning_effort":"medium""#,
                #"{"includeThoughts":true,"thinkingLevel":"medium"}"#
            ),
            (
                "gemini-3-flash-preview", #""reasoning_effort":"minimal""#,
                #"{"includeThoughts":true,"thinkingLevel":"minimal"}"#
            ),
            ("gemini-2.0-flash", #""reasoning_effort":"high""#, nil),
        ]
    )
    func reasoning(model: String, asked: String, expected: String?) throws {
        let (root, lossy, _) = try translate(
            #"{"model":"m",\#(asked),"messages":[{"role":"user","content":"x"}]}"#,
            model: model
        )
        #expect(root["generationConfig"]?["thinkingConfig"]?.json == expected)
        #expect(lossy.isEmpty == (expected != nil && !(model == "gemini-2.5-pro" && asked.contains("none"))))
    }

    @Test("a schema for the answer, in words beside tools where the model refuses both")
    func format() throws {
        let format =
            #""response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}}}"#
        let messages = #""messages":[{"role":"user","content":"x"}]"#
        let plain = try translate(#"{"model":"m",\#(format),\#(messages)}"#).root["generationConfig"]
        #expect(plain?["responseMimeType"]?.string == "application/json")
        #expect(
            plain?["responseSchema"]?.json
                == #"{"type":"OBJECT","properties":{"a":{"type":"STRING"}},"required":["a"]}"#
        )
        let tools = #""tools":[{"type":"function","function":{"name":"f"}}]"#
        let old = try translate(#"{"model":"m",\#(format),\#(tools),\#(messages)}"#).root
        #expect(old["generationConfig"] == nil)
        #expect(old["systemInstruction"]?["parts"]?[0]?["text"]?.string?.contains("JSON Schema") == true)
        let new = try translate(#"{"model":"m",\#(format),\#(tools),\#(messages)}"#, model: "gemini-3-pro-preview").root
        #expect(new["generationConfig"]?["responseSchema"] != nil)
    }

    @Test("calls without a signature get Google's word for a lost one, where the model wants one")
    func lostSignature() throws {
        let body =
            #"{"model":"m","messages":[{"role":"user","content":"x"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"c2","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"r"},{"role":"tool","tool_call_id":"c2","content":"r"}]}"#
        let new = try translate(body, model: "gemini-3-pro-preview").root["contents"]?[1]?["parts"]
        #expect(new?[0]?["thoughtSignature"]?.string == "skip_thought_signature_validator")
        #expect(new?[1]?["thoughtSignature"] == nil)
        let old = try translate(body).root["contents"]?[1]?["parts"]
        #expect(old?[0]?["thoughtSignature"] == nil)
    }
}
