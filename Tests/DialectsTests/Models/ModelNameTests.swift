import Testing

@testable import Dialects

/// What is told from a name's bytes, beside what the standard library says of its characters.
@Suite("Names of models")
struct ModelNameTests {
    static let names = [
        "", "/", "a", "gpt-5", "GPT-5-Chat", "openai/gpt-5-mini", "accounts/x/models/DeepSeek-R1-0528",
        "claude-sonnet-4-5-20250929",
        "anthropic.claude-3-7-sonnet-20250219-v1:0", "us.anthropic.claude-opus-4-1", "claude", "xclaude", "o3",
        "o3-mini", "phi-4-reasoning",
        "deepseek-r", "r1-distil", "Größe-r1-1776", "qwén3", "模型/qwen3-32b", "ring", "ring-", "aring-1",
        "r1-1776r1-1776", "glm-4glm-5", "é", "e\u{301}",
    ]

    /// What the words of ``OpenAIModel``, ``AnthropicModel`` and ``ThinkTags`` are like.
    static let words: [StaticString] = [
        "gpt-5", "claude", "deepseek-r1", "r1-1776", "qwen3", "ring-", "o", "glm-5", "-thinking", "é",
    ]

    /// As the bytes are: the standard library takes two spellings of one character for equal.
    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func small(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    @Test("a name holds, begins with and is a word as its text does and is", arguments: names)
    func words(name: String) {
        let (model, text) = (ModelName(name), Self.bytes(Self.small(name)))
        for word in Self.words {
            let wanted = Self.bytes("\(word)")
            let places = text.count < wanted.count ? [] : Array(0...(text.count - wanted.count))
            let holds = places.contains { Array(text[$0..<$0 + wanted.count]) == wanted }
            #expect(model.holds(word) == holds, "\(word)")
            #expect(model.holds(anyOf: [word, "no such word"]) == holds, "\(word)")
            #expect(model.begins(with: word) == text.starts(with: wanted), "\(word)")
            #expect(model.isEqual(to: word) == (text == wanted), "\(word)")
        }
        #expect(!model.holds(anyOf: []))
    }

    @Test("without its maker it is what stands behind the last slash", arguments: names)
    func bare(name: String) {
        let text = Self.small(name)
        let last = text.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? ""
        #expect(Array(ModelName(name).bare.bytes) == Self.bytes(last.isEmpty ? text : last))
    }

    @Test(
        "versions are the first two short numbers of a name",
        arguments: [
            ("claude-sonnet-4-5-20250929", 405), ("us.anthropic.claude-3-7-sonnet-20250219-v1:0", 307),
            ("claude-opus-4", 400),
            ("claude", 0), ("claude-instant", 0), ("claude-20250929", 0), ("gemini-2.5-pro", 205),
        ]
    )
    func versions(name: String, version: Int) {
        #expect(ModelName.version(ModelName(name).words) == version)
    }
}
