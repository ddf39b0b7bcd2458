import Contracts
import Dialects
import TestSupport
import Testing

@testable import RouterServer

/// The schema that a client asks for reaches the guard, from every dialect.
@Suite("The format of answers")
struct AnswerFormatTests {
    private static let schema = #"{"type": "object"}"#
    private static let openAI = #""model":"m","messages":[{"role":"user","content":"q"}]"#

    static let cases: [(dialect: Dialect, json: String, schema: String?)] = [
        (.openAIChat, "{\(openAI)}", nil),
        (.openAIChat, #"{\#(openAI),"response_format":{"type":"text"}}"#, nil),
        (.openAIChat, #"{\#(openAI),"response_format":{"type":"json_object"}}"#, "{}"),
        (
            .openAIChat,
            #"{\#(openAI),"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":\#(schema)}}}"#,
            schema
        ),
        (
            .openAIResponses,
            #"{"model":"m","input":"q","text":{"format":{"type":"json_schema","name":"n","schema":\#(schema)}}}"#,
            schema
        ),
        (
            .anthropicMessages,
            #"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"q"}],"output_config":{"format":{"type":"json_schema","schema":\#(schema)}}}"#,
            schema
        ),
        (
            .gemini,
            #"{"contents":[{"parts":[{"text":"q"}]}],"generationConfig":{"responseMimeType":"application/json","responseSchema":\#(schema)}}"#,
            schema
        ),
        (.gemini, #"{"contents":[{"parts":[{"text":"q"}]}]}"#, nil),
        (.ollama, #"{"model":"m","messages":[{"role":"user","content":"q"}],"format":\#(schema)}"#, schema),
        (.ollama, #"{"model":"m","messages":[{"role":"user","content":"q"}],"format":"json"}"#, "{}"),
    ]

    @Test("is read from the request", arguments: cases.indices)
    func read(index: Int) async throws {
        let it = Self.cases[index]
        try await PreparationBench.run { bench async throws in
            let request = try bench.request(it.json, it.dialect)
            #expect(request.answerSchema.map { String(decoding: $0, as: UTF8.self) } == it.schema)
        }
    }

    @Test("a schema that is too long is asked of the guard as JSON alone")
    func long() async throws {
        try await PreparationBench.run { bench async throws in
            let long = #"{"description":"\#(String(repeating: "x", count: 70_000))"}"#
            let json = #"{\#(Self.openAI),"response_format":{"type":"json_schema","json_schema":{"schema":\#(long)}}}"#
            #expect(try bench.request(json, .openAIChat).answerSchema == Array("{}".utf8))
        }
    }

    @Test("goes to the guard with whole answers, and not with pieces of one")
    func asked() async throws {
        let ways = [ScriptedGuard.Methods(), ScriptedGuard.Methods(policies: true, scan: false)]
        for methods in ways {
            try await PreparationBench.run(methods: methods) { bench async throws in
                let request = try bench.request(Self.cases[3].json, .openAIChat)
                let answer = try #require(
                    bench.preparer.answerGuard(request, PreparedEdits(restores: []), PreparationBench.scope)
                )
                _ = try await answer.inspect([AnswerGuard.Text(kind: .text, text: "{}")])
                #expect(bench.guardService.inspected.map(\.answerSchema) == [Array(Self.schema.utf8)])
                let scan = answer.scan()
                _ = try await scan.push(AnswerChannel(choice: 0, kind: .text, index: 0), "{}")
                _ = try await scan.finish()
                if methods.scan {
                    #expect(bench.guardService.scanned.map(\.answerSchema) == [Array(Self.schema.utf8)])
                } else {
                    #expect(bench.guardService.inspected.map(\.answerSchema) == [Array(Self.schema.utf8), nil])
                }
            }
        }
    }
}
