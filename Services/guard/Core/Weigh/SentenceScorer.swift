import Patterns

/// Weighs the last words of a text while it is read: one pass, a fixed amount of work for each word, the same for every cut.
///
/// The window is the last 32 words within 256 bytes. Each word brings its features in and takes them out again when it leaves; the
/// features that stand in the window count once. Where they weigh more than the threshold there is a match: from the first telling
/// word among the last 120 bytes to the word that tipped the scales; then the window is empty. A window without a telling word
/// (``SentenceRule/anchors``) is not weighed, so a stream holds nothing back for the sake of other texts.
struct SentenceScorer {
    /// Words of a window.
    static let words = 32
    /// Bytes of a window.
    static let bytes = 256
    /// How far apart two words may be to make a pair.
    private static let reach = 8
    private static let reachBytes = 80
    /// Bytes of a match.
    private static let longestMatch = 120
    /// Features that a word may bring.
    private static let mostFeatures = 40

    private struct Token {
        var number = 0
        var start = 0
        var sentence = 0
        var first: UInt8 = 0
        var second: UInt8 = 0
        var isAnchor = false
        var features = 0
    }

    private var reader = WordReader()
    /// The words of the window, a ring.
    private var tokens = [Token](repeating: Token(), count: words)
    private var head = 0
    private var count = 0
    private var features = [UInt16](repeating: 0, count: words * mostFeatures)
    /// How often each feature stands in the window.
    private var counts: [UInt16] = []
    private var sum: Int32 = 0
    private var anchors = 0
    private var number = 0
    private var sentence = 0
    private var sentenceStart = 0
    private var last: UInt64 = 0

    /// Where the next byte is read.
    var position: Int { reader.position }

    /// Begins at a place of a text.
    mutating func begin(at index: Int) {
        empty()
        reader.begin(at: index)
        (number, sentence, sentenceStart, last) = (0, 0, -1, 0)
    }

    /// Takes account of bytes that were dropped from the start of the text.
    mutating func shift(by count: Int) {
        reader.shift(by: count)
        for index in tokens.indices { tokens[index].start -= count }
    }

    /// Reads on and tells what counts.
    ///
    /// - Returns: Where text begins that a match to come may hold; the end when there is none.
    mutating func run(
        _ rule: SentenceRule,
        _ text: CheckedText,
        to end: Int,
        isOpen: Bool,
        _ tell: (_ range: Range<Int>, _ excess: Int) -> Void
    ) -> Int {
        let weights = rule.weights
        if counts.count < weights.weights.count { counts = [UInt16](repeating: 0, count: weights.weights.count) }
        while let word = reader.next(text, to: end, isOpen: isOpen) {
            guard take(word, rule, weights), anchors > 0, sum + weights.bias > weights.threshold else { continue }
            tell(matchStart(word.end, default: word.start)..<word.end, Int(sum + weights.bias - weights.threshold))
            empty()
        }
        guard isOpen else { return end }
        return min(matchStart(end, default: end), reader.openStart ?? end)
    }

    /// The first telling word among the last bytes.
    private func matchStart(_ end: Int, default start: Int) -> Int {
        guard anchors > 0 else { return start }
        for place in 0..<count {
            let token = tokens[(head + place) & (Self.words - 1)]
            if token.isAnchor, token.start >= end - Self.longestMatch { return token.start }
        }
        return start
    }

    /// Takes a word into the window; tells whether it has a class, without which nothing is tipped.
    private mutating func take(_ word: ReadWord, _ rule: SentenceRule, _ weights: SentenceWeights) -> Bool {
        number += 1
        if word.opensSentence {
            sentence += 1
            sentenceStart = number
            last = 0
        }
        while count > 0, tokens[head].number <= number - Self.words || tokens[head].start < word.end - Self.bytes {
            drop(weights)
        }
        let known = weights.words[word.hash]
        let neighbour = last == 0 ? 0 : weights.neighbours[WordHash.joined(last, word.hash)]
        last = word.hash
        guard known.first != 0 || known.feature != 0 || neighbour != 0 else { return false }
        let place = (head + count) & (Self.words - 1)
        var token = Token(number: number, start: word.start, sentence: sentence)
        (token.first, token.second) = (known.first, known.second)
        token.isAnchor = known.first != 0 && rule.anchors.contains(word.hash)
        add(known.feature, place, &token, weights)
        add(neighbour, place, &token, weights)
        if known.first != 0 { addClass(known.first, place, &token, weights) }
        if known.second != 0 { addClass(known.second, place, &token, weights) }
        tokens[place] = token
        count += 1
        if token.isAnchor { anchors += 1 }
        return known.first != 0
    }

    private mutating func addClass(_ own: UInt8, _ place: Int, _ token: inout Token, _ weights: SentenceWeights) {
        add(weights.singles[Int(own)], place, &token, weights)
        if number == sentenceStart { add(weights.openers[Int(own)], place, &token, weights) }
        var back = count - 1
        while back >= 0 {
            let before = tokens[(head + back) & (Self.words - 1)]
            if before.number < number - Self.reach || before.start < token.start - Self.reachBytes { break }
            guard before.sentence == sentence else { break }
            if before.first != 0 {
                add(weights.pairs[Int(before.first) * SentenceWeights.mostClasses + Int(own)], place, &token, weights)
            }
            if before.second != 0 {
                add(weights.pairs[Int(before.second) * SentenceWeights.mostClasses + Int(own)], place, &token, weights)
            }
            back -= 1
        }
    }

    @inline(__always)
    private mutating func add(_ feature: UInt16, _ place: Int, _ token: inout Token, _ weights: SentenceWeights) {
        guard feature != 0, token.features < Self.mostFeatures else { return }
        features[place * Self.mostFeatures + token.features] = feature
        token.features += 1
        if counts[Int(feature)] == 0 { sum += weights.weights[Int(feature)] }
        counts[Int(feature)] &+= 1
    }

    private mutating func drop(_ weights: SentenceWeights) {
        let token = tokens[head]
        for place in head * Self.mostFeatures..<head * Self.mostFeatures + token.features {
            let feature = Int(features[place])
            counts[feature] &-= 1
            if counts[feature] == 0 { sum -= weights.weights[feature] }
        }
        if token.isAnchor { anchors -= 1 }
        head = (head + 1) & (Self.words - 1)
        count -= 1
    }

    private mutating func empty() {
        for offset in 0..<count {
            let place = (head + offset) & (Self.words - 1)
            for index in place * Self.mostFeatures..<place * Self.mostFeatures + tokens[place].features {
                counts[Int(features[index])] = 0
            }
        }
        (head, count, sum, anchors, last) = (0, 0, 0, 0, 0)
    }
}
