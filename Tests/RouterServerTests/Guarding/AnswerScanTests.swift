import Contracts
import Dialects
import TestSupport
import Testing

@testable import RouterServer

@Suite("Answers and the guard")
struct AnswerScanTests {
    private static let text = AnswerChannel(choice: 0, kind: .text, index: 0)
    private static let other = AnswerChannel(choice: 1, kind: .reasoning, index: 0)
    private static let arguments = AnswerChannel(choice: 0, kind: .toolArguments, index: 3)
    private static let whole = "Dear bob@example.org, é😀 <b> bob@example.or bob@example.org"
    private static let masked = whole.replacing(ScriptedGuard.address, with: ScriptedGuard.placeholder)
    private static let json = #"{"model":"m","messages":[{"role":"user","content":"q"}]}"#

    private static func answerGuard(
        _ bench: PreparationBench,
        restores: [Restore] = []
    ) throws -> (AnswerGuard, PreparationRequest) {
        let request = try bench.request(json, .openAIChat)
        let edits = PreparedEdits(restores: restores)
        let answer = bench.preparer.answerGuard(request, edits, PreparationBench.scope)
        return (try #require(answer), request)
    }

    /// Feeds a text in pieces, cut between characters.
    private static func pass(
        _ scan: AnswerScan,
        _ text: String,
        _ channel: AnswerChannel,
        piece: Int
    ) async throws -> String {
        var out = ""
        var rest = Substring(text)
        while !rest.isEmpty {
            out += try await scan.push(channel, String(rest.prefix(piece)))
            rest = rest.dropFirst(piece)
        }
        for (found, text) in try await scan.finish() {
            #expect(found == channel)
            out += text
        }
        return out
    }

    static let ways = [
        ScriptedGuard.Methods(), ScriptedGuard.Methods(policies: true, scan: false),
        ScriptedGuard.Methods(policies: false, scan: false),
    ]

    @Test("however a stream is cut, what is released equals masking the whole", arguments: ways)
    func cuts(methods: ScriptedGuard.Methods) async throws {
        try await PreparationBench.run(methods: methods) { bench in
            for piece in [1, 2, 3, 5, 7, 16, 1_000] {
                let (answer, request) = try Self.answerGuard(bench)
                #expect(try await Self.pass(answer.scan(), Self.whole, Self.text, piece: piece) == Self.masked)
                #expect(request.guardSummary?.action == .mask)
                #expect(request.guardHeader == "pii:EMAIL_ADDRESS=mask")
            }
        }
    }

    @Test("a long answer goes through windows that overlap", arguments: ways)
    func long(methods: ScriptedGuard.Methods) async throws {
        try await PreparationBench.run(methods: methods) { bench in
            let text = (0..<400).map { "line \($0) é \(Self.whole)\n" }.joined()
            for piece in [37, 900, 100_000] {
                let (answer, _) = try Self.answerGuard(bench)
                let out = try await Self.pass(answer.scan(), text, Self.text, piece: piece)
                #expect(out == text.replacing(ScriptedGuard.address, with: ScriptedGuard.placeholder))
            }
        }
    }

    @Test("a block releases no byte of what caused it", arguments: ways)
    func block(methods: ScriptedGuard.Methods) async throws {
        try await PreparationBench.run(methods: methods) { bench in
            for piece in [1, 4, 100] {
                let (answer, request) = try Self.answerGuard(bench)
                let scan = answer.scan()
                var out = ""
                let failure = await #expect(throws: ScanFailure.self) {
                    var rest = Substring("this is forbidden, and more")
                    while !rest.isEmpty {
                        out += try await scan.push(Self.text, String(rest.prefix(piece)))
                        rest = rest.dropFirst(piece)
                    }
                    for (_, text) in try await scan.finish() { out += text }
                }
                #expect(failure?.isBlock == true)
                #expect(failure?.clientError.kind == .contentPolicy)
                #expect("this is ".hasPrefix(out))
                #expect(request.isBlocked)
            }
        }
    }

    @Test("channels have windows of their own, and a flush ends one of them", arguments: ways)
    func channels(methods: ScriptedGuard.Methods) async throws {
        try await PreparationBench.run(methods: methods) { bench in
            let (answer, _) = try Self.answerGuard(bench)
            let scan = answer.scan()
            var out = ["", ""]
            out[0] += try await scan.push(Self.text, "to bob@exa")
            out[1] += try await scan.push(Self.other, "or bob@")
            out[0] += try await scan.push(Self.text, "mple.org x bob@")
            out[0] += try await scan.flush(Self.text)
            #expect(out[0] == "to \(ScriptedGuard.placeholder) x bob@")
            out[1] += try await scan.push(Self.other, "example.org")
            for (channel, text) in try await scan.finish() { out[channel == Self.text ? 0 : 1] += text }
            #expect(out == ["to \(ScriptedGuard.placeholder) x bob@", "or \(ScriptedGuard.placeholder)"])
        }
    }

