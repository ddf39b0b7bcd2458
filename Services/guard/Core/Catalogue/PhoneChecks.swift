import Patterns

/// Telephone numbers, by the lengths that countries give them.
enum PhoneCheck {
    /// `+` and a country: as many groups are taken as make a number of that country.
    static func acceptsInternational(_ match: inout Candidate) -> Bool {
        let digits = match.digits
        guard digits.count >= 7, let plan = plan(digits) else { return false }
        guard let end = end(match, least: plan.code + plan.least, most: plan.code + plan.most) else { return false }
        match.range = match.range.lowerBound..<end
        let national = match.digits.dropFirst(plan.code)
        if digits[0] == 1, !isNorthAmerican(national) { return false }
        if end < match.text.count, ByteSet.word.contains(match.text[end]) { return false }
        return true
    }

    /// The end of the last group with which the count of digits is one of those.
    private static func end(_ match: Candidate, least: Int, most: Int) -> Int? {
        var count = 0
        var end: Int?
        for index in match.range where ByteSet.digits.contains(match.text[index]) {
            count += 1
            let next = index + 1 < match.range.upperBound ? match.text[index + 1] : 0
            guard !ByteSet.digits.contains(next) else { continue }
            if (least...most).contains(count) { end = index + 1 }
        }
        return end
    }

    private static func plan(_ digits: Digits) -> (code: Int, least: Int, most: Int)? {
        for length in (1...3).reversed() where digits.count > length {
            if let range = lengths[digits.number(length)] { return (length, range.lowerBound, range.upperBound) }
        }
        return nil
    }

    /// Digits behind the calling code.
    private static let lengths: [Int: ClosedRange<Int>] = [
        1: 10...10, 7: 10...10, 20: 9...10, 27: 9...9, 30: 10...10, 31: 9...9, 32: 8...9, 33: 9...9, 34: 9...9,
        36: 8...9, 39: 8...11, 40: 9...9, 41: 9...9, 43: 7...12, 44: 9...10, 45: 8...8, 46: 7...10, 47: 8...8,
        48: 9...9, 49: 7...12, 51: 8...9, 52: 10...10, 53: 8...8, 54: 10...11, 55: 10...11, 56: 9...9, 57: 10...10,
        58: 10...10, 60: 8...10, 61: 9...9, 62: 8...12, 63: 9...10, 64: 8...10, 65: 8...8, 66: 8...9, 81: 9...10,
        82: 8...10, 84: 9...10, 86: 10...11, 90: 10...10, 91: 10...10, 92: 9...10, 93: 9...9, 94: 9...9, 95: 8...10,
        98: 10...10, 212: 9...9, 213: 8...9, 216: 8...8, 218: 9...9, 233: 9...9, 234: 8...10, 250: 9...9, 251: 9...9,
        254: 9...9, 255: 9...9, 256: 9...9, 260: 9...9, 263: 9...9, 351: 9...9, 352: 8...9, 353: 8...9, 354: 7...7,
        355: 8...9, 358: 7...11, 359: 8...9, 370: 8...8, 371: 8...8, 372: 7...8, 373: 8...8, 375: 9...9, 380: 9...9,
        381: 8...9, 385: 8...9, 386: 8...8, 420: 9...9, 421: 9...9, 852: 8...8, 853: 8...8, 855: 8...9, 856: 8...10,
        880: 10...10, 886: 8...9, 960: 7...7, 961: 7...8, 962: 8...9, 964: 10...10, 965: 8...8, 966: 8...9, 968: 8...8,
        971: 8...9, 972: 8...9, 973: 8...8, 974: 8...8, 977: 9...10, 992: 9...9, 994: 9...9, 995: 9...9, 998: 9...9,
    ]

    // MARK: Numbers without a country

    static func acceptsNorthAmerican(_ match: Candidate) -> Bool {
        isNorthAmerican(match.digits)
    }

    private static func isNorthAmerican(_ digits: Digits) -> Bool {
        digits.count == 10 && digits[0] >= 2 && digits[3] >= 2 && !(digits[1] == 9 && digits[2] == 9)
    }

    /// Digits behind a word such as "telp"; behind "number" only the form of a mobile number is enough.
    static func acceptsNamed(_ match: Candidate) -> Bool {
        guard match.hasContext, acceptsLocal(match) else { return false }
        if telephoneWords.stands(before: match.range.lowerBound, in: match.text) { return true }
        let digits = match.digits
        return digits.count == 11 && digits[0] == 1 && digits[1] >= 3 && match.range.count == 11
    }

    private static let telephoneWords = ContextWords(
        [
            "phone", "phones", "telephone", "telepon", "telp", "tel", "hp", "handphone", "ponsel", "wa", "whatsapp",
            "mobile",
            "cell", "call", "fax", "sms", "hubungi", "contact", "kontak", "seluler",
        ],
        span: 24
    )

    /// Nine to thirteen digits that are no date.
    static func acceptsLocal(_ match: Candidate) -> Bool {
        let digits = match.digits
        guard (9...13).contains(digits.count) else { return false }
        return !(1900...2099).contains(digits.number(4)) || match.text[match.range.lowerBound] == UInt8(ascii: "(")
    }
}
