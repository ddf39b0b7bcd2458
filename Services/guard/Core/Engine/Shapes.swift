import Patterns

/// Finds the shapes of numbers in one pass: what digits, dots and colons look like before any pattern is tried.
struct Shapes {
    /// Digits that are worth a look.
    static let fewestDigits = 9

    /// The bytes of each shape that was seen, in order.
    var digits: [Range<Int>] = []
    var dotted: [Range<Int>] = []
    var colons: [Range<Int>] = []
    var accounts: [Range<Int>] = []
    var coins: [Range<Int>] = []

    mutating func removeAll() {
        digits.removeAll(keepingCapacity: true)
        dotted.removeAll(keepingCapacity: true)
        colons.removeAll(keepingCapacity: true)
        accounts.removeAll(keepingCapacity: true)
        coins.removeAll(keepingCapacity: true)
    }

    mutating func scan(_ text: CheckedText) {
        var index = text.firstDigitOrColon(from: 0)
        while index < text.count {
            if text[index] == UInt8(ascii: ":") {
                colon(at: index, text)
                index += 1
            } else {
                index = number(at: index, text)
            }
            index = text.firstDigitOrColon(from: index)
        }
    }

    // MARK: Digits

    /// Takes in digits and what joins them, and returns where they end.
    private mutating func number(at start: Int, _ text: CheckedText) -> Int {
        if start >= 2, Self.isCapital(text[start - 1]), Self.isCapital(text[start - 2]),
            start + 1 < text.count, Self.isDigit(text[start + 1])
        {
            accounts.append(start - 2..<start + 2)
        }
        if let end = Self.coin(at: start, text) {
            coins.append(start..<end)
            return end
        }
        if let end = Self.date(at: start, text) { return end }
        var total = 0
        var parts = 1
        var dottedStart = start
        var index = start
        var end = start
        while index < text.count {
            let first = index
            if first > start, let coinEnd = Self.coin(at: first, text) {
                coins.append(first..<coinEnd)
                end = coinEnd
                break
            }
            while index < text.count, Self.isDigit(text[index]) { index += 1 }
            total += index - first
            end = index
            var next = index
            while next < text.count, next < index + 3, Self.isSeparator(text[next]) { next += 1 }
            guard next > index, next < text.count, Self.isDigit(text[next]) else { break }
            if next == index + 1, text[index] == UInt8(ascii: ".") {
                parts += 1
            } else {
                if parts >= 4 { dotted.append(dottedStart..<end) }
                parts = 1
                dottedStart = next
            }
            index = next
        }
        if parts >= 4 { dotted.append(dottedStart..<end) }
        if total >= Self.fewestDigits { digits.append(start..<end) }
        return max(end, start + 1)
    }

    /// The end of a date such as `2026-02-03`, with which nothing begins that is looked for: most lines of logs have one.
    private static func date(at start: Int, _ text: CheckedText) -> Int? {
        let form: StaticString = "dddd-dd-dd"
        guard start + form.utf8CodeUnitCount <= text.count, start == 0 || text[start - 1] != UInt8(ascii: "+") else {
            return nil
        }
        for index in 0..<form.utf8CodeUnitCount {
            let wanted = form.utf8Start[index]
            let byte = text[start + index]
            guard wanted == UInt8(ascii: "-") ? byte == wanted : isDigit(byte) else { return nil }
        }
        let century = (text[start], text[start + 1])
        guard century == (0x32, 0x30) || century == (0x31, 0x39) else { return nil }
        let end = start + form.utf8CodeUnitCount
        return end < text.count && isDigit(text[end]) ? nil : end
    }

    /// The end of 26 to 35 letters and digits that begin with a one or a three and hold no zero, as coins' addresses do.
    private static func coin(at start: Int, _ text: CheckedText) -> Int? {
        guard text[start] == 0x31 || text[start] == 0x33, start == 0 || !Self.isWord(text[start - 1]) else {
            return nil
        }
        var end = start
        var hasLetter = false
        while end < text.count, end < start + 36, Self.isWord(text[end]) {
            guard text[end] != 0x30 else { return nil }
            if !isDigit(text[end]) { hasLetter = true }
            end += 1
        }
        return hasLetter && (26...35).contains(end - start) ? end : nil
    }

    // MARK: Colons

    private mutating func colon(at index: Int, _ text: CheckedText) {
        if index + 1 < text.count, text[index + 1] == UInt8(ascii: ":") {
            if isGap(at: index, text) { colons.append(index..<index + 2) }
            return
        }
        guard index > 0, index + 1 < text.count, Self.isHex(text[index - 1]), Self.isHex(text[index + 1]) else {
            return
        }
        if hasColon(text, from: index - 1, by: -1), hasColon(text, from: index + 1, by: 1) {
            colons.append(index..<index + 1)
        }
    }

    /// Whether two colons may be those of an address; those between names are the most frequent ones in code.
    private func isGap(at index: Int, _ text: CheckedText) -> Bool {
        if index + 2 < text.count, Self.isWord(text[index + 2]), !Self.isHex(text[index + 2]) { return false }
        var before = index - 1
        while before >= 0, before >= index - 4, Self.isHex(text[before]) { before -= 1 }
        return before < 0 || !Self.isWord(text[before])
    }

    /// Whether the next thing beside up to four hexadecimal digits is a colon.
    private func hasColon(_ text: CheckedText, from start: Int, by step: Int) -> Bool {
        var index = start
        for _ in 0..<5 {
            guard index >= 0, index < text.count else { return false }
            if text[index] == UInt8(ascii: ":") { return true }
            guard Self.isHex(text[index]) else { return false }
            index += step
        }
        return false
    }

    // Not as sets: what is static is asked for at each use whether it is there yet.

    /// What may stand between the digits of one number.
    @inline(__always)
    private static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"),
            UInt8(ascii: "/"):
            true
        default: false
        }
    }

    @inline(__always)
    private static func isWord(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "_")
    }

    @inline(__always)
    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    @inline(__always)
    private static func isCapital(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }

    @inline(__always)
    private static func isHex(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6 }
}
