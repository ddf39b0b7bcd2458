import Contracts
import Dialects
import TestSupport
import Testing

@testable import RouterServer

@Suite("When the guard cannot answer")
struct GuardFailureTests {
    private static let json = #"{"model":"m","messages":[{"role":"user","content":"hello"}]}"#

    private static func outcome(_ bench: PreparationBench, _ json: String = json) async -> String {
        do {
            return try await bench.send(json) == json ? "passed" : "changed"
        } catch let error as ClientError {
            return "\(error.kind.rawValue) \(error.code ?? "")"
        } catch {
            return "\(error)"
        }
    }

    @Test("texts pass where policies only take notes, and nothing passes where one masks or blocks")
    func auto() async throws {
        for (list, expected) in [
            (PolicyList.watching, "passed"), (PolicyList.everything, "unavailable guard_unavailable"),
        ] {
            try await PreparationBench.run(list) { bench in
                await bench.guardService.stop()
                #expect(await Self.outcome(bench) == expected)
            }
        }
    }

    @Test("what was judged before passes without it")
    func remembered() async throws {
        try await PreparationBench.run { bench in
            #expect(await Self.outcome(bench) == "passed")
            await bench.guardService.stop()
            #expect(await Self.outcome(bench) == "passed")
        }
    }

    @Test("a request waits for a guard that restarts")
    func patience() async throws {
        try await PreparationBench.run { bench in
            await bench.guardService.stop()
            async let outcome = Self.outcome(bench)
            try await bench.guardService.start()
            #expect(await outcome == "passed")
        }
    }

    @Test("before the first list nothing passes")
    func unknown() async throws {
        try await PreparationBench.run(starts: false) { bench in
            #expect(await Self.outcome(bench) == "unavailable guard_unavailable")
        }
    }

    @Test(
        "an answer that cannot be carried out counts as none",
        arguments: [
            InspectReply(action: .mask, edits: [TextEdit(segment: 7, range: 0..<1, replacement: "x")]),
            InspectReply(action: .mask, edits: [TextEdit(segment: 0, range: 0..<99, replacement: "x")]),
            InspectReply(
                action: .mask,
                edits: [
                    TextEdit(segment: 0, range: 2..<3, replacement: "x"),
                    TextEdit(segment: 0, range: 0..<1, replacement: "y"),
                ]
            ),
            InspectReply(action: GuardAction(rawValue: "explode")),
            InspectReply(
                action: .allow,
                segments: [SegmentVerdict(id: 0, action: GuardAction(rawValue: "explode"), cacheable: true)]
            ),
        ]
    )
    func nonsense(reply: InspectReply) async throws {
        for (list, expected) in [
            (PolicyList.watching, "passed"), (PolicyList.everything, "unavailable guard_unavailable"),
        ] {
            try await PreparationBench.run(list) { bench in
                bench.guardService.answer { _ throws(ServiceError) in reply }
                #expect(await Self.outcome(bench) == expected)
                bench.guardService.answer(nil)
                #expect(await Self.outcome(bench) == "passed")
            }
        }
    }

    @Test("a guard that fails is a guard that is away")
    func failing() async throws {
        try await PreparationBench.run { bench in
            bench.guardService.answer { _ throws(ServiceError) in
                throw ServiceError(.internal, reason: "bug", message: "bug", origin: .peer)
            }
            #expect(await Self.outcome(bench) == "unavailable guard_unavailable")
        }
    }

    @Test("a guard with Inspect alone is asked about everything, and may answer action and edits alone")
    func external() async throws {
        try await PreparationBench.run(methods: ScriptedGuard.Methods(policies: false, scan: false)) { bench in
            bench.guardService.answer { request throws(ServiceError) in
                let full = ScriptedGuard.judge(request, version: "")
                return InspectReply(action: full.action, edits: full.edits, findings: full.findings)
            }
            let json = #"{"model":"m","messages":[{"role":"user","content":"to bob@example.org"}]}"#
            for _ in 0..<2 {
                let sent = try await bench.send(json)
                #expect(sent == json.replacing(ScriptedGuard.address, with: ScriptedGuard.placeholder))
            }
            #expect(bench.guardService.texts.count == 2)
            #expect(await Self.outcome(bench, json.replacing("to ", with: "forbidden ")) == "contentPolicy ")
            await bench.guardService.stop()
            #expect(await Self.outcome(bench) == "unavailable guard_unavailable")
        }
    }

    @Test("masking that would break a call's arguments blocks")
    func brokenArguments() async throws {
        try await PreparationBench.run { bench in
            bench.guardService.answer { request throws(ServiceError) in
                InspectReply(
                    action: .mask,
                    edits: request.segments.map { TextEdit(segment: $0.id, range: 0..<1, replacement: "\"") }
                )
            }
            let json =
                #"{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]}]}"#
            #expect(await Self.outcome(bench, json) == "contentPolicy ")
        }
    }
}
