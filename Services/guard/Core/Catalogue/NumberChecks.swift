import Patterns

/// Numbers of payment cards: the issuers' prefixes and lengths, and Luhn's sum.
enum CardCheck {
    static func accepts(_ match: inout Candidate) -> Bool {
        let digits = match.digits
        guard isIssued(digits, hasContext: match.hasContext) else { return false }
        // One in ten identity numbers passes as a card.
        if digits.count == 16, !match.hasContext, IndonesianCheck.isIdentity(digits),
            identityWords.stands(before: match.range.lowerBound, in: match.text)
        {
            return false
        }
        match.score = 1
        return true
    }

    /// What is so with any words before it.
    static func isPossible(_ match: Candidate) -> Bool {
        let digits = match.digits
        return isIssued(digits, hasContext: true) && digits.hasLuhnSum() && !digits.isOneDigit && isGrouped(match)
    }

    private static let identityWords = ContextWords(IndonesianCheck.identityWords, span: ContextWords.longestSpan)

    /// Whether digits alone could be a card's number.
    static func isCard(_ digits: Digits) -> Bool {
        isIssued(digits, hasContext: false) && digits.hasLuhnSum()
    }

    /// Whether it is written as one number, or in groups as on a card with one kind of separator.
    private static func isGrouped(_ match: Candidate) -> Bool {
        var groups = (0, 0, 0, 0)
        var count = 1
        var separator: UInt8?
        for index in match.range {
            let byte = match.text[index]
            guard byte &- 0x30 >= 10 else {
                switch count {
                case 1: groups.0 += 1
                case 2: groups.1 += 1
                case 3: groups.2 += 1
                default: groups.3 += 1
                }
                continue
            }
            guard separator == nil || separator == byte else { return false }
            separator = byte
            count += 1
        }
        switch count {
        case 1: return true
        case 3: return groups.0 == 4 && groups.1 == 6
        case 4: return groups.0 == 4 && groups.1 == 4 && groups.2 == 4 && groups.3 <= 4
        default: return false
        }
    }

    private static func isIssued(_ digits: Digits, hasContext: Bool) -> Bool {
        guard digits.count >= 12 else { return false }
        switch digits.number(4) {
        case 4000...4999: return [13, 16, 19].contains(digits.count)
        case 5100...5599, 2221...2720, 3528...3589: return digits.count == 16
        case 3400...3499, 3700...3799: return digits.count == 15
        case 3000...3059, 3095, 3600...3699, 3800...3999: return digits.count == 14 || digits.count == 16 && hasContext
        case 6011, 6440...6599: return digits.count == 16 || digits.count == 19
        case 6200...6299: return (16...19).contains(digits.count)
        case 5000...5099, 5600...5899, 6304, 6759, 6761...6763: return (12...19).contains(digits.count)
        // Air travel cards begin with 1, as times in microseconds do.
        case 1000...1999: return digits.count == 15 && hasContext
        default: return false
        }
    }
}

/// International bank account numbers: the country's length and the remainder of 97.
enum AccountCheck {
    static func accepts(_ match: inout Candidate) -> Bool {
        guard let length = lengths[country(match)] else { return false }
        var remainder = 0
        var seen = 0
        var end = match.range.lowerBound
        var head = 0
        var headDigits = 1
        for index in match.range {
            let byte = match.text[index]
            guard byte != 0x20, byte != 0x2D else { continue }
            seen += 1
            guard seen <= length else { break }
            let value = ByteSet.digits.contains(byte) ? Int(byte - 0x30) : Int(byte - 0x41) + 10
            // The first four come last.
            if seen <= 4 {
                head = (head * (value > 9 ? 100 : 10) + value) % 97
                headDigits = headDigits * (value > 9 ? 100 : 10) % 97
            } else {
                remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97
            }
            end = index + 1
        }
        guard seen >= length, (remainder * headDigits + head) % 97 == 1 else { return false }
        if end < match.text.count, ByteSet.word.contains(match.text[end]) { return false }
        match.range = match.range.lowerBound..<end
        match.score = 1
        return true
    }

    private static func country(_ match: Candidate) -> UInt16 {
        UInt16(match.text[match.range.lowerBound]) << 8 | UInt16(match.text[match.range.lowerBound + 1])
    }

    /// Length by country, from the registry of ISO 13616.
    private static let lengths: [UInt16: Int] = {
        let table = """
            AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24
            FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32
            LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24
            RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30
            """
        var lengths: [UInt16: Int] = [:]
        for word in table.split(whereSeparator: \.isWhitespace) {
            let bytes = Array(word.utf8)
            lengths[UInt16(bytes[0]) << 8 | UInt16(bytes[1])] = Int(word.dropFirst(2))
        }
        return lengths
    }()
}
