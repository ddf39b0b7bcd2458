/// Which headers a provider may have: none that frames the message, names the server or carries a credential.
enum HeaderRules {
    static let maximumNameLength = 100
    static let maximumValueLength = 4096

    /// What the connection, the body's coding or the destination is about.
    private static let ours: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "host",
        "content-length", "content-encoding", "content-type", "accept-encoding", "expect", "proxy-authenticate",
    ]

    /// Endings of names that carry credentials; headers are not sealed, so those belong to accounts.
    private static let credentials = [
        "authorization", "api-key", "apikey", "access-key", "subscription-key", "-token", "-secret", "password",
        "cookie",
    ]

    /// - Returns: The headers with their names in lower case.
    static func headers(_ headers: [(name: String, value: String)]) throws(RuleError) -> [String: String] {
        guard headers.count <= RouterCaps.headers else { throw RuleError("at most \(RouterCaps.headers) headers") }
        var checked: [String: String] = [:]
        for (name, value) in headers {
            let lower = try self.name(name)
            try self.value(value)
            guard checked.updateValue(value, forKey: lower) == nil else { throw RuleError("\(lower) is there twice") }
        }
        return checked
    }

    static func name(_ text: String) throws(RuleError) -> String {
        guard (1...maximumNameLength).contains(text.utf8.count), text.utf8.allSatisfy(isToken) else {
            throw RuleError("a header's name has 1 to \(maximumNameLength) letters, digits and dashes")
        }
        let lower = text.lowercased()
        guard !ours.contains(lower) else { throw RuleError("the header \(lower) is set by the router itself") }
        guard !credentials.contains(where: lower.hasSuffix) else {
            throw RuleError("the header \(lower) carries a credential; keys belong to accounts, where they are sealed")
        }
        return lower
    }

    static func value(_ text: String) throws(RuleError) {
        guard (1...maximumValueLength).contains(text.utf8.count), text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }),
            text.utf8.first != 0x20, text.utf8.last != 0x20
        else {
            throw RuleError("a header's value has 1 to \(maximumValueLength) printable ASCII characters")
        }
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
