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
    // Here and not static, where each look would ask whether they are there.
    private let letters = ByteSet.word
    private let stops = ByteSet(".!?;:")
    private let openers = ByteSet("([{<")
    private let afterStops = ByteSet(" \t\r\n\"')]>*")
    private let blanks = ByteSet(" \t\r")
    private let bullets = ByteSet("-*#>/|")
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
        (position, gapStart, start) = (index, index, -1)
        (begins, hasStopped, hasBroken) = (index == 0, false, false)
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
            let length = byte == 0xE2 || byte == 0xC2 ? width(text, end) : 0
            if length == 0, byte >= 0x80 || letters.contains(byte) {
                add(byte | (byte &- 0x41 < 26 ? 0x20 : 0))
                continue
            }
            let isApostrophe = byte == 0x27 || length == 3 && text[position + 2] == 0x99
            if isApostrophe, start >= 0 {
                word.add(0x27)
                position += max(1, length)
                continue
            }
            let word = finish()
            // A mark beyond ASCII is like a quote.
            gap(length == 0 || isApostrophe ? byte : 0x22)
            position += max(1, length)
            if let word { return word }
        }
        return isOpen ? nil : finish()
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

    private mutating func finish() -> ReadWord? {
        guard start >= 0 else { return nil }
        let read = ReadWord(start: start, end: solid.end, hash: solid.hash, opensSentence: begins)
        start = -1
        gapStart = solid.end
        (begins, hasStopped, hasBroken) = (false, false, false)
        return read
    }

    /// Takes note of a byte between words.
    private mutating func gap(_ byte: UInt8) {
        guard !begins else { return }
        if byte == 0x20, !hasStopped { return }
        if hasStopped && afterStops.contains(byte) || openers.contains(byte) {
            begins = true
            return
        }
        hasStopped = stops.contains(byte)
        if byte == 0x0A {
            begins = hasBroken
            hasBroken = true
        } else if !blanks.contains(byte) {
            if hasBroken && bullets.contains(byte) { begins = true }
            hasBroken = false
        }
    }
}
