import Patterns

/// Tells an instruction to a model from talk about such instructions, and from code.
enum InstructionCheck {
    /// Words of people who test, detect, report or translate attacks.
    private static let talk = ContextWords(
        [
            "test", "tests", "checks", "catches", "detect", "detects", "detecting", "filter", "regex", "matches",
            "match",
            "blocklist", "denylist", "lists", "list", "red-team", "phrase", "phrases", "string", "grep", "assert",
            "expect",
            "called", "named", "such as", "e.g", "like", "word", "words", "example", "examples", "translate", "contoh",
            "kata", "frasa",
        ],
        span: ContextWords.longestSpan
    )
    private static let quotes = ByteSet("\"'`")

    /// A quoted attack that somebody talks about is none.
    static func accepts(_ match: Candidate) -> Bool {
        guard let before = match.preceding(1), quotes.contains(before) else { return true }
        return !talk.stands(before: match.range.lowerBound - 1, in: match.text)
    }

    /// Other languages than English, whose "ignore instructions" says nothing of whose.
    static func isForeign(_ match: Candidate) -> Bool {
        guard accepts(match), old.stand(in: match.text, match.range) else { return false }
        return !match.begins(with: "ignore ") || !match.ends(with: "instructions")
    }

    private static let old = Phrases([
        "anterior", "previas", "vorherig", "bisherig", "obig", "vorig", "dentes", "precedenti", "toutes", "todas",
    ])

    /// Names in code are not sentences.
    static func isProse(_ match: Candidate) -> Bool {
        accepts(match) && !code.stand(in: match.text, match.range)
    }

    private static let code = Phrases(["()", "= ", "({", "=>", "\"system"])

    /// A mark that stands in quotes is data of a program that knows such marks.
    static func isBare(_ match: Candidate) -> Bool {
        guard let before = match.preceding(1) else { return true }
        return !quotes.contains(before) || match.range.count > 24
    }

    /// "A plan without limits" is about the plan: the model is spoken to, and the rules are its own.
    static func isUnbound(_ match: Candidate) -> Bool {
        accepts(match) && addresses.stand(in: match.text, match.range) && !budgets.stand(in: match.text, match.range)
    }

    private static let addresses = Phrases([
        "answer", "respond", "reply", "act ", "acting", "you are", "assistant", "chatbot", "terminal",
    ])
    private static let budgets = Phrases(["rate limit", "plan", "memory", "size", "layer", "query", "free "])

    /// The company is named in many a harmless sentence; its policies are not.
    static func isAboutPolicy(_ match: Candidate) -> Bool {
        guard accepts(match) else { return false }
        let text = match.text
        if !company.stand(in: text, match.range) { return true }
        let behind = match.range.upperBound..<min(text.count, match.range.upperBound + 24)
        return policies.stand(in: text, match.range) || policiesBehind.stand(in: text, behind)
    }

    private static let company = Phrases(["opena"])
    private static let policies = Phrases(["polic", "mode"])
    private static let policiesBehind = Phrases(["polic", "content"])

    private static let negations = ContextWords(["don't", "not", "never", "dont", "jangan"], span: 10)

    /// "Don't forget your training" keeps the rules.
    static func isAboutOwnRules(_ match: Candidate) -> Bool {
        accepts(match) && !negations.stands(before: match.range.lowerBound, in: match.text)
    }

    private static let authors = ContextWords(
        ["into", "put", "write", "improve", "review", "draft", "edit", "set"],
        span: 24
    )

    /// Somebody who writes prompts speaks of "your prompt" too, and of putting something into it.
    static func isAboutOwnPrompt(_ match: Candidate) -> Bool {
        isProse(match) && !authors.stands(before: match.range.lowerBound, in: match.text)
    }

    /// Orders to print something are everyday work unless everything else is to stop.
    static func isOverriding(_ match: Candidate) -> Bool {
        guard accepts(match) else { return false }
        return verdicts.stand(in: match.text, match.range)
            || signs.stands(before: match.range.lowerBound, in: match.text)
    }

    private static let verdicts = Phrases(["scoring", "review", "evaluation"])
    private static let signs = ContextWords(
        ["stop", "nevermind", "ignore", "forget", "now", "asked", "don't evaluate", "disregard"],
        span: ContextWords.longestSpan
    )
}
