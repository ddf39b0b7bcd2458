import Contracts
import Foundation
import GuardCore
import Testing

/// Random texts, policies and cuts: what a stream lets go is what masking the whole text gives, and of a match that blocks nothing.
///
/// `KEIROUTER_TEST_FUZZ_COUNT` sets how many (200), `KEIROUTER_TEST_SEED` the seed; `make fuzz` runs them for minutes.
@Suite("Random streams")
struct ScanFuzzTests {
    private static func number(_ name: String, default value: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? value
    }

    private static let count = number("KEIROUTER_TEST_FUZZ_COUNT", default: 200)
    private static let seed = UInt64(number("KEIROUTER_TEST_SEED", default: 4711))

    /// Entities whose patterns are bounded, and no longer than the window.
    private static let entities = [
        "EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "IP_ADDRESS", "MAC_ADDRESS", "ID_NIK", "ID_NPWP",
        "ID_PASSPORT", "CRYPTO",
    ]

    /// Examples of the catalogue, and what stands between them or makes them something else.
    private static let units: [String] = {
        let examples = Catalogue.builtin.entries.filter { entities.contains($0.entity) }.flatMap { $0.hits + $0.misses }
        let joints = [
            " ", "\n", ", ", ".", "", "é", "🙂", "\"", "\\", "<", "-", "0", "99", "@", "a", "\t", "NIK ", "tel ",
            "e\u{301}",
            "ticket AB-1234", "AB-12345678", "\u{200B}",
        ]
        return examples + joints + joints
    }()

    private static func text(_ generator: inout SeededGenerator) -> String {
        (0..<Int.random(in: 1...14, using: &generator)).map { _ in
            var unit = units.randomElement(using: &generator) ?? ""
            if Int.random(in: 0..<5, using: &generator) == 0 {
                unit = String(unit.prefix(Int.random(in: 0...unit.count, using: &generator)))
            }
            return unit
        }
        .joined()
    }

    private static func policy(_ actions: [GuardAction], _ generator: inout SeededGenerator) -> PolicyItem {
        var chosen: [String: String] = [:]
        for entity in entities where Bool.random(using: &generator) {
            chosen[entity] = actions.randomElement(using: &generator)?.rawValue
        }
        if chosen.isEmpty { chosen["EMAIL_ADDRESS"] = actions[0].rawValue }
        let strategies = ["replace", "redact", "mask", "hash", "anonymize"]
        var policy = Search.pii(strategy: strategies.randomElement(using: &generator), entities: chosen)
        let action = actions.randomElement(using: &generator) ?? .mask
        policy.custom = [CustomPattern(name: "ticket", pattern: "AB-[0-9]{4,6}", action: action)]
        return policy
    }

    private static func each(_ body: (Int, inout SeededGenerator) -> Void) {
        for number in 0..<count {
            var generator = SeededGenerator(state: seed &+ UInt64(number))
            body(number, &generator)
        }
    }

    private struct Run {
        var plan: DetectionPlan
        var reply: InspectReply

        init(_ text: String, _ policy: PolicyItem) {
            let prepared = Search.book([policy]).prepared(for: Search.scope, .outbound)
            plan = prepared.plan
            let segment = InspectSegment(id: 0, role: "assistant", kind: .text, text: text)
            let request = InspectRequest(
                requestID: "r",
                direction: .outbound,
                scope: Search.scope,
                segments: [segment]
            )
            reply = Inspector(prepared, tag: Search.tag).inspect(request, Workbench())
        }
    }

    @Test("masked and noted matches: the same as the whole, for every cut")
    func masks() {
        Self.each { number, generator in
            let text = Self.text(&generator)
            let run = Run(text, Self.policy([.mask, .logOnly, .warn], &generator))
            let expected = Search.apply(run.reply.edits, to: text)
            for longest in [1, 4, 24] {
                let pieces = ScanMachineTests.pieces(text, &generator, longest: longest)
                let released = ScanMachineTests.release(pieces, run.plan)
                #expect(released.text == expected, "number \(number): \(pieces)")
                #expect(!released.machine.isBlocked)
            }
        }
    }

    @Test("a block lets go no byte of its match, and before it what masking the whole gives")
    func blocks() {
        var blocked = 0
        Self.each { number, generator in
            let text = Self.text(&generator)
            let run = Run(text, Self.policy([.mask, .block], &generator))
            let starts = run.reply.findings.filter { $0.action == .block }.map(\.range.lowerBound)
            let bytes = Array(text.utf8)
            let first = starts.min() ?? bytes.count
            let before = run.reply.edits.filter { $0.range.upperBound <= first }
            // What is masked and runs into the match is not told either.
            let end = run.reply.edits.first { $0.range.contains(first) }?.range.lowerBound ?? first
            let head = String(decoding: bytes[..<min(first, end)], as: UTF8.self)
            let expected = Search.apply(before, to: head)
            for longest in [1, 4, 24] {
                let pieces = ScanMachineTests.pieces(text, &generator, longest: longest)
                let released = ScanMachineTests.release(pieces, run.plan)
                #expect(released.machine.isBlocked == !starts.isEmpty, "number \(number): \(pieces)")
                #expect(
                    starts.isEmpty ? released.text == expected : expected.utf8.starts(with: released.text.utf8),
                    "number \(number): \(released.text) of \(expected), \(pieces)"
                )
            }
            if !starts.isEmpty { blocked += 1 }
        }
        #expect(blocked > Self.count / 20)
    }

    @Test("arguments of a tool: the same as the whole, and still JSON")
    func arguments() {
        Self.each { number, generator in
            let values = (0..<3).map { _ in Self.text(&generator) }
            let source = JSONText.object(values)
            let policy = Self.policy([.mask, .logOnly], &generator)
            let run = Run("", policy)
            let expected = Search.masked(source, policy, kind: .toolArguments)
            for longest in [1, 5, 40] {
                let pieces = ScanMachineTests.pieces(source, &generator, longest: longest)
                let released = ScanMachineTests.release(pieces, run.plan, channel: "0/tool_args/0").text
                #expect(released == expected, "number \(number): \(pieces)")
                #expect((try? JSONSerialization.jsonObject(with: Data(released.utf8))) != nil)
            }
        }
    }
}

/// Writes texts as the values of an object.
private enum JSONText {
    static func object(_ values: [String]) -> String {
        let object = Dictionary(uniqueKeysWithValues: values.enumerated().map { ("k\($0)", $1) })
        let bytes = (try? JSONSerialization.data(withJSONObject: object, options: .sortedKeys)) ?? Data()
        return String(decoding: bytes, as: UTF8.self)
    }
}
