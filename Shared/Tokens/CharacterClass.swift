/// What a character is to the splitting of text; `scripts/make-vocabulary` writes the same numbers.
enum CharacterClass: UInt8 {
    /// Punctuation, symbols, control characters, what is not assigned, and bytes that are no UTF-8.
    case other
    /// Upper and title case.
    case upper
    case lower
    /// Letters without a case.
    case letter
    /// Marks, which belong to the letter before.
    case mark
    case number
    /// White space but the two below.
    case space
    /// Carriage return and line feed.
    case newline

    /// Whether a word's beginning may hold it.
    var isUpperOrCaseless: Bool { self == .upper || self == .letter || self == .mark }

    /// Whether a word's end may hold it.
    var isLowerOrCaseless: Bool { self == .lower || self == .letter || self == .mark }

    var isLetter: Bool { self == .upper || self == .lower || self == .letter }

    var isCaseless: Bool { self == .letter || self == .mark }

    /// Whether it stands in runs of punctuation.
    var isPunctuation: Bool { self == .other || self == .mark }

    var isWhiteSpace: Bool { self == .space || self == .newline }
}
