import Patterns

/// Tells keys from words, placeholders and hashes.
enum SecretCheck {
    /// Something behind the prefix that is not one character over and over, nor words with hyphens.
    static func isVaried(_ match: Candidate) -> Bool {
        let tail = match.bytes.suffix(16)
        var seen: Set<UInt8> = []
        var hasDigit = false
        var hasCapital = false
        for byte in match.bytes {
            if ByteSet.digits.contains(byte) { hasDigit = true }
            if (0x41...0x5A).contains(byte) { hasCapital = true }
        }
        for byte in tail { seen.insert(byte) }
        return seen.count >= 6 && (hasDigit || hasCapital)
    }

    /// What chance makes: both cases and digits, no long run of small letters as words have.
    static func isRandom(_ match: Candidate) -> Bool {
        var (digits, capitals, smalls, run) = (0, 0, 0, 0)
        for byte in match.bytes {
            if ByteSet.digits.contains(byte) { digits += 1 }
            if (0x41...0x5A).contains(byte) { capitals += 1 }
            let isSmall = (0x61...0x7A).contains(byte)
            if isSmall { smalls += 1 }
            run = isSmall ? run + 1 : 0
            // Six small letters in a row are a word nine times out of ten.
            guard run < 7, byte != UInt8(ascii: ".") else { return false }
        }
        // A word's capitals begin it: as many changes of case as chance makes are in no name.
        let fewestDigits = match.range.count < 40 ? 3 : 1
        return digits >= fewestDigits && capitals >= 3 && smalls >= 3 && isAssigned(match)
    }

    /// Whether a sign of assignment or a quote stands before.
    private static func isAssigned(_ match: Candidate) -> Bool {
        guard let before = match.preceding(1) else { return false }
        return ByteSet("\"'`=: ").contains(before)
    }

    private static let examples: Set<String> = [
        "password", "passwd", "pass", "secret", "guest", "example", "changeme", "postgres", "root", "admin", "user",
        "test",
        "mysql", "redis", "rabbit", "mypassword", "yourpassword", "your_password", "db_password", "pwd", "minio",
        "minioadmin",
        "docker", "dev", "local", "xxx", "foo", "bar", "token", "username",
    ]

    /// A password in an address that is not what manuals and compose files write in its place.
    static func isPassword(_ match: Candidate) -> Bool {
        let bytes = match.bytes
        guard let at = bytes.lastIndex(of: UInt8(ascii: "@")), let scheme = bytes.firstIndex(of: UInt8(ascii: ":"))
        else {
            return false
        }
        let credentials = bytes[(scheme + 3)..<at]
        guard let colon = credentials.firstIndex(of: UInt8(ascii: ":")) else { return false }
        let password = credentials[(colon + 1)...]
        let text = String(decoding: password, as: UTF8.self).lowercased()
        let user = String(decoding: credentials[..<colon], as: UTF8.self).lowercased()
        return !examples.contains(text) && text != user && Set(password).count >= 3
    }
}

/// Addresses of network cards.
enum HardwareCheck {
    /// Not nobody's, and with a letter among its digits: without one it is a list of times.
    static func accepts(_ match: Candidate) -> Bool {
        var hasLetter = false
        var isZero = true
        var isFull = true
        var digits: [UInt8] = []
        for byte in match.bytes
        where byte != UInt8(ascii: ":") && byte != UInt8(ascii: "-") && byte != UInt8(ascii: ".") {
            if !ByteSet.digits.contains(byte) { hasLetter = true }
            if byte != 0x30 { isZero = false }
            digits.append(byte | 0x20)
            if byte | 0x20 != UInt8(ascii: "f") { isFull = false }
        }
        return hasLetter && !isZero && !isFull && digits != Array("aabbccddeeff".utf8)
    }
}
