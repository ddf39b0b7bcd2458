import Contracts
import Patterns

/// Numbers that the Indonesian state gives.
enum IndonesianEntries {
    static let all = [identity, tax, passport]

    static let identityWords = ["nik", "ktp", "ktpel", "e-ktp", "identitas", "kependudukan", "penduduk", "induk"]

    static let identity = DetectorEntry(
        id: "pii.id-nik",
        detector: .pii,
        entity: "ID_NIK",
        pattern: #"[1-9][0-9]{5}[ .-]?[0-9]{6}[ .-]?[0-9]{4}"#,
        trigger: .digits,
        lead: 0,
        reach: 0,
        before: ByteSet.word.union(ByteSet(".-")),
        after: ByteSet.word,
        check: .indonesianIdentity,
        score: 0.55,
        context: identityWords,
        contextScore: 0.9,
        severity: .high,
        hits: ["3174095203900012", "Nomor KTP: 5338280205802194", "NIK 317409 520390 0012"],
        misses: ["3174093519900012", "3174095219900012", "0774095203900012", "3174095203900000", "1748503543012345"]
    )

    static let tax = DetectorEntry(
        id: "pii.id-npwp",
        detector: .pii,
        entity: "ID_NPWP",
        pattern: #"[0-9]{2}\.[0-9]{3}\.[0-9]{3}\.[0-9]-[0-9]{3}\.[0-9]{3}|0?[0-9]{15}"#,
        trigger: .digits,
        lead: 0,
        reach: 0,
        before: ByteSet.word.union(ByteSet(".-")),
        after: ByteSet.word,
        check: .indonesianTax,
        score: 0.5,
        context: ["npwp", "pajak", "tax"],
        contextScore: 0.95,
        severity: .high,
        hits: ["09.389.148.9-392.000", "npwp=007866684935000", "NPWP 0007866684935000"],
        misses: ["09.389.148.8-392.000", "duration_ns=640479933310022", "007866684935000"]
    )

    static let passport = DetectorEntry(
        id: "pii.id-passport",
        detector: .pii,
        entity: "ID_PASSPORT",
        pattern: #"[ABCEX][0-9]{7}|[A-Z]{2}[0-9]{6,7}"#,
        trigger: .literals(["paspor", "passport"]),
        lead: 0,
        reach: 80,
        before: ByteSet.word.union(ByteSet("-")),
        after: ByteSet.word.union(ByteSet("-")),
        check: .needsContext,
        score: 0.3,
        context: ["paspor", "passport", "passports"],
        contextScore: 0.85,
        severity: .high,
        hits: ["Paspor X1234567", "Passport no. B7896059", "paspor C3095337 milik"],
        misses: [
            "model B1234567", "part K1234567", "passport K1234567",
            "The passport field holds one letter and seven digits.",
        ]
    )
}

/// The sums and dates in them.
enum IndonesianCheck {
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
