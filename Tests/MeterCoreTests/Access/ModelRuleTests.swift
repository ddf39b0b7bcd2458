import Contracts
import Testing

@Suite("Allowed models")
struct ModelRuleTests {
    @Test(
        "a star stands for any run of characters, letters compare without case",
        arguments: [
            ("claude-*", "claude-sonnet-4-6", true), ("claude-*", "CLAUDE-X", true), ("claude-*", "claude-", true),
            ("claude-*", "my-claude-x", false), ("*", "anything", true), ("*", "", true), ("", "", true),
            ("", "a", false),
            ("gpt-*-mini", "gpt-4o-mini", true), ("gpt-*-mini", "gpt-mini", false), ("gpt-*-mini", "gpt--mini", true),
            ("*/gpt-5*", "openai/gpt-5-nano", true), ("a*a", "a", false), ("a*a", "aa", true),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b*", "xxbxxaxx", false), ("ab*ba", "aba", false), ("gpt-4", "gpt-4o", false), ("**", "x", true),
        ]
    )
    func cases(pattern: String, name: String, expected: Bool) {
        #expect(ModelRule(pattern).matches(lowercased: name.utf8.map(ModelRule.lowercased)) == expected)
    }

    /// By definition: a star matches nothing, or one character and then what it matches.
    private static func naive(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        if first == UInt8(ascii: "*") {
            return naive(pattern.dropFirst(), name) || (!name.isEmpty && naive(pattern, name.dropFirst()))
        }
        return name.first == first && naive(pattern.dropFirst(), name.dropFirst())
    }

    @Test("matching agrees with the definition", arguments: 0..<20 as Range<UInt64>)
    func definition(seed: UInt64) {
        var random = Seeded(seed)
        func text(of letters: String, upTo length: Int) -> [UInt8] {
            let letters = Array(letters.utf8)
            return (0..<Int.random(in: 0...length, using: &random)).map { _ in
                letters[Int.random(in: letters.indices, using: &random)]
            }
        }
        for _ in 0..<500 {
            let pattern = text(of: "ab*", upTo: 7)
            let name = text(of: "ab", upTo: 8)
            let rule = ModelRule(String(decoding: pattern, as: UTF8.self))
            #expect(rule.matches(lowercased: name) == Self.naive(pattern[...], name[...]))
        }
    }

    private static let targets = [
        Target(provider: "openai", model: "gpt-4o"), Target(provider: "acme", model: "small"),
        Target(provider: "openrouter", model: "anthropic/claude-opus-4-7"),
    ]

    @Test(
        "a rule for the requested name admits its steps, else each target stands for itself",
        arguments: [
            ([[]], "coding", [0, 1, 2]),
            ([["coding"]], "coding", [0, 1, 2]),
            ([["coding"]], "other", []),
            ([["openai/*"]], "coding", [0]),
            ([["GPT-4O", "small"]], "coding", [0, 1]),
            ([["*claude*"]], "coding", [2]),
            ([["coding"], ["acme/*"]], "coding", [1]),
            ([["gpt-*"], ["small"]], "coding", []),
        ] as [([[String]], String, [Int])]
    )
    func allowance(lists: [[String]], requested: String, expected: [Int]) {
        #expect(ModelAllowance(lists).permitted(requested: requested, targets: Self.targets) == expected)
    }

    @Test("a name too long to compare is not allowed by any rule")
    func longNames() {
        let target = Target(provider: "a", model: String(repeating: "x", count: 100_000))
        #expect(ModelAllowance([["*"]]).permitted(requested: target.model, targets: [target]).isEmpty)
    }
}
