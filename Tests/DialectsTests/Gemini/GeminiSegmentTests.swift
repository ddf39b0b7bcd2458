import Contracts
import Dialects
import JSON
import Testing

@Suite("Texts of Gemini's requests")
struct GeminiSegmentTests {
    private func facts(_ json: String) throws -> (JSONDocument, Dialects.RequestFacts) {
        let document = try JSONDocument(Array(json.utf8))
        let path = ModelPath(model: "g", action: .generate)
        return (document, try Dialects.RequestFacts.read(document, dialect: .gemini, path: path))
    }

    private static let conversation =
        #"{"system_instruction":{"parts":[{"text":"S1"}]},"contents":[{"role":"user","parts":[{"text":"U1"}]},{"role":"model","parts":[{"text":"T1","thought":true},{"text":"A1"},{"functionCall":{"name":"run","args":{"command":"ls"}},"thoughtSignature":"x"},{"function_call":{"name":"run","args":{"command":"pwd"}}}]},{"role":"user","parts":[{"functionResponse":{"name":"run","response":{"output":"R1"}}},{"function_response":{"name":"run","response":{"stdout":"R2","code":0}}}]},{"parts":{"text":"U2"}},{"role":"model","parts":[{"executableCode":{"language":"PYTHON","code":"C1"}},{"codeExecutionResult":{"output":"O1"}}]},{"role":"user","parts":[{"fileData":{"fileUri":"https://x","displayName":"D1"}},{"text":"U3"}]}]}"#

    @Test("every text, what it is and what it belongs to")
    func all() throws {
        let segments = RequestSegments.read(try facts(Self.conversation).1)
        let expected: [(String, String, SegmentKind)] = [
            ("S1", "system", .system), ("U1", "user", .text), ("T1", "assistant", .reasoning),
            ("A1", "assistant", .text), (#"{"command":"ls"}"#, "assistant", .toolArguments),
            (#"{"command":"pwd"}"#, "assistant", .toolArguments), ("R1", "tool", .toolResult),
            (#"{"stdout":"R2","code":0}"#, "tool", .toolResult), ("U2", "user", .text), ("C1", "assistant", .text),
            ("O1", "assistant", .toolResult), ("D1", "user", .text), ("U3", "user", .text),
        ]
        #expect(segments.all.map(\.text) == expected.map(\.0))
        #expect(segments.all.map(\.role) == expected.map(\.1))
        #expect(segments.all.map(\.kind) == expected.map(\.2))
        #expect(segments.command(of: 6) == "ls" && segments.command(of: 7) == "pwd")
        #expect(segments.all.filter(\.isLastUser).map(\.text) == ["D1", "U3"])
        #expect(segments.all[10].isBeforeLastAssistant == false && segments.all[6].isBeforeLastAssistant)
        #expect(segments.hasAssistantTurn)
    }

    @Test("a text is changed where it stands; JSON stays JSON")
    func edits() throws {
        let (document, facts) = try facts(Self.conversation)
        let segments = RequestSegments.read(facts)
        var edits: [JSONEdit] = []
        for segment in segments.all where segment.text.contains("R") {
            let text = segment.text
            guard let place = text.utf8.firstIndex(of: UInt8(ascii: "R")) else { continue }
            let start = text.utf8.distance(from: text.startIndex, to: place)
            let content = try TextSplice.contentEdits(
                [TextEdit(segment: 0, range: start..<start + 2, replacement: "**")],
                of: segment
            )
            edits += TextSplice.documentEdits(content, of: segment)
        }
        let sent = String(decoding: try document.applying(edits), as: UTF8.self)
        #expect(sent == Self.conversation.replacing("R1", with: "**").replacing("R2", with: "**"))
        let object = try #require(segments.all.first { $0.text.contains("stdout") })
        #expect(throws: TextSpliceError.self) {
            try TextSplice.contentEdits([TextEdit(segment: 0, range: 0..<1, replacement: "x")], of: object)
        }
    }

    @Test(
        "instructions are added behind those that are there",
        arguments: [
            (
                #"{"contents":[{"parts":[{"text":"x"}]}]}"#,
                #"{"contents":[{"parts":[{"text":"x"}]}],"systemInstruction":{"parts":[{"text":"ADD"}]}}"#
            ),
            (
                #"{"system_instruction":{"parts":{"text":"S"}},"contents":{"parts":{"text":"x"}}}"#,
                #"{"system_instruction":{"parts":{"text":"S\n\nADD"}},"contents":{"parts":{"text":"x"}}}"#
            ),
            (
                #"{"systemInstruction":{"parts":[{"text":"S"},{"inlineData":{}}]},"contents":[{"parts":[]}]}"#,
                #"{"systemInstruction":{"parts":[{"text":"S"},{"inlineData":{}},{"text":"ADD"}]},"contents":[{"parts":[]}]}"#
            ),
        ]
    )
    func directives(before: String, after: String) throws {
        let (document, facts) = try facts(before)
        let sent = try document.applying(DirectiveEdits.edits(facts, adding: ["ADD"]))
        #expect(String(decoding: sent, as: UTF8.self) == after)
    }

    @Test("facts: size, choices, what tells conversations apart")
    func requestFacts() throws {
        let facts = try facts(
            #"{"model":"models/old","contents":[{"parts":[{"text":"12345678"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]}],"generationConfig":{"maxOutputTokens":5,"candidateCount":2},"tools":[{"function_declarations":{"name":"f"}}]}"#
        ).1
        #expect(facts.maxOutputTokens == 5 && facts.choiceCount == 2 && facts.hasTools && !facts.stream)
        #expect(facts.estimatedInputTokens > 1600 && facts.messageCount == 1)
        #expect(RequestEdits(facts, model: "new").edits.map(\.replacement) == [Array(#""models/new""#.utf8)])
        var bytes: [UInt8] = []
        facts.conversation.appendFingerprint(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self).contains("12345678"))
    }
}
