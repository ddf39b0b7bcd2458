import Patterns

/// Where in a long region a match may begin: no further before a word that it must hold than a match is long.
///
/// A text that is full of a rule's triggers is one region, and the pattern would be tried at each of them, with all that may
/// follow. Texts that people write have regions of a few hundred bytes, where trying is sooner done than looking for the words.
enum Companions {
    /// Regions of so many times what a match takes are worth a look for the words.
    private static let worthwhile = 2

    /// The longest region that is searched as it is.
    static func least(_ compiled: CompiledEntry) -> Int {
        compiled.bound.map { worthwhile * $0 } ?? .max
    }

    /// The places where a match may begin, in order; the last byte of each is one of them.
    static func stretches(of compiled: CompiledEntry, in text: CheckedText, _ region: Range<Int>) -> [Range<Int>] {
        var stretches = [region]
        for words in compiled.companions where !stretches.isEmpty {
            stretches = near(words, compiled.bound ?? region.count, stretches, region, text)
        }
        return stretches
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
            words.scan(text, stretch.lowerBound..<end) { place in
                let start = text.boundary(before: max(stretch.lowerBound, place - span))
                let place = min(place, stretch.upperBound)
                if let own = result.last, start <= own.upperBound {
                    result[result.count - 1] = own.lowerBound..<max(own.upperBound, place)
                } else {
                    result.append(start..<place)
                }
            }
        }
        return result
    }
}
