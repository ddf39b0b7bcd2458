import Contracts
import Patterns
import Testing

@testable import GuardCore

/// Rules whose matches say the same share what is looked for at most.
@Suite("Rules of one entity and action")
struct RuleGroupTests {
    private static func search(_ text: String, _ rules: [Rule]) -> (found: [Found], tries: Int) {
        let bench = Workbench()
        var text = text
        text.withUTF8 { Engine.search(DetectionPlan(rules: rules), CheckedText(valid: $0), bench) }
        return (bench.found, bench.tries)
    }

    /// An entry for injections whose matches are as bad as asked, and a text that it finds.
    private static func entry(_ severity: Severity) throws -> (compiled: CompiledEntry, hit: String) {
        for entry in CatalogueTests.entries where entry.detector == .injection {
            guard case .literals = entry.trigger, let hit = entry.hits.first else { continue }
            let compiled = try CompiledEntry(entry)
            let rule = Rule(compiled, action: .block)
            let scores = search(hit, [rule]).found.map(\.score)
            if compiled.hasOneScore, scores.count == 1, rule.severity(scores[0]) == severity { return (compiled, hit) }
        }
        throw GuardTestError.noEntry
    }

    private enum GuardTestError: Error { case noEntry }

    @Test("ten rules that know an attack find it as often as one does in a text of it, and look no longer")
    func saturation() throws {
        let (compiled, hit) = try Self.entry(.high)
        let text = String(repeating: hit + "\n", count: 2000)
        let rule = Rule(compiled, action: .block)
        let (one, ten) = (Self.search(text, [rule]), Self.search(text, Array(repeating: rule, count: 10)))
        #expect(one.found.count == rule.mostMatches)
        #expect(ten.found == one.found)
        #expect(ten.tries == one.tries)
    }

    @Test("what masks is found every time, by each of its rules")
    func masks() throws {
        let (compiled, hit) = try Self.entry(.high)
        let text = String(repeating: hit + "\n", count: 300)
        let rule = Rule(compiled, action: .mask)
        #expect(Self.search(text, [rule, rule]).found.count == 600)
    }

    @Test("thousands of matches that are only noted hide none that acts, and neither do those of another action")
    func noted() throws {
        let (noted, light) = try Self.entry(.medium)
        let (acting, bad) = try Self.entry(.high)
        let text = String(repeating: light + "\n", count: 2000) + bad
        let rules = [
            Rule(noted, action: .block, minimumSeverity: .high), Rule(acting, action: .block, minimumSeverity: .high),
        ]
        #expect(Self.search(text, rules).found.contains { $0.rule == 1 })
        let other = [Rule(noted, action: .logOnly), Rule(acting, action: .block)]
        #expect(Self.search(text, other).found.contains { $0.rule == 1 })
    }
}
