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

    private static func isAddress6(_ match: Candidate) -> Bool {
        var bytes = Array(match.bytes)
        if let zone = bytes.firstIndex(of: UInt8(ascii: "%")) { bytes.removeSubrange(zone...) }
        var groups = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map { Array($0) }
        guard groups.count >= 3 else { return false }
        var size = 0
        if let last = groups.last, last.contains(UInt8(ascii: ".")) {
            guard octets(last) != nil else { return false }
            groups.removeLast()
            size = 2
        }
        let hasAddress4 = size == 2
        guard let isShortened = hasOneGap(bytes) else { return false }
        let digits = groups.reduce(0) { $0 + $1.count }
        guard groups.allSatisfy({ $0.count <= 4 }) else { return false }
        size += groups.count { !$0.isEmpty }
        guard isShortened ? size <= 7 : size == 8 else { return false }
        return hasAddress4 || isLong(groups, digits: digits) || isLoopback(match, groups)
    }

    /// Whether `::` stands once (true) or never (false); `nil` where colons are wrong.
    private static func hasOneGap(_ bytes: [UInt8]) -> Bool? {
        let colon = UInt8(ascii: ":")
        var gaps = 0
        for index in bytes.indices.dropLast() where bytes[index] == colon && bytes[index + 1] == colon {
            gaps += 1
        }
        guard gaps <= 1 else { return nil }
        if bytes.first == colon, bytes[1] != colon { return nil }
        if bytes.last == colon, bytes[bytes.count - 2] != colon { return nil }
        return gaps == 1
    }

    /// `a::b` is a name in C++ and `1::2` a slice: an address has some digits.
    private static func isLong(_ groups: [[UInt8]], digits: Int) -> Bool {
        digits >= 4 && groups.contains { $0.contains(where: ByteSet.digits.contains) }
            && groups.contains { $0.count >= 3 }
    }

    private static func isLoopback(_ match: Candidate, _ groups: [[UInt8]]) -> Bool {
        guard groups.last == [UInt8(ascii: "1")], groups.dropLast().allSatisfy(\.isEmpty) else { return false }
        let before = match.preceding(1)
        return before == nil || before == UInt8(ascii: " ")
    }
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
