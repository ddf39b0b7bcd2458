import Patterns

/// Where in a region a match may begin: nowhere without the words that it must hold, and in a long region no further before them
/// than a match is long.
///
/// Most regions hold a rule's trigger and nothing else of it, and looking for a few words takes a part of what the pattern
/// takes. A text that is full of triggers is one region, and the pattern would be tried at each of them, with all that may follow.
enum Companions {
    /// Regions of so many times what a match takes are looked through for each place of a word.
    private static let long = 2
    /// What part of a match's length is passed over behind a word.
    private static let passedOver = 4

    /// The places where a match may begin, in order; the last byte of each is one of them.
    static func stretches(
        of compiled: CompiledEntry,
        _ companions: [WordFinder],
        in text: CheckedText,
        _ region: Range<Int>
    ) -> [Range<Int>] {
        var stretches = [region]
        for words in companions where !stretches.isEmpty {
            stretches = near(words, compiled.bound ?? region.count, stretches, region, text)
        }
        return stretches
    }

    /// Whether a region is to be looked through for ``stretches(of:_:in:_:)``.
    static func isLong(_ region: Range<Int>, _ compiled: CompiledEntry) -> Bool {
        compiled.bound.map { region.count > long * $0 } ?? false
    }

    /// Whether a region holds all that a match must.
    static func stand(_ companions: [WordFinder], in text: CheckedText, _ region: Range<Int>) -> Bool {
        companions.allSatisfy { $0.first(text, region) != nil }
    }

    private static func near(
        _ words: WordFinder,
        _ span: Int,
        _ stretches: [Range<Int>],
        _ region: Range<Int>,
        _ text: CheckedText
    ) -> [Range<Int>] {
        var result: [Range<Int>] = []
        for stretch in stretches {
            // The word of a match that begins at the stretch's end may stand a match's length further on.
            let end = min(region.upperBound, stretch.upperBound + span)
            var index = stretch.lowerBound
            while index < end, let place = words.first(text, index..<end) {
                let start = text.boundary(before: max(stretch.lowerBound, place - span))
                // Where one word stands another is often near; what is passed over counts as near to it.
                index = place + 1 + span / passedOver
                let last = min(index - 1, stretch.upperBound)
                if let own = result.last, start <= own.upperBound {
                    result[result.count - 1] = own.lowerBound..<max(own.upperBound, last)
                } else {
                    result.append(start..<last)
                }
            }
        }
        return result
    }
}
