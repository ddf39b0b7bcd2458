/// What must stand in a text for a pattern to match in it, read from the pattern itself.
///
/// Each of the sets is of words of which every match holds one, letters folded. The sets say less than the pattern and never
/// more: what is not understood is taken to match anything.
package struct RequiredWords: Sendable {
    package typealias Word = [UInt8]

    package private(set) var sets: [[Word]] = []

    /// Reads a pattern.
    ///
    /// - Parameters:
    ///   - source: The expression; one that PCRE2 takes.
    ///   - options: How it reads its text.
    ///   - known: Words that are known to stand there: sets of other words come first, and sets of these alone are left out.
    package init(_ source: String, options: PatternOptions, known: [String] = []) {
        // Letters beyond ASCII have cases of their own, and some of ASCII's have more than two.
        guard !options.contains(.unicode) || !options.contains(.caseless) else { return }
        let known = known.map { $0.utf8.map(LiteralTrie.folded) }
        var reader = PatternReader(Array(source.utf8), known: known)
        guard let piece = reader.pattern() else { return }
        let ranked = piece.sets.map { (words: $0, share: PatternPiece.share(of: known, in: $0)) }
        sets = ranked.filter { $0.share < 1 }.sorted { ($0.share, $0.words.count) < ($1.share, $1.words.count) }.map(
            \.words
        )
    }
}

/// What is known of a part of a pattern.
struct PatternPiece {
    typealias Word = RequiredWords.Word

    /// A word says little when it is shorter.
    private static let shortest = 3
    /// Words of a set, and texts that a part is known to match.
    private static let most = 400
    private static let mostExact = 128
    /// Words of a set that are compared with others.
    private static let mostCompared = 64
    /// Words of a set by which it is told how much it says.
    private static let mostWeighed = 16
    private static let longest = 40
    /// Sets of a choice.
    private static let mostOfChoice = 2

    /// All that it matches, where that is a few texts.
    var exact: Set<Word>?
    /// Where it is not: sets of words of which each match holds one.
    private var parts: [[Word]] = []

    /// Matches anything, or only what the sets say.
    init(parts: [[Word]] = []) { self.parts = parts }

    init(exact: Set<Word>) { self.exact = exact }

    static let empty = PatternPiece(exact: [[]])

    var sets: [[Word]] {
        guard let exact else { return parts }
        return Self.set(exact).map { [$0] } ?? []
    }

    /// The words, if they say something, without those that hold another one.
    private static func set(_ words: Set<Word>) -> [Word]? {
        guard !words.isEmpty, words.count <= most, words.allSatisfy(isTelling) else { return nil }
        let sorted = words.sorted { $0.count != $1.count ? $0.count < $1.count : $0.lexicographicallyPrecedes($1) }
        // Of many words, few hold another one, and telling which takes longer than looking for them all.
        guard sorted.count <= mostCompared else { return sorted }
        var kept: [Word] = []
        for word in sorted where !kept.contains(where: { holds(word, $0) }) { kept.append(word) }
        return kept
    }

    /// Short ones stand everywhere, but for the sign in addresses.
    private static func isTelling(_ word: Word) -> Bool { word.count >= shortest || word.contains(UInt8(ascii: "@")) }

    /// How much of a set tells what the known words tell too, 0 to 1; told by its first words.
    static func share(of known: [Word], in set: [Word]) -> Double {
        let words = set.prefix(mostWeighed)
        let count = words.count { word in known.contains { holds($0, word) || holds(word, $0) } }
        return Double(count) / Double(max(1, words.count))
    }

    private static func holds(_ word: Word, _ part: Word) -> Bool {
        guard part.count <= word.count, let first = part.first else { return false }
        for start in 0...(word.count - part.count) where word[start] == first {
            var offset = 1
            while offset < part.count, word[start + offset] == part[offset] { offset += 1 }
            if offset == part.count { return true }
        }
        return false
    }

    // MARK: Putting together

    /// One or the other: of each the set that says most, since a match has to do with one of them alone; and of each the next one.
    static func any(_ pieces: [PatternPiece], known: [Word]) -> PatternPiece {
        var exact: Set<Word>? = []
        for piece in pieces { exact = piece.exact.flatMap { own in exact.map { $0.union(own) } } }
        if let exact, exact.count <= most { return PatternPiece(exact: exact) }
        let ranked = pieces.map { Self.ranked($0.sets, known: known) }
        guard ranked.allSatisfy({ !$0.isEmpty }) else { return PatternPiece() }
        let rows = min(mostOfChoice, ranked.map(\.count).max() ?? 0)
        return PatternPiece(
            parts: (0..<rows).compactMap { row in
                set(ranked.reduce(into: []) { $0.formUnion($1[min(row, $1.count - 1)]) })
            }
        )
    }

    /// Those that say most first: that are least of the known words, and fewest.
    static func ranked(_ sets: [[Word]], known: [Word]) -> [[Word]] {
        guard sets.count > 1 else { return sets }
        return sets.map { (words: $0, share: share(of: known, in: $0)) }
            .sorted { ($0.share, $0.words.count) < ($1.share, $1.words.count) }.map(\.words)
    }

    /// One behind the other.
    static func row(_ pieces: [PatternPiece]) -> PatternPiece {
        var parts: [[Word]] = []
        var open: Set<Word> = [[]]
        var isExact = true
        func close() {
            isExact = false
            if let set = set(open) { parts.append(set) }
            open = [[]]
        }
        for piece in pieces {
            guard let exact = piece.exact else {
                close()
                parts += piece.parts
                continue
            }
            if open.count * exact.count > mostExact || (open.map(\.count).max() ?? 0) > longest { close() }
            if exact != [[]] { open = open == [[]] ? exact : Set(open.flatMap { first in exact.map { first + $0 } }) }
        }
        if isExact { return PatternPiece(exact: open) }
        close()
        return PatternPiece(parts: parts)
    }

    /// Some number of times.
    func repeated(_ least: Int, _ most: Int?) -> PatternPiece {
        if least == 1, most == 1 { return self }
        guard least == 0 else { return PatternPiece(parts: sets) }
        guard most == 1, let exact else { return PatternPiece() }
        return PatternPiece(exact: exact.union([[]]))
    }
}
