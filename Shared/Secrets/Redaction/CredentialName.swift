/// What a name says about the value after it.
enum CredentialName {
    /// A credential.
    case value
    /// A counter as often as a credential (`first_token: 12`), so small bare numbers stay.
    case token
    /// A header whose value may be of several words: `Authorization`, `Cookie`.
    case header

    private static let endings: [(text: [UInt8], kind: CredentialName)] =
        reversed(
            """
            apikey accesskey secretkey privatekey masterkey sessionkey accountkey sharedkey encryptionkey signingkey \
            authkey subscriptionkey password passwd pwd passphrase passcode passwordhash secret credential credentials \
            signature jwt bearer krsession
            """,
            .value
        ) + reversed("token", .token) + reversed("authorization cookie", .header)

    /// Query parameters that are credentials only there.
    private static let parameters: [[UInt8]] = reversed("key sig code auth", .value).map(\.text)

    private static let longest = endings.map(\.text.count).max() ?? 0

    private static func reversed(_ words: String, _ kind: CredentialName) -> [(text: [UInt8], kind: CredentialName)] {
        words.split(separator: " ").map { (Array($0.utf8.reversed()), kind) }
    }

    /// What the name announces, or `nil` for ordinary names.
    ///
    /// - Parameters:
    ///   - name: The name as written; case and `-`, `_`, `.` do not matter, nor what stands before a known ending.
    ///   - isParameter: Whether it follows `?` or `&`.
    /// - Returns: The kind of the value behind it.
    static func kind(of name: Slice<UnsafeBufferPointer<UInt8>>, isParameter: Bool) -> CredentialName? {
        // The last letters, lower case, backwards; names are short, and only their ends are looked at.
        var reversed: [UInt8] = []
        reversed.reserveCapacity(longest)
        for byte in name.reversed() where ByteClass.table[Int(byte)].contains(.alphanumeric) {
            reversed.append(byte | 0x20)
            if reversed.count == longest { break }
        }
        if let ending = endings.first(where: { reversed.starts(with: $0.text) }) { return ending.kind }
        return isParameter && parameters.contains(reversed) ? .value : nil
    }
}
