import Dialects
import JSON
import Testing

@Suite("Request edits")
struct RequestEditsTests {
    static func edited(
        _ body: String,
        model: String = "m",
        dialect: Dialect = .openAIChat,
        asksForUsage: Bool = true
    ) throws -> (text: String, asks: Bool) {
        let document = try JSONDocument(Array(body.utf8))
        let facts = try RequestFacts.read(document, dialect: dialect)
        let edits = RequestEdits(facts, model: model, asksForUsage: asksForUsage)
        return (String(decoding: try document.applying(edits.edits), as: UTF8.self), edits.asksForUsage)
    }

    @Test("only the model's bytes change")
    func model() throws {
        let body = "{ \"x\" : 1.50,\n \"model\":\"openai/gpt\\u002d4o\" , \"messages\":[ {} ],\"é\":\"\\u00e9\" }"
        let expected = "{ \"x\" : 1.50,\n \"model\":\"gpt-4o\" , \"messages\":[ {} ],\"é\":\"\\u00e9\" }"
        #expect(try Self.edited(body, model: "gpt-4o").text == expected)
        #expect(try Self.edited(body, model: "gpt-4o", dialect: .anthropicMessages).text == expected)
    }

    @Test("nothing changes when nothing has to")
    func identity() throws {
        let body = #"{"model":"m","messages":[{}],"stream":false}"#
        let result = try Self.edited(body)
        #expect(result.text == body)
        #expect(!result.asks)
    }

    @Test("a name that needs escapes is escaped")
    func escapes() throws {
        let body = #"{"model":"m","messages":[{}]}"#
        #expect(try Self.edited(body, model: "a\"b\\c").text == #"{"model":"a\"b\\c","messages":[{}]}"#)
    }

    static let streams: [(before: String, after: String)] = [
        (
            #"{"model":"m","messages":[{}],"stream":true}"#,
            #"{"model":"m","messages":[{}],"stream":true,"stream_options":{"include_usage":true}}"#
        ),
        (
            #"{"model":"m","messages":[{}],"stream":true,"stream_options":null}"#,
            #"{"model":"m","messages":[{}],"stream":true,"stream_options":{"include_usage":true}}"#
        ),
        (
            #"{"model":"m","messages":[{}],"stream_options":{},"stream":true}"#,
            #"{"model":"m","messages":[{}],"stream_options":{"include_usage":true},"stream":true}"#
        ),
        (
            #"{"model":"m","messages":[{}],"stream_options":{"x":1},"stream":true}"#,
            #"{"model":"m","messages":[{}],"stream_options":{"x":1,"include_usage":true},"stream":true}"#
        ),
        (
            #"{"model":"m","messages":[{}],"stream_options":{"include_usage":false},"stream":true}"#,
            #"{"model":"m","messages":[{}],"stream_options":{"include_usage":true},"stream":true}"#
        ),
    ]

    @Test("an OpenAI stream is asked for its usage", arguments: streams)
    func usageOption(before: String, after: String) throws {
        let result = try Self.edited(before)
        #expect(result.text == after)
        #expect(result.asks)
        #expect(try Self.edited(before, asksForUsage: false).text == before)
    }

    @Test("a client that asked itself keeps its frame, and Anthropic is never asked")
    func notAsked() throws {
        let asked = #"{"model":"m","messages":[{}],"stream":true,"stream_options":{"include_usage":true}}"#
        #expect(try Self.edited(asked) == (asked, false))
        let anthropic = #"{"model":"m","messages":[{}],"stream":true}"#
        #expect(try Self.edited(anthropic, dialect: .anthropicMessages) == (anthropic, false))
    }
}
