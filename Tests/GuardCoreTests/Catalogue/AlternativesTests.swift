import Contracts
import Patterns
import Testing

@testable import GuardCore

@Suite("Alternatives")
struct AlternativesTests {
    static let cases: [(parts: [String], joined: String)] = [
        ([#"\bone"#, #"\btwo\b|\bthree"#], #"\b(?:one|two\b|three)"#),
        ([#"\b(?:a|b) c|\bd"#], #"\b(?:(?:a|b) c|d)"#),
        ([#"\ba[|(]|\bb\|c"#], #"\b(?:a[|(]|b\|c)"#),
        ([#"\ba[^]|]|\bb[]|]\\|\bc"#], #"\b(?:a[^]|]|b[]|]\\|c)"#),
        // One that asks for no boundary, or for one that need not be there, and what is not read.
        ([#"\bone|two"#], #"\bone|two"#),
        ([#"\b?one"#, #"\btwo"#], #"\b?one|\btwo"#),
        ([#"\b\Qa|b\E"#, #"\btwo"#], #"\b\Qa|b\E|\btwo"#),
        ([#"\b[[:alpha:]|]"#, #"\btwo"#], #"\b[[:alpha:]|]|\btwo"#),
        ([#"\bone"#], #"\bone"#),
    ]

    @Test("a boundary that all begin with is asked once", arguments: cases.indices)
    func alternatives(index: Int) {
        #expect(Alternatives.joined(Self.cases[index].parts) == Self.cases[index].joined)
    }

    /// Texts of a megabyte at which a pattern gave up before what it needs was looked for first.
    static let exhausting = [
        ("injection.act-on-behalf", "hi ai."), ("injection.exfiltration-talk", "Include the token in t "),
        ("injection.exfiltration-talk", "Add the API key  "),
        ("secret.private-key", "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ "),
        ("secret.private-key", "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN\n-----END CERTIFICATE-----\n"),
        ("secret.private-key", "-----BEGIN PRIVATE KEY----------END PRIVATE KEY-----\n"),
    ]

    @Test("no pattern of the product's gives up on a megabyte of what it waits for", arguments: exhausting.indices)
    func givesUpNowhere(index: Int) throws {
        let (id, unit) = Self.exhausting[index]
        let entry = try #require(CatalogueTests.entries.first { $0.id == id })
        let compiled = try CompiledEntry(entry)
        let plan = DetectionPlan(rules: [Rule(compiled, action: .mask)])
        var text = String(repeating: unit, count: (1 << 20) / unit.utf8.count)
        text.withUTF8 { Engine.search(plan, CheckedText(valid: $0), Workbench()) }
        #expect(compiled.quarantine.count == 0)
    }
}
