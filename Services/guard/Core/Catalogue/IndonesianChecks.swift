import Patterns

/// The sums and dates in numbers that the Indonesian state gives.
enum IndonesianCheck {
    static let identityWords = ["nik", "ktp", "ktpel", "e-ktp", "identitas", "kependudukan", "penduduk", "induk"]

    /// Province, day (women's begin at 41), month and a serial that is not zero.
    static func acceptsIdentity(_ match: Candidate) -> Bool {
        let digits = match.digits.map { Int($0) }
        guard digits.count == 16, isIdentity(digits) else { return false }
        guard !match.hasContext else { return true }
        // Microseconds since the epoch begin so, and cards may look the same.
        let isTime = digits[0] == 1 && (5...7).contains(digits[1])
        return !isTime && !CardCheck.isCard(match.digits)
    }

    static func isIdentity(_ digits: [Int]) -> Bool {
        let (province, day, month) = (
            digits[0] * 10 + digits[1], digits[6] * 10 + digits[7], digits[8] * 10 + digits[9]
        )
        let provinces = [11...21, 31...36, 51...53, 61...65, 71...76, 81...82, 91...97]
        return provinces.contains { $0.contains(province) } && (1...31).contains(day > 40 ? day - 40 : day)
            && (1...12).contains(month) && digits[12...].contains { $0 != 0 }
    }

    /// The ninth digit is Luhn's for the first eight; a sixteenth stands as a zero before them.
    ///
    /// Bare digits need the word.
    static func acceptsTax(_ match: inout Candidate) -> Bool {
        var digits = match.digits
        if digits.count == 16 { digits.removeFirst() }
        guard digits.count == 15, CardCheck.hasLuhnSum(Array(digits.prefix(9))) else { return false }
        let isFormatted = match.range.count == 20
        if isFormatted { match.score = max(match.score, 0.9) }
        return isFormatted || match.hasContext
    }
}