    @Test("what the request's placeholders stand for comes back, in pieces and inside JSON")
    func restores() async throws {
        try await PreparationBench.run(.none) { bench in
            let restores = [
                Restore(placeholder: ScriptedGuard.placeholder, original: #"b"o\b"#),
                Restore(placeholder: "<PHONE_ABCD2345>", original: "+62 812"),
            ]
            let answer = "a <b> \(ScriptedGuard.placeholder)<PHONE_ABCD2345> <EMAIL_ADDRESS_ABCD234"
            for piece in 1...30 {
                let (text, _) = try Self.answerGuard(bench, restores: restores)
                let plain = try await Self.pass(text.scan(), answer, Self.text, piece: piece)
                #expect(plain == #"a <b> b"o\b+62 812 <EMAIL_ADDRESS_ABCD234"#)
                let (call, _) = try Self.answerGuard(bench, restores: restores)
                let json = #"{"a":"\u003cPHONE_ABCD2345\u003e","b":"<EMAIL_ADDRESS_ABCD2345>"}"#
                let arguments = try await Self.pass(call.scan(), json, Self.arguments, piece: piece)
                #expect(arguments == #"{"a":"+62 812","b":"b\"o\\b"}"#)
            }
        }
    }

    @Test("originals come back after the outbound guard has looked, so it does not mask them again", arguments: ways)
    func restoresBehindGuard(methods: ScriptedGuard.Methods) async throws {
        try await PreparationBench.run(methods: methods) { bench in
            let restores = [Restore(placeholder: ScriptedGuard.placeholder, original: ScriptedGuard.address)]
            let (answer, _) = try Self.answerGuard(bench, restores: restores)
            let out = try await Self.pass(answer.scan(), "hi \(ScriptedGuard.placeholder)!", Self.text, piece: 3)
            #expect(out == "hi \(ScriptedGuard.address)!")
        }
    }

    @Test("nothing is made of an answer that nobody looks at")
    func none() async throws {
        try await PreparationBench.run(.none) { bench in
            let request = try bench.request(Self.json, .openAIChat)
            #expect(bench.preparer.answerGuard(request, PreparedEdits(), PreparationBench.scope) == nil)
        }
    }

    @Test(
        "a guard that goes away in the middle is followed by another that is told everything, and nothing comes twice"
    )
    func restart() async throws {
        for pieces in [0, 1, 3, 6] {
            try await PreparationBench.run { bench in
                bench.guardService.breakScan(after: pieces)
                let (answer, _) = try Self.answerGuard(bench)
                #expect(try await Self.pass(answer.scan(), Self.whole, Self.text, piece: 9) == Self.masked)
                #expect(bench.guardService.scans == 2)
            }
        }
    }

    @Test("a guard that is gone stops an answer that must not pass unseen, and no other")
    func gone() async throws {
        try await PreparationBench.run { bench in
            let (answer, _) = try Self.answerGuard(bench)
            let scan = answer.scan()
            _ = try await scan.push(Self.text, "hello ")
            await bench.guardService.stop()
            let failure = await #expect(throws: ScanFailure.self) {
                let out = try await scan.push(Self.text, "world")
                _ = out
            }
            #expect(failure?.isBlock == false)
            #expect(failure?.clientError.kind == .unavailable)
        }
        try await PreparationBench.run(.watching) { bench in
            let (answer, _) = try Self.answerGuard(bench)
            let scan = answer.scan()
            var out = try await scan.push(Self.text, "hello bob@")
            #expect(out == "hello ")
            await bench.guardService.stop()
            out += try await scan.push(Self.text, "world")
            for (_, text) in try await scan.finish() { out += text }
            #expect(out == "hello bob@world")
        }
    }

    @Test("a whole answer: masked, blocked, restored")
    func unary() async throws {
        try await PreparationBench.run { bench in
            let restores = [Restore(placeholder: "<N_1>", original: "Nora")]
            let (answer, request) = try Self.answerGuard(bench, restores: restores)
            let texts = [
                AnswerGuard.Text(kind: .text, text: "to bob@example.org from <N_1>"),
                AnswerGuard.Text(kind: .reasoning, text: "hm"),
                AnswerGuard.Text(kind: .toolArguments, text: #"{"a":"\u003cN_1\u003e"}"#),
            ]
            let out = try await answer.inspect(texts)
            #expect(out == ["to \(ScriptedGuard.placeholder) from Nora", nil, #"{"a":"Nora"}"#])
            #expect(request.guardSummary == GuardSummary(action: .mask, decisionIDs: ["d-r1"]))
            let failure = await #expect(throws: ScanFailure.self) {
                let out = try await answer.inspect([AnswerGuard.Text(kind: .text, text: "forbidden")])
                _ = out
            }
            #expect(failure?.isBlock == true)
        }
    }
}
