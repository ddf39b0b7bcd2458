/// Which program a request comes from, for records and rules.
package enum ClientKind {
    private static let known: [(part: StaticString, kind: String)] = [
        ("claude", "claude-code"), ("cursor", "cursor"), ("codex", "codex"), ("cline", "cline"),
        ("copilot", "copilot"), ("kilo", "kilo-code"), ("opencode", "opencode"), ("droid", "droid"),
        ("aider", "aider"), ("roo", "roo-code"),
    ]

    /// The letters of each part, so that most parts need not be looked for.
    private static let letters: [UInt32] = known.map { entry in
        letters(of: UnsafeBufferPointer(start: entry.part.utf8Start, count: entry.part.utf8CodeUnitCount))
    }

    private static let generic: Set<String> = [
        "mozilla", "python-requests", "python", "go-http-client", "node-fetch", "axios", "curl", "okhttp", "java",
        "undici",
    ]

    /// Names the client.
    ///
    /// - Parameters:
    ///   - userAgent: The `User-Agent` header.
    ///   - stainlessLanguage: The `X-Stainless-Lang` header of the official libraries.
    /// - Returns: At most 64 bytes of `a-z 0-9 - _ .`, `unknown` when nothing tells.
    package static func detect(userAgent: String?, stainlessLanguage: String?) -> String {
        let agent = lowercased(userAgent, limit: 256)
        let present = agent.withUnsafeBufferPointer(letters(of:))
        let letters = letters
        for (number, entry) in known.enumerated()
        where letters[number] & ~present == 0 && contains(agent, entry.part) {
            return entry.kind
        }
        let ends: [UInt8] = [UInt8(ascii: "/"), UInt8(ascii: " "), UInt8(ascii: "(")]
        let token = sanitized(agent.prefix { !ends.contains($0) })
        if !token.isEmpty, !generic.contains(token) { return token }
        let language = sanitized(lowercased(stainlessLanguage, limit: 32)[...])
        return language.isEmpty ? "unknown" : "sdk-\(language)"
    }

    /// One bit for each letter that the text holds, other bytes among them: it says what cannot be there.
    private static func letters(of text: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var letters: UInt32 = 0
        for byte in text { letters |= 1 << UInt32(byte & 31) }
        return letters
    }

    /// ASCII letters in lower case; other bytes stay and match nothing.
    private static func lowercased(_ text: String?, limit: Int) -> [UInt8] {
        (text ?? "").utf8.prefix(limit).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }

    private static func contains(_ bytes: [UInt8], _ part: StaticString) -> Bool {
        let count = part.utf8CodeUnitCount
        guard bytes.count >= count else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            (0...(bytes.count - count)).contains { start in
                (0..<count).allSatisfy { bytes[start + $0] == part.utf8Start[$0] }
            }
        }
    }

    private static func sanitized(_ text: ArraySlice<UInt8>) -> String {
        let allowed = text.filter { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
        }
        return String(decoding: allowed.prefix(64), as: UTF8.self)
    }
}
