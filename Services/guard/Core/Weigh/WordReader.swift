import Patterns

/// A word of a text, without its case.
struct ReadWord {
    var start: Int
    var end: Int
    var hash: UInt64
    /// Whether a sentence begins with it.
    var opensSentence: Bool
}

/// Cuts a text into words, byte by byte and in pieces, so that a word that goes on in the next piece is not read twice.
///
/// Words are letters, digits, underscores and what is beyond ASCII, apostrophes within; names in code are one word each and known to
/// nobody. What stands between two words tells whether a sentence ends there.
struct WordReader {
    /// More than this between two words parts sentences, whatever it is.
    static let longestGap = 32

    /// Where the next byte is read.
    private(set) var position = 0
    private var word = WordHash()
    /// The hash and the end without apostrophes behind it.
    private var solid = (hash: UInt64(0), end: 0)
    private var start = -1
    private var gapStart = 0
    private var begins = true
    private var hasStopped = false
    private var hasBroken = false

    /// Goes to a place; only the start of a text begins a sentence.
    mutating func begin(at index: Int) {
        self = WordReader()
        position = index
        gapStart = index
        begins = index == 0
    }

    /// A longer word is none that anybody knows.
    private static let longestWord = 64

    /// Where the word that is being read starts, if it may be one that is known.
    var openStart: Int? { start >= 0 && position - start <= Self.longestWord ? start : nil }

    mutating func shift(by count: Int) {
        position -= count
        gapStart -= count
        solid.end -= count
        if start >= 0 { start -= count }
    }

    /// The next whole word; `nil` when the text is over or, where more may come, within a word.
    @inline(__always)
    mutating func next(_ text: CheckedText, to end: Int, isOpen: Bool) -> ReadWord? {
        while position < end {
            let byte = text[position]
            switch Self.kinds[Int(byte)] {
            case .word:
                add(byte | (byte &- 0x41 < 26 ? 0x20 : 0))
            case .lead where width(text, end) > 0:
                let length = width(text, end)
                if length == 3, text[position + 2] == 0x99 {
                    apostrophe(length)
                } else {
                    defer { position += length }
                    if let word = finish() { return word }
                    gap(0x22)
                }
            case .lead:
                add(byte)
            case .apostrophe:
                if start >= 0 {
                    apostrophe(1)
                } else {
                    position += 1
                    gap(byte)
                }
            case .other:
                defer { position += 1 }
                if let word = finish() {
                    gap(byte)
                    return word
                }
                gap(byte)
            }
        }
        return isOpen ? nil : finish()
    }

    private enum Kind: UInt8 { case word, lead, apostrophe, other }

    private static let kinds: [Kind] = (0...255).map { byte -> Kind in
        let byte = UInt8(byte)
        if byte == 0xE2 || byte == 0xC2 { return .lead }
        if byte >= 0x80 || ByteSet.word.contains(byte) { return .word }
        return byte == 0x27 ? .apostrophe : .other
    }

    /// The bytes of a punctuation mark beyond ASCII that stands here; 0 for a letter.
    private func width(_ text: CheckedText, _ end: Int) -> Int {
        guard position + 1 < end else { return 0 }
        if text[position] == 0xC2 { return text[position + 1] < 0xC0 ? 2 : 0 }
        return text[position + 1] == 0x80 && position + 2 < end ? 3 : 0
    }

    @inline(__always)
    private mutating func add(_ byte: UInt8) {
        if start < 0 {
            start = position
            word = WordHash()
            if position - gapStart > Self.longestGap { begins = true }
        }
        word.add(byte)
        position += 1
        solid = (word.value, position)
    }

    private mutating func apostrophe(_ length: Int) {
        if start >= 0 { word.add(0x27) } else { gap(0x27) }
        position += length
    }

    private mutating func finish() -> ReadWord? {
        guard start >= 0 else { return nil }
        let read = ReadWord(start: start, end: solid.end, hash: solid.hash, opensSentence: begins)
        start = -1
        gapStart = solid.end
        (begins, hasStopped, hasBroken) = (false, false, false)
        return read
    }

    private static let stops = ByteSet(".!?;:")
    private static let openers = ByteSet("([{<")
    private static let afterStops = ByteSet(" \t\r\n\"')]>*")
    private static let blanks = ByteSet(" \t\r")
    private static let bullets = ByteSet("-*#>/|")

    /// Takes note of a byte between words.
    private mutating func gap(_ byte: UInt8) {
        guard !begins else { return }
        if byte == 0x20, !hasStopped { return }
        if hasStopped && Self.afterStops.contains(byte) || Self.openers.contains(byte) {
            begins = true
            return
        }
        hasStopped = Self.stops.contains(byte)
        if byte == 0x0A {
            begins = hasBroken
            hasBroken = true
        } else if !Self.blanks.contains(byte) {
            if hasBroken && Self.bullets.contains(byte) { begins = true }
            hasBroken = false
        }
    }
}
