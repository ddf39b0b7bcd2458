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

    private static func reversed(_ words: String, _ kind: CredentialName) -> [(text: [UInt8], kind: CredentialName)] {
        words.split(separator: " ").map { (Array($0.utf8.reversed()), kind) }
    }

    /// The last two letters of every name here, backwards.
    static let endingPairs = PairSet(endings.map { ($0.text[0], $0.text[1]) } + parameters.map { ($0[0], $0[1]) })

    /// What the name announces, or `nil` for ordinary names.
    ///
    /// - Parameters:
    ///   - name: The name as written; case and `-`, `_`, `.` do not matter, nor what stands before a known ending.
    ///   - isParameter: Whether it follows `?` or `&`.
    /// - Returns: The kind of the value behind it.
    static func kind(of name: Slice<UnsafeBufferPointer<UInt8>>, isParameter: Bool) -> CredentialName? {
        if let ending = endings.first(where: { isSuffix($0.text, of: name) != .none }) { return ending.kind }
        return isParameter && parameters.contains { isSuffix($0, of: name) == .whole } ? .value : nil
    }

    private enum Match {
        case none
        case some
        case whole
    }

    private static func isSuffix(_ reversed: [UInt8], of name: Slice<UnsafeBufferPointer<UInt8>>) -> Match {
        var position = name.endIndex
        for letter in reversed {
            repeat {
                guard position > name.startIndex else { return .none }
                position -= 1
            } while isJoint(name[position])
            guard name[position] | 0x20 == letter else { return .none }
        }
        return position == name.startIndex ? .whole : .some
    }

    private static func isJoint(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }
}
