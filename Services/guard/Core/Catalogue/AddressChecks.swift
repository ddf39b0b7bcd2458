import Patterns

/// Internet addresses, and the many things in code that look like them.
enum AddressCheck {
    private static let context = ContextWords(
        [
            "ip", "ips", "host", "hosts", "addr", "address", "server", "client", "from", "remote", "peer", "listen",
            "bind",
            "connect", "dns", "ssh", "ping", "gateway", "network", "netmask", "proxy", "endpoint", "inet", "alamat",
        ],
        span: 40
    )
    private static let versionWords = ContextWords(
        ["version", "ver", "v", "release", "build", "rev", "revision", "fileversion", "productversion", "versi"],
        span: 16
    )

    static func accepts4(_ match: inout Candidate) -> Bool {
        guard let octets = octets(match.bytes), isFree(match) else { return false }
        switch (octets[0], octets[1], octets[2]) {
        // Nobody's: this host, loop-back, documentation, masks and broadcasts.
        case (0, _, _), (127, _, _), (192, 0, 2), (198, 51, 100), (203, 0, 113), (240..., _, _): return false
        default: break
        }
        if versionWords.stands(before: match.range.lowerBound, in: match.text) { return false }
        let isPrivate = octets[0] == 10 || octets[0] == 192 && octets[1] == 168
        let looksLikeVersion = !isPrivate && octets.allSatisfy { $0 < 32 }
        if looksLikeVersion, !context.stands(before: match.range.lowerBound, in: match.text) { match.score = 0.4 }
        return true
    }

    /// Whether neither what stands before nor behind makes it a version, a path or a part of a longer number.
    private static func isFree(_ match: Candidate) -> Bool {
        if match.isText("==") || match.isText("/") && !match.isText("//") { return false }
        guard let next = match.following(0) else { return true }
        let behind = match.following(1)
        if isNetwork(match) { return false }
        if next == UInt8(ascii: "."), behind.map(ByteSet.digits.contains) == true { return false }
        if next == UInt8(ascii: "-"), behind.map(ByteSet.letters.contains) == true { return false }
        return true
    }

    /// `10.0.0.0/8` and `fd00::/8` name a network, which is nobody's.
    private static func isNetwork(_ match: Candidate) -> Bool {
        guard match.following(0) == UInt8(ascii: "/"), match.following(1).map(ByteSet.digits.contains) == true else {
            return false
        }
        let last = match.text[match.range.upperBound - 1]
        let isZero = last == UInt8(ascii: "0") && match.text[match.range.upperBound - 2] == UInt8(ascii: ".")
        return isZero || last == UInt8(ascii: ":")
    }

    /// Four numbers up to 255 without leading zeros.
    private static func octets(_ bytes: some Collection<UInt8>) -> [Int]? {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var octets: [Int] = []
        for part in parts {
            guard (1...3).contains(part.count), part.count == 1 || part.first != 0x30 else { return nil }
            var value = 0
            for byte in part {
                guard ByteSet.digits.contains(byte) else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            guard value <= 255 else { return nil }
            octets.append(value)
        }
        return octets
    }

    // MARK: Version 6

    static func accepts6(_ match: inout Candidate) -> Bool {
        guard let next = match.following(0) else { return isAddress6(match) }
        if next == UInt8(ascii: "."), match.following(1).map(ByteSet.word.contains) == true { return false }
        if isNetwork(match) { return false }
        return isAddress6(match)
    }

    /// Read where it stands: a text may be full of colons.
    private static func isAddress6(_ match: Candidate) -> Bool {
        let text = match.text
        var groups = Groups6()
        var end = match.range.lowerBound
        while end < match.range.upperBound, text[end] != UInt8(ascii: "%") {
            groups.add(text[end])
            end += 1
        }
        let range = match.range.lowerBound..<end
        guard groups.colons >= 2, groups.gaps <= 1 else { return false }
        // A single colon at an end belongs to something else.
        let colon = UInt8(ascii: ":")
        if text[range.lowerBound] == colon, text[range.lowerBound + 1] != colon { return false }
        if text[end - 1] == colon, text[end - 2] != colon { return false }
        if groups.hasDot {
            let start = end - groups.length
            let last = UnsafeBufferPointer(start: text.base + start, count: groups.length)
            guard octets(last) != nil else { return false }
        } else {
            groups.close()
        }
        let size = groups.count + (groups.hasDot ? 2 : 0)
        guard groups.longest <= 4, groups.gaps == 1 ? size <= 7 : size == 8 else { return false }
        return groups.hasDot || groups.isLong || isLoopback(match, groups, before: end)
    }

    private static func isLoopback(_ match: Candidate, _ groups: Groups6, before end: Int) -> Bool {
        guard groups.digits == 1, match.text[end - 1] == UInt8(ascii: "1") else { return false }
        let before = match.preceding(1)
        return before == nil || before == UInt8(ascii: " ")
    }
}

/// What the groups between the colons of an address come to.
private struct Groups6 {
    var colons = 0
    /// Colons right behind one.
    var gaps = 0
    /// Bytes of the group that is read.
    var length = 0
    /// Groups that are not empty, the digits in them and in the longest.
    var count = 0
    var digits = 0
    var longest = 0
    /// Whether the last group is an address of version 4.
    var hasDot = false
    private var hasNumber = false
    private var isNumber = false

