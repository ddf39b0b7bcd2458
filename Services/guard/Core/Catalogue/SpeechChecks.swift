import Patterns

/// Tells what somebody says from what is said about saying it.
enum SpeechCheck {
    /// Words of reporting, testing, teaching and translating.
    private static let reporting = ContextWords(
        [
            "test", "tests", "asserts", "assert", "lyrics", "lirik", "says", "say", "said", "saying", "word", "words",
            "phrase",
            "phrases", "kata", "frasa", "contoh", "example", "examples", "wrote", "called", "flagged", "flag", "filter",
            "detect", "detects", "moderation", "quote", "quotes", "string", "translate", "terjemahkan", "berkata",
            "menulis",
            "kalimat", "sentence", "meaning", "definition", "arti", "insult", "insults", "hinaan", "makian", "umpatan",
        ],
        span: ContextWords.longestSpan
    )
    /// Words that make a sentence about a group one about what others think, or about figures.
    private static let distancing = ContextWords(
        [
            "stereotype", "stereotypes", "stereotip", "stereotipe", "myth", "myths", "mitos", "wrote", "claim",
            "claims",
            "claimed", "claiming", "klaim", "anggapan", "prasangka", "prejudice", "prejudices", "argued", "belief",
            "believed",
            "assumption", "misconception", "survey", "study", "studies", "sample", "survei", "penelitian", "studi",
            "tabel",
            "table", "false", "untrue", "wrong", "keliru", "salah", "misleading", "outdated", "unfounded", "racist",
            "sexist",
            "debunk", "debunked", "statistics", "statistik", "not true", "no evidence", "tidak benar", "tak benar",
            "bukan berarti",
        ],
        span: ContextWords.longestSpan
    )
    private static let denials = ContextWords(["not", "n't", "never", "bukan", "tidak", "jangan"], span: 16)
    private static let quotes = ByteSet("\"'`")

    /// A quoted insult that a test, a lesson or a song is about insults nobody.
    static func isNoMention(_ match: Candidate) -> Bool {
        guard isQuoted(match) else { return true }
        return !reporting.stands(before: match.range.lowerBound - 1, in: match.text)
    }

    /// The same, and it is not denied.
    static func isSaid(_ match: Candidate) -> Bool {
        isNoMention(match) && !denials.stands(before: match.range.lowerBound, in: match.text)
    }

    /// A sentence of its own that neither reports nor counts.
    static func isClaim(_ match: Candidate) -> Bool {
        if let before = match.preceding(1), quotes.contains(before) { return false }
        if distancing.stands(before: match.range.lowerBound, in: match.text) { return false }
        let end = min(match.text.count, match.range.upperBound + 48)
        return !distancing.stands(before: end, since: match.range.upperBound, in: match.text)
    }

    private static func isQuoted(_ match: Candidate) -> Bool {
        guard let before = match.preceding(1) else { return false }
        // The last byte of a typographic opening quote.
        if before == 0x9C || before == 0x98, match.preceding(3) == 0xE2 { return true }
        return quotes.contains(before)
    }
}

/// Text that is made not to be seen.
enum HiddenTextCheck {
    /// The flags of England, Scotland and Wales are a black flag with tags behind it.
    static func accepts(_ match: Candidate) -> Bool {
        let flag: [UInt8] = [0xF0, 0x9F, 0x8F, 0xB4]
        var start = match.range.lowerBound
        // A flag's tags are a few; the match may begin at any of them.
        for _ in 0..<8 where start >= 4 && match.text[start - 4] == 0xF3 && match.text[start - 3] == 0xA0 { start -= 4 }
        guard start >= flag.count else { return true }
        return !flag.indices.allSatisfy { match.text[start - flag.count + $0] == flag[$0] }
    }
}
