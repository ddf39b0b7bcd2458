import JSON
import TestSupport
import Testing

/// The dialects that clients speak, and where each has its kinds of text.
enum GuardClient: String, CaseIterable, CustomTestStringConvertible {
    case openAI, anthropic, responses, gemini, ollama

    enum Place: String, CaseIterable, CustomTestStringConvertible {
        case text, system, toolResult, toolArguments, reasoning

        var testDescription: String { rawValue }
    }

    var testDescription: String { rawValue }

    // MARK: Requests

    /// A request that holds a text in one place.
    func request(_ place: Place, _ text: String, model: String, stream: Bool, key: String) -> RawRequest {
        var fields = [HeaderField("Content-Type", "application/json")]
        var path: String
        switch self {
        case .openAI: path = "/v1/chat/completions"
        case .anthropic: path = "/v1/messages"
        case .responses: path = "/v1/responses"
        case .ollama: path = "/api/chat"
        case .gemini:
            path = "/v1beta/models/\(model):" + (stream ? "streamGenerateContent?alt=sse" : "generateContent")
        }
        switch self {
        case .anthropic: fields += [HeaderField("x-api-key", key), HeaderField("anthropic-version", "2023-06-01")]
        case .gemini: fields.append(HeaderField("x-goog-api-key", key))
        default: fields.append(HeaderField("Authorization", "Bearer \(key)"))
        }
        let head = self == .gemini ? "" : #""model":"\#(model)","stream":\#(stream),"#
        return RawRequest("POST", path, headers: fields, body: Array("{\(head)\(members(place, text))}".utf8))
    }

    private func members(_ place: Place, _ text: String) -> String {
        switch self {
        case .openAI: #""messages":"# + openAI(place, text)
        case .anthropic: anthropic(place, text)
        case .responses: responses(place, text)
        case .gemini: gemini(place, text)
        case .ollama: #""messages":"# + ollama(place, text)
        }
    }

