import Contracts
import Patterns

/// An operator's words as a pattern: whole words, in either case, the longest first.
package enum WordList {
    /// Words of a list.
    package static let most = 500
    /// Bytes of a word; a list may have several words in one.
    package static let longest = 64

    /// Alternatives with nothing of a word before or behind; white space of any length stands for a space.
    package static func pattern(_ words: [String]) -> String {
        let alternatives = Set(words).sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }.map(escaped)
        return "(?<![\\p{L}\\p{N}_])(?:" + alternatives.joined(separator: "|") + ")(?![\\p{L}\\p{N}_])"
    }

    /// The first words, where the prefilter folds them as the pattern does; else the pattern runs over the whole text.
    static func trigger(_ words: [String]) -> Trigger {
        guard !words.isEmpty, words.allSatisfy({ $0.utf8.allSatisfy { $0 < 0x80 } }) else { return .everywhere }
        let first = words.map { $0.split(separator: " ").first.map(String.init) ?? $0 }
        return first.allSatisfy { $0.utf8.count >= 2 } ? .literals(first) : .everywhere
    }

    static func escaped(_ word: String) -> String {
        var result = ""
        for scalar in word.unicodeScalars {
            if scalar == " " {
                result += "\\s{1,3}"
            } else if scalar.isASCII, !ByteSet.word.contains(UInt8(scalar.value)) {
                result += "\\" + String(scalar)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// A topic by its own words: they must stand in order, with at most a few others between them.
enum TopicPhrase {
    /// Characters between two words of a topic.
    private static let gap = "[^.!?\\n]{1,24}?"

    static func entry(_ topic: String) -> DetectorEntry {
        let words = topic.split(separator: " ").map(String.init)
        let body = words.map(WordList.escaped).joined(separator: gap)
        return DetectorEntry(
            id: "topic.own.\(topic)",
            detector: .topics,
            entity: topic,
            pattern: "(?<![\\p{L}\\p{N}_])(?:" + body + ")",
            options: [.unicode, .caseless],
            trigger: .everywhere,
            lead: 0,
            reach: 0,
            score: 0.8
        )
    }
}

extension CustomPattern {
    /// Whether it looks at texts that go this way; without a word about it, both.
    func looks(_ direction: Direction) -> Bool {
        self.direction.map { Direction.all(of: $0).contains(direction) } ?? true
    }
}