    mutating func add(_ byte: UInt8) {
        guard byte == UInt8(ascii: ":") else {
            length += 1
            if byte == UInt8(ascii: ".") { hasDot = true }
            if byte &- 0x30 < 10 { isNumber = true }
            return
        }
        if colons > 0, length == 0 { gaps += 1 }
        colons += 1
        close()
    }

    mutating func close() {
        if length > 0 { count += 1 }
        digits += length
        longest = max(longest, length)
        hasNumber = hasNumber || isNumber
        (length, isNumber) = (0, false)
    }

    /// `a::b` is a name in C++ and `1::2` a slice: an address has some digits.
    var isLong: Bool { digits >= 4 && hasNumber && longest >= 3 }
}

/// Mail addresses, and what in code has an at sign too.
enum EmailCheck {
    private static let longest = 254
    /// Ends of file names, units and hosts, none of them a top-level domain.
    private static let noDomains = Set<UInt128>(
        [
            "service", "socket", "target", "mount", "timer", "slice", "scope", "local", "localhost", "localdomain",
            "internal",
            "lan", "invalid", "json", "yaml", "yml", "toml", "js", "jsx", "ts", "tsx", "mjs", "cjs", "css", "scss",
            "html",
            "htm", "xml", "png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "pdf", "txt", "log", "lock", "conf", "cfg",
            "ini", "java", "swift", "kt", "cpp", "hpp", "dll", "exe", "bin", "tgz", "gz", "whl", "jar", "tar", "bak",
            "tmp",
            "sql", "csv", "tsv", "db", "go", "rb", "php", "vue", "class", "func", "self",
        ]
        .compactMap { key($0.utf8) }
    )

    /// A short name as a number, letters in either case: a string of its own for each address costs more than the search.
    private static func key(_ bytes: some Collection<UInt8>) -> UInt128? {
        guard bytes.count <= 16 else { return nil }
        return bytes.reduce(0) { $0 << 8 | UInt128(ASCII.folded($1)) }
    }

    static func accepts(_ match: Candidate) -> Bool {
        let bytes = match.bytes
        guard bytes.count <= longest, let at = bytes.firstIndex(of: UInt8(ascii: "@")) else { return false }
        guard at > 0, bytes[at - 1] != UInt8(ascii: "."), !hasDoubleDot(bytes[..<at]) else { return false }
        guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")), dot > at else { return false }
        if let key = key(bytes[(dot + 1)...]), noDomains.contains(key) { return false }
        return !isRemote(match)
    }

    private static func hasDoubleDot(_ bytes: some Collection<UInt8>) -> Bool {
        zip(bytes, bytes.dropFirst()).contains { $0 == (0x2E, 0x2E) }
    }

    /// `git@host:path` and `user@host:/path`.
    private static func isRemote(_ match: Candidate) -> Bool {
        guard match.following(0) == UInt8(ascii: ":"), let next = match.following(1) else { return false }
        return ByteSet.word.union(ByteSet("/~.")).contains(next)
    }
}

/// Web addresses: what follows a sentence is not part of them.
enum URLCheck {
    private static let tails = ByteSet(".,;:!?)]*_")

    static func accepts(_ match: inout Candidate) -> Bool {
        var end = match.range.upperBound
        while end > match.range.lowerBound, tails.contains(match.text[end - 1]) { end -= 1 }
        guard let scheme = match.bytes.firstIndex(of: UInt8(ascii: ":")), end > match.range.lowerBound + scheme + 3
        else {
            return false
        }
        // A bounded match may end inside a scalar.
        match.range = match.range.lowerBound..<match.text.boundary(before: end)
        return true
    }
}