    private func openAI(_ place: Place, _ text: String) -> String {
        func turns(_ arguments: String, _ result: String) -> String {
            #"[{"role":"user","content":"Go."},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"#
                + #""function","function":{"name":"f","arguments":"\#(arguments)"}}]},"#
                + #"{"role":"tool","tool_call_id":"c1","content":"\#(result)"}]"#
        }
        return switch place {
        case .text: #"[{"role":"user","content":"Write to \#(text) now."}]"#
        case .system: #"[{"role":"system","content":"Mind \#(text) well."},{"role":"user","content":"Go."}]"#
        case .toolResult: turns("{}", "Found \(text) there.")
        case .toolArguments: turns(#"{\"to\":\"\#(text)\"}"#, "Done.")
        case .reasoning:
            #"[{"role":"user","content":"Go."},{"role":"assistant","content":"Yes.","#
                + #""reasoning_content":"I think of \#(text) now."},{"role":"user","content":"On."}]"#
        }
    }

    private func anthropic(_ place: Place, _ text: String) -> String {
        func turns(_ input: String, _ result: String) -> String {
            #"[{"role":"user","content":"Go."},{"role":"assistant","content":[{"type":"tool_use","id":"t1","#
                + #""name":"f","input":\#(input)}]},{"role":"user","content":[{"type":"tool_result","#
                + #""tool_use_id":"t1","content":"\#(result)"}]}]"#
        }
        let messages =
            switch place {
            case .text: #"[{"role":"user","content":"Write to \#(text) now."}]"#
            case .system: #"[{"role":"user","content":"Go."}],"system":"Mind \#(text) well.""#
            case .toolResult: turns("{}", "Found \(text) there.")
            case .toolArguments: turns(#"{"to":"\#(text)"}"#, "Done.")
            case .reasoning:
                #"[{"role":"user","content":"Go."},{"role":"assistant","content":[{"type":"thinking","#
                    + #""thinking":"I think of \#(text) now.","signature":"c2ln"},{"type":"text","text":"Yes."}]},"#
                    + #"{"role":"user","content":"On."}]"#
            }
        return #""max_tokens":64,"messages":\#(messages)"#
    }

    private func responses(_ place: Place, _ text: String) -> String {
        let go = #"{"role":"user","content":"Go."}"#
        func turns(_ arguments: String, _ result: String) -> String {
            #""input":[\#(go),{"type":"function_call","call_id":"c1","name":"f","arguments":"\#(arguments)"},"#
                + #"{"type":"function_call_output","call_id":"c1","output":"\#(result)"}]"#
        }
        return switch place {
        case .text: #""input":[{"role":"user","content":[{"type":"input_text","text":"Write to \#(text) now."}]}]"#
        case .system: #""instructions":"Mind \#(text) well.","input":"Go.""#
        case .toolResult: turns("{}", "Found \(text) there.")
        case .toolArguments: turns(#"{\"to\":\"\#(text)\"}"#, "Done.")
        case .reasoning:
            #""input":[\#(go),{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","#
                + #""text":"I think of \#(text) now."}]},{"type":"message","role":"assistant","#
                + #""content":[{"type":"output_text","text":"Yes."}]},{"role":"user","content":"On."}]"#
        }
    }

    private func gemini(_ place: Place, _ text: String) -> String {
        func turn(_ role: String, _ parts: String) -> String { #"{"role":"\#(role)","parts":[\#(parts)]}"# }
        let go = turn("user", #"{"text":"Go."}"#)
        func turns(_ arguments: String, _ result: String) -> String {
            let call = turn("model", #"{"functionCall":{"name":"f","args":\#(arguments)}}"#)
            let answer = turn("user", #"{"functionResponse":{"name":"f","response":{"output":"\#(result)"}}}"#)
            return #""contents":[\#(go),\#(call),\#(answer)]"#
        }
        return switch place {
        case .text: #""contents":[\#(turn("user", #"{"text":"Write to \#(text) now."}"#))]"#
        case .system: #""systemInstruction":{"parts":[{"text":"Mind \#(text) well."}]},"contents":[\#(go)]"#
        case .toolResult: turns("{}", "Found \(text) there.")
        case .toolArguments: turns(#"{"to":"\#(text)"}"#, "Done.")
        case .reasoning:
            #""contents":[\#(go),\#(turn("model", #"{"text":"I think of \#(text) now.","thought":true},{"text":"Yes."}"#)),"#
                + turn("user", #"{"text":"On."}"#) + "]"
        }
    }

    private func ollama(_ place: Place, _ text: String) -> String {
        func turns(_ arguments: String, _ result: String) -> String {
            #"[{"role":"user","content":"Go."},{"role":"assistant","content":"","tool_calls":[{"function":"#
                + #"{"name":"f","arguments":\#(arguments)}}]},{"role":"tool","tool_name":"f","content":"\#(result)"}]"#
        }
        return switch place {
        case .text: #"[{"role":"user","content":"Write to \#(text) now."}]"#
        case .system: #"[{"role":"system","content":"Mind \#(text) well."},{"role":"user","content":"Go."}]"#
        case .toolResult: turns("{}", "Found \(text) there.")
        case .toolArguments: turns(#"{"to":"\#(text)"}"#, "Done.")
        case .reasoning:
            #"[{"role":"user","content":"Go."},{"role":"assistant","content":"Yes.","#
                + #""thinking":"I think of \#(text) now."},{"role":"user","content":"On."}]"#
        }
    }

    // MARK: Errors

    /// What a client of the dialect sees of a blocked request, or of an answer that was blocked before its first word.
    func checkRefusal(_ response: RawResponse, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(response.status == 400, "\(response.text)", sourceLocation: sourceLocation)
        #expect(code(response.json) == "content_policy", "\(response.text)", sourceLocation: sourceLocation)
        let message = self == .ollama ? response.json?["error"] : response.json?["error"]?["message"]
        #expect(message?.string?.isEmpty == false, "\(response.text)", sourceLocation: sourceLocation)
    }

    /// What it sees of one that was blocked in its middle: an error of its dialect, and no end as of a whole answer.
    func checkBrokenOff(_ response: RawResponse, sourceLocation: SourceLocation = #_sourceLocation) {
        let text = response.text
        let (error, whole): (String, String) =
            switch self {
            case .openAI: (#""code":"content_policy""#, "[DONE]")
            case .anthropic: ("event: error\n", "message_stop")
            case .responses: ("event: response.failed\n", "response.completed")
            case .gemini: ("CONTENT_POLICY", #""finishReason""#)
            case .ollama: (#""code":"content_policy""#, #""done":true"#)
            }
        #expect(text.contains(error), "\(text)", sourceLocation: sourceLocation)
        #expect(!text.contains(whole), "\(text)", sourceLocation: sourceLocation)
    }

    private func code(_ json: JSONCursor?) -> String? {
        switch self {
        case .openAI, .anthropic, .responses: json?["error"]?["code"]?.string
        case .ollama: json?["code"]?.string
        case .gemini: json?["error"]?["details"]?.elements.lazy.compactMap { $0["reason"]?.string?.lowercased() }.first
        }
    }
}
