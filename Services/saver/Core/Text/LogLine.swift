/// A line of a service's log, taken apart: when, how grave, what.
struct LogLine {
    enum Level {
        case calm, warning, error
        /// The line says nothing about it.
        case unknown
    }

    let level: Level
    /// What follows the time and the level, without the logger's name in brackets.
    let message: ArraySlice<UInt8>

    init?(_ line: ArraySlice<UInt8>) {
        guard let end = Self.endOfStamp(line) else { return nil }
        var rest = line[end...].drop { $0.isBlank || $0 == UInt8(ascii: "]") || $0 == UInt8(ascii: "|") }
        var level = Self.klogLevel(line)
        for _ in 0..<3 where level == .unknown {
            let word = rest.prefix { !$0.isBlank }
            guard !word.isEmpty else { break }
            level = Self.level(of: word)
            guard level != .unknown || word.first == UInt8(ascii: "[") else { break }
            rest = rest.dropFirst(word.count).trimmedStart
        }
        // The logger's name.
        if rest.first == UInt8(ascii: "["), let close = rest.prefix(96).firstIndex(of: UInt8(ascii: "]")) {
            rest = rest[(close + 1)...].trimmedStart
        }
        if level == .unknown, let field = rest.position(of: "level=") {
            level = Self.level(of: rest[(field + 6)...].prefix { !$0.isBlank })
        }
        self.level = level
        message = rest
    }

    // MARK: Time

    /// The end of the time at the start; a container's name and a bar may stand before it.
    private static func endOfStamp(_ line: ArraySlice<UInt8>) -> Int? {
        if let end = stamp(line) { return end }
        guard let bar = line.prefix(48).firstIndex(of: UInt8(ascii: "|")), bar > line.startIndex else { return nil }
        return stamp(line[(bar + 1)...].trimmedStart)
    }

    private static func stamp(_ line: ArraySlice<UInt8>) -> Int? {
        var rest = line
        if rest.starts("time=\"") || rest.starts("ts=") || rest.starts("time=") {
            rest = rest.drop { !$0.isDigit }
        } else if rest.first == UInt8(ascii: "[") {
            rest = rest.dropFirst()
        }
        guard let first = rest.first else { return nil }
        if first.isLetter { return namedDay(rest) }
        let digits = rest.leadingDigits
        if digits == 4 || digits == 2, let separator = rest.dropFirst(digits).first,
            separator == .hyphen || separator == .slash
        {
            let date = rest.prefix { $0.isDigit || $0 == separator }
            guard (8...10).contains(date.count), let next = rest.dropFirst(date.count).first,
                next == .space || next == UInt8(ascii: "T")
            else { return nil }
            return clock(rest.dropFirst(date.count + 1))
        }
        return clock(rest)
    }

    /// `Nov 23 07:12:51 host program[12]:` and klog's `I1123 07:12:51.123`.
    private static func namedDay(_ line: ArraySlice<UInt8>) -> Int? {
        if isKlog(line) { return clock(line.dropFirst(6)) }
        guard line.prefix(3).allSatisfy(\.isLetter), line.dropFirst(3).first == .space else { return nil }
        let day = line.dropFirst(4).trimmedStart
        let digits = day.leadingDigits
        guard (1...2).contains(digits), let end = clock(day.dropFirst(digits).trimmedStart) else { return nil }
        // The host, and the program up to its colon.
        let head = line[end...].prefix(96)
        return head.position(of: ": ").map { $0 + 1 } ?? end
    }

    /// `07:12:51`, with a fraction and a zone or without; returns its end.
    private static func clock(_ text: ArraySlice<UInt8>) -> Int? {
        let start = text.startIndex
        guard text.count >= 8 else { return nil }
        for offset in 0..<8 {
            let byte = text[start + offset]
            guard offset % 3 == 2 ? byte == .colon : byte.isDigit else { return nil }
        }
        var end = start + 8
        while end < text.endIndex, end < start + 40 {
            let byte = text[end]
            let isPart =
                byte.isDigit || byte == .dot || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "Z")
                || byte == UInt8(ascii: "+") || byte == .colon || byte == UInt8(ascii: "\"")
                || byte == .hyphen && end + 1 < text.endIndex && text[end + 1].isDigit
            guard isPart else { break }
            end += 1
        }
        return end
    }

    // MARK: Level

    private static func isKlog(_ line: ArraySlice<UInt8>) -> Bool {
        line.count > 14 && line.dropFirst().leadingDigits == 4 && line.dropFirst(5).first == .space
    }

    private static func klogLevel(_ line: ArraySlice<UInt8>) -> Level {
        guard isKlog(line) else { return .unknown }
        switch line.first {
        case UInt8(ascii: "I"): return .calm
        case UInt8(ascii: "W"): return .warning
        case UInt8(ascii: "E"), UInt8(ascii: "F"): return .error
        default: return .unknown
        }
    }

    private static func level(of word: ArraySlice<UInt8>) -> Level {
        let letters = word.drop { !$0.isLetter }.prefix { $0.isLetter }
        guard (3...9).contains(letters.count) else { return .unknown }
        switch String(decoding: letters.map(\.lowered), as: UTF8.self) {
        case "trace", "debug", "info", "notice", "verbose", "information", "inf", "dbg": return .calm
        case "warn", "warning", "wrn": return .warning
        case "error", "err", "fatal", "critical", "crit", "panic", "severe", "alert", "emerg": return .error
        default: return .unknown
        }
    }
}
