import Dialects
import JSON
import Testing

@Suite("Model list")
struct ModelListTests {
    static let models = [
        ModelEntry(id: "openai/gpt-4o", name: "GPT-4o", owner: "openai", created: 1_715_367_049),
        ModelEntry(id: "coding", name: "coding", owner: "chain"),
    ]

    @Test("OpenAI's list has OpenAI's shape")
    func openAI() {
        #expect(
            String(decoding: ModelList.json(Self.models, dialect: .openAIChat), as: UTF8.self)
                == #"{"object":"list","data":[{"id":"openai/gpt-4o","object":"model","created":1715367049,"owned_by":"openai"},{"id":"coding","object":"model","created":0,"owned_by":"chain"}]}"#
        )
    }

    @Test("Anthropic's list has Anthropic's shape")
    func anthropic() {
        #expect(
            String(decoding: ModelList.json(Self.models, dialect: .anthropicMessages), as: UTF8.self)
                == #"{"data":[{"type":"model","id":"openai/gpt-4o","display_name":"GPT-4o","created_at":"2024-05-10T18:50:49Z"},{"type":"model","id":"coding","display_name":"coding","created_at":"1970-01-01T00:00:00Z"}],"has_more":false,"first_id":"openai/gpt-4o","last_id":"coding"}"#
        )
    }

    @Test("an empty list is valid in both", arguments: Dialect.clients)
    func empty(dialect: Dialect) throws {
        let root = try JSONDocument(ModelList.json([], dialect: dialect)).root
        #expect((root["data"] ?? root["models"])?.count == 0)
    }

    @Test(
        "dates are right at the calendar's corners",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
            (-5, "1970-01-01T00:00:00Z"), (Int.max, "9999-12-31T23:59:59Z"),
        ]
    )
    func dates(seconds: Int, text: String) {
        let model = ModelEntry(id: "m", name: "m", owner: "o", created: seconds)
        let json = String(decoding: ModelList.json(model, dialect: .anthropicMessages), as: UTF8.self)
        #expect(json.contains("\"created_at\":\"\(text)\""))
        #expect(CivilTime.compact(seconds) == text.filter { $0 != "-" && $0 != ":" })
    }

    @Test("the header decides the shape")
    func shape() {
        #expect(ModelList.dialect(hasAnthropicVersion: true) == .anthropicMessages)
        #expect(ModelList.dialect(hasAnthropicVersion: false) == .openAIChat)
    }
}
