/// Which program a request comes from, for records and rules.
package enum ClientKind {
    private static let known: [(part: String, kind: String)] = [
        ("claude", "claude-code"), ("cursor", "cursor"), ("codex", "codex"), ("cline", "cline"),
        ("copilot", "copilot"), ("kilo", "kilo-code"), ("opencode", "opencode"), ("droid", "droid"),
        ("aider", "aider"), ("roo", "roo-code"),
    ]

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
        let agent = String((userAgent ?? "").prefix(256)).lowercased()
        if let match = known.first(where: { agent.contains($0.part) }) { return match.kind }
        let token = sanitized(agent.prefix { $0 != "/" && $0 != " " && $0 != "(" })
        if !token.isEmpty, !generic.contains(token) { return token }
        let language = sanitized((stainlessLanguage ?? "").lowercased().prefix(32))
        return language.isEmpty ? "unknown" : "sdk-\(language)"
    }

    private static func sanitized(_ text: Substring) -> String {
        let allowed = text.utf8.filter { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
        }
        return String(decoding: allowed.prefix(64), as: UTF8.self)
    }
}
