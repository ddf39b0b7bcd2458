import Contracts
import GuardCore
import JSON
import Testing

/// A tool's arguments: edits stay inside the values of strings, and what comes out is JSON.
@Suite("Scanning arguments")
struct ArgumentScanTests {
    private static let policy = ScanMachineTests.policy
    private static let plan = Search.plan(policy, .outbound)

    private static let examples = [
        (#"{"to":"j.doe@example.com","n":1}"#, #"{"to":"<EMAIL_ADDRESS>","n":1}"#),
        (#"{"j.doe@example.com":"x","card":4012888888881881}"#, #"{"j.doe@example.com":"x","card":4012888888881881}"#),
        (
            #"{"a":"line\nj.doe\u0040example.com\tend \"q\" \u00e9\ud83d\ude00 "}"#,
            #"{"a":"line\n<EMAIL_ADDRESS>\tend \"q\" \u00e9\ud83d\ude00 "}"#
        ),
        (
            #"[["a@example.com",{"x":["+62 812-3456-7890"]}],"é🚀 b@example.com"]"#,
            #"[["<EMAIL_ADDRESS>",{"x":["<PHONE_NUMBER>"]}],"é🚀 <EMAIL_ADDRESS>"]"#
        ),
        (#""a@example.com""#, #""<EMAIL_ADDRESS>""#),
        (#"{"a":"x@","b":"example.com"}"#, #"{"a":"x@","b":"example.com"}"#),
        (#"{"a\"b@example.com":"\\","c":"\\a@example.com"}"#, #"{"a\"b@example.com":"\\","c":"\\<EMAIL_ADDRESS>"}"#),
        ("echo a@example.com", "echo <EMAIL_ADDRESS>"),
        ("  {}", "  {}"),
    ]

    @Test("as a whole and in pieces", arguments: examples)
    func pieces(source: String, expected: String) {
        #expect(Search.masked(source, Self.policy, kind: .toolArguments) == expected)
        var generator = SeededGenerator(state: 6)
        for longest in [1, 2, 3, 5, 8, 13] {
            let pieces = ScanMachineTests.pieces(source, &generator, longest: longest)
            let text = ScanMachineTests.release(pieces, Self.plan, channel: "0/tool_args/0").text
            #expect(text == expected, "\(pieces)")
        }
    }

    @Test("a name that needs escapes is escaped")
    func escaped() throws {
        let custom = CustomPattern(name: "a \"b\"\\", pattern: "PROJ-[0-9]+", action: .mask)
        let item = PolicyItem(scope: "global", custom: [custom])
        let source = #"{"t":"see PROJ-12"}"#
        let text = ScanMachineTests.release([source], Search.plan(item, .outbound), channel: "0/tool_args/0").text
        #expect(text == Search.masked(source, item, kind: .toolArguments))
        #expect(try JSONDocument(Array(text.utf8)).root["t"]?.string == "see <a \"b\"\\>")
    }

    @Test("what is left unfinished comes out as it came")
    func unfinished() {
        for source in [#"{"a":"b\"#, #"{"a":"b\u00"#, #"{"a":"j.doe"#, #"{"a":"\ud83d\"#] {
            let text = ScanMachineTests.release(ScanMachineTests.scalars(source), Self.plan, channel: "0/tool_args/0")
                .text
            #expect(text == source)
        }
    }

    @Test("a block goes out as JSON up to the match")
    func block() {
        let plan = Search.plan(Search.pii(entities: ["CREDIT_CARD": "block"]), .outbound)
        let source = #"{"a":"x","card":"4012888888881881"}"#
        let (text, machine) = ScanMachineTests.release(ScanMachineTests.scalars(source), plan, channel: "0/tool_args/0")
        #expect(text == #"{"a":"x","card":""# && machine.isBlocked)
    }
}
