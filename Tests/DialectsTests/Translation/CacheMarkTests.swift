import Dialects
import JSON
import Testing

/// Marks for a provider's cache stay where they stood, with their time, in dialects that have them; elsewhere they are named.
@Suite("Marks for a provider's cache")
struct CacheMarkTests {
    private static let claude = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
    private static let anthropic = #"""
        {"model":"m","max_tokens":9,
        "system":[{"type":"text","text":"S1"},{"type":"text","text":"S2","cache_control":{"type":"ephemeral","ttl":"1h"}}],
        "tools":[{"name":"a","input_schema":{"type":"object"}},{"name":"b","input_schema":{"type":"object"},"cache_control":{"type":"ephemeral"}}],
        "messages":[{"role":"user","content":[{"type":"text","text":"U","cache_control":{"type":"ephemeral","ttl":"5m"}},{"type":"text","text":"V"}]},
        {"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"a","input":{}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"R","cache_control":{"type":"ephemeral","ttl":"1h"}},{"type":"text","text":"W"}]}]}
        """#
    private static let openAI = #"""
        {"model":"m","tools":[{"type":"function","function":{"name":"a"},"cache_control":{"type":"ephemeral"}}],
        "messages":[{"role":"system","content":[{"type":"text","text":"S","cache_control":{"type":"ephemeral","ttl":"1h"}}]},
        {"role":"user","content":[{"type":"text","text":"U"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"},"cache_control":{"type":"ephemeral"}}]},
        {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"a","arguments":"{}"}}]},
        {"role":"tool","tool_call_id":"c1","content":[{"type":"text","text":"R","cache_control":{"type":"ephemeral","ttl":"1h"}}]}]}
        """#
    private static let long = #"{"cachePoint":{"type":"default","ttl":"1h"}}"#
    private static let short = #"{"cachePoint":{"type":"default"}}"#

    private static func kinds(_ list: JSONCursor?) -> [String] {
        list?.elements.map { $0["cachePoint"] == nil ? $0.members.first { _ in true }?.name.string ?? "" : $0.json }
            ?? []
    }

    @Test("Anthropic's marks are points of Bedrock's, at instructions, tools, texts and results")
    func bedrock() throws {
        let (root, lossy, _) = try Translating.request(
            Self.anthropic,
            from: .anthropicMessages,
            to: .bedrock,
            model: Self.claude
        )
        #expect(Self.kinds(root["system"]) == ["text", "text", Self.long])
        #expect(Self.kinds(root["toolConfig"]?["tools"]) == ["toolSpec", "toolSpec", Self.short])
        #expect(Self.kinds(root["messages"]?[0]?["content"]) == ["text", Self.short, "text"])
        #expect(Self.kinds(root["messages"]?[2]?["content"]) == ["toolResult", Self.long, "text"])
        #expect(lossy == [])
    }

    @Test(
        "models of Bedrock's that keep less",
        arguments: [
            ("amazon.nova-pro-v1:0", ["text", "text", short], ["cache_control.ttl", "cache_control"]),
            ("meta.llama3-70b-instruct-v1:0", ["text", "text"], ["cache_control"]),
        ]
    )
    func others(model: String, system: [String], names: [String]) throws {
        let (root, lossy, _) = try Translating.request(
            Self.anthropic,
            from: .anthropicMessages,
            to: .bedrock,
            model: model
        )
        #expect(Self.kinds(root["system"]) == system)
        #expect(Self.kinds(root["toolConfig"]?["tools"]) == ["toolSpec", "toolSpec"])
        #expect(lossy == names)
    }

    @Test("what clients of OpenAI's dialect mark is marked for Anthropic's models")
    func fromOpenAI() throws {
        let (root, lossy, _) = try Translating.request(Self.openAI, from: .openAIChat, to: .anthropicMessages)
        let hour = #"{"type":"ephemeral","ttl":"1h"}"#
        let usual = #"{"type":"ephemeral"}"#
        #expect(root["system"]?[0]?["cache_control"]?.json == hour)
        #expect(root["tools"]?[0]?["cache_control"]?.json == usual)
        let content = root["messages"]?[0]?["content"]
        #expect(content?[0]?["cache_control"] == nil && content?[1]?["cache_control"]?.json == usual)
        #expect(root["messages"]?[2]?["content"]?[0]?["cache_control"]?.json == hour)
        #expect(lossy == [])
    }

    @Test("elsewhere they are named", arguments: [Dialect.openAIChat, .openAIResponses, .gemini, .ollama, .cohere])
    func named(upstream: Dialect) throws {
        let (root, lossy, _) = try Translating.request(Self.anthropic, from: .anthropicMessages, to: upstream)
        #expect(lossy.contains("cache_control") && !root.json.contains("cache_control"))
        #expect(!root.json.contains("cachePoint"))
    }

    @Test("a mark behind nothing goes, and one behind thinking is not written at it")
    func nothing() throws {
        let json = #"""
            {"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"","cache_control":{"type":"ephemeral"}},{"type":"text","text":"U"}]},
            {"role":"assistant","reasoning_details":[{"type":"reasoning.text","text":"T","signature":"sig==","format":"anthropic-claude-v1"}],"content":[{"type":"text","text":" ","cache_control":{"type":"ephemeral"}}]},
            {"role":"user","content":"V"}]}
            """#
        let (root, _, _) = try Translating.request(json, from: .openAIChat, to: .anthropicMessages)
        #expect(!root.json.contains("cache_control"), "\(root.json)")
    }
}
