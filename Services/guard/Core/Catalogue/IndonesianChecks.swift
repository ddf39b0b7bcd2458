import Patterns

/// The sums and dates in numbers that the Indonesian state gives.
enum IndonesianCheck {
    static let identityWords = ["nik", "ktp", "ktpel", "e-ktp", "identitas", "kependudukan", "penduduk", "induk"]

    /// Province, day (women's begin at 41), month and a serial that is not zero.
    static func acceptsIdentity(_ match: Candidate) -> Bool {
        let digits = match.digits
        guard isIdentity(digits) else { return false }
        guard !match.hasContext else { return true }
        // Microseconds since the epoch begin so, and cards may look the same.
        let isTime = digits[0] == 1 && (5...7).contains(digits[1])
        return !isTime && !CardCheck.isCard(digits)
    }

    static func isIdentity(_ digits: Digits) -> Bool {
        guard digits.count == 16 else { return false }
        switch digits[0] * 10 + digits[1] {
        case 11...21, 31...36, 51...53, 61...65, 71...76, 81...82, 91...97: break
        default: return false
        }
        let (day, month) = (digits[6] * 10 + digits[7], digits[8] * 10 + digits[9])
        return (1...31).contains(day > 40 ? day - 40 : day) && (1...12).contains(month)
            && (12..<16).contains { digits[$0] != 0 }
    }

    /// The ninth digit is Luhn's for the first eight; a sixteenth stands as a zero before them.
    ///
    /// Bare digits need the word.
    static func acceptsTax(_ match: inout Candidate) -> Bool {
        var digits = match.digits
        if digits.count == 16 { digits = digits.dropFirst(1) }
        guard digits.count == 15, digits.hasLuhnSum(first: 9) else { return false }
        let isFormatted = match.range.count == 20
        if isFormatted { match.score = max(match.score, 0.9) }
        return isFormatted || match.hasContext
    }
}
