import SaverCore
import Testing

/// What must hold for any text: seeded mutations of the corpus.
@Suite("Mutations")
struct MutationTests {
    private static let rounds = 5

    /// Lines that must survive wherever they stand; each is its own.
    private static func faults(_ random: inout SeededGenerator) -> [String] {
        let number = Int.random(in: 100...999, using: &random)
        return [
            "lib/seed_\(number).c:\(number):7: error: seeded fault \(number)", "ERROR: seeded failure \(number)",
            "FAILED seeded/test_\(number).py - assertion", "seeded warning \(number): look here",
            "\(number) failed, 3 passed",
        ]
    }

    private static func mutated(
        _ lines: [ArraySlice<UInt8>],
        _ random: inout SeededGenerator
    ) -> (lines: [ArraySlice<UInt8>], faults: [String]) {
        var lines = lines
        let start = Int.random(in: 0..<max(1, lines.count / 2), using: &random)
        let length = Int.random(in: lines.count / 3...lines.count, using: &random)
        lines = Array(lines.dropFirst(start).prefix(length))
        for _ in 0..<6 where !lines.isEmpty {
            let place = Int.random(in: 0..<lines.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: lines.remove(at: place)
            case 1: lines.insert(lines[place], at: Int.random(in: 0..<lines.count, using: &random))
            case 2: lines[place] = lines[place].prefix(Int.random(in: 0...lines[place].count, using: &random))
            default: lines.swapAt(place, Int.random(in: 0..<lines.count, using: &random))
            }
        }
        let faults = faults(&random)
        for fault in faults {
            lines.insert(Array(fault.utf8)[...], at: Int.random(in: 0...lines.count, using: &random))
        }
        return (lines, faults)
    }

    @Test("no fault is lost, nothing grows, the bytes are the same again", arguments: CorpusOutput.all)
    func invariants(_ output: CorpusOutput) throws {
        let whole = try Fixture.bytes(output.name + ".txt")
        let lines = whole.prefix(12_000).split(separator: .newline, omittingEmptySubsequences: false)
        for seed in 0..<Self.rounds {
            var random = SeededGenerator(seed: seed)
            let (mutated, faults) = Self.mutated(lines, &random)
            let text = Array(mutated.joined(separator: CollectionOfOne(.newline)))
            for command in [output.command, nil] {
                let result = ToolResult(text: text, toolName: "bash", command: command)
                guard let saving = engine.shrink(result) else { continue }
                #expect(engine.shrink(result) == saving)
                #expect(engine.shrink(ToolResult(text: saving.text, command: command)) == nil)
                #expect(saving.tokensBefore - saving.tokensAfter >= SaverEngine.minimumSaved)
                #expect(
                    String(validating: saving.text, as: UTF8.self) != nil
                        || String(validating: text, as: UTF8.self) == nil
                )
                let kept = Facts(saving.text)
                for fault in faults {
                    #expect(kept.hold(Array(fault.utf8)[...]), "seed \(seed), \(command ?? "-"): \(fault)")
                }
            }
        }
    }

    @Test(
        "every changed line of a diff survives, however it was cut and mixed",
        arguments: ["git-diff/range-python", "git-show/wide-rename"]
    )
    func changes(_ name: String) throws {
        let lines = try Fixture.bytes(name + ".txt").split(separator: .newline, omittingEmptySubsequences: false)
        for seed in 100..<(100 + Self.rounds) {
            var random = SeededGenerator(seed: seed)
            let (mutated, _) = Self.mutated(lines, &random)
            guard
                let saving = engine.shrink(
                    ToolResult(text: Array(mutated.joined(separator: CollectionOfOne(.newline))))
                )
            else { continue }
            let isChange = { (line: ArraySlice<UInt8>) in
                (line.first == UInt8(ascii: "+") || line.first == .hyphen) && !line.starts("+++ ")
                    && !line.starts("--- ")
            }
            let before = mutated.filter(isChange).map { Array($0) }
            let after = saving.text.split(separator: .newline).filter(isChange).map { Array($0) }
            #expect(before == after, "seed \(seed)")
        }
    }

    @Test(
        "a hostile text costs linear time",
        arguments: [
            "\u{1B}]", "\u{1B}[", "\r", "\n", "a:1:", "@@ -1 +1 @@\n", "@@ -1,99999 +1,99999 @@\n", "--\n", "x/",
            "│   ",
            "-rw-r--r-- 1 a b 1 Jan 1 1:1 x\n", "er", "[keirouter: ", "a.c:1: error: x\n", "error: x\n  --> \n", "1\t",
            "Collecting \n",
            "[1/2] ", "a\r", "diff --git a/a b/a\n", "./a/b\n", "    ", "total 1\n", "x:\n",
        ]
    )
    func hostile(_ piece: String) {
        let text = Array(String(repeating: piece, count: (1 << 17) / piece.utf8.count).utf8)
        let counting = SaverEngine { $0.count / 4 }
        let clock = ContinuousClock()
        let time = clock.measure { _ = counting.shrink(ToolResult(text: text)) }
        // A debug build on a busy machine; what is not linear takes minutes.
        #expect(time < .seconds(30), "\(time)")
    }
}
