import Crypto

/// A client's `kr_` key: made once, shown once, stored only as its digest.
///
/// A made key is `kr_`, 33 base62 characters (196 bits of randomness) and a 6-character checksum (CRC-32 of all
/// before it, base62), so that a mistyped one is recognised without asking anybody.
package struct APIKey: Sendable {
    package static let prefix = "kr_"
    /// The shortest key a caller may choose, prefix included.
    package static let minimumLength = 32
    /// The longest key a caller may choose; longer text is not looked at.
    package static let maximumLength = 256

    private static let bodyLength = 33
    private static let checksumLength = 6
    private static let madeLength = 3 + bodyLength + checksumLength

    /// The key itself; whoever holds this may spend.
    package let secret: String

    private init(secret: String) {
        self.secret = secret
    }

    package static func generate() -> APIKey {
        var generator = SystemRandomNumberGenerator()
        var text = Array(prefix.utf8)
        for _ in 0..<bodyLength {
            // `randomElement(using:)` rejects the overhang, so every character is equally likely.
            text.append(Base62.alphabet[Int.random(in: 0..<62, using: &generator)])
        }
        text.append(contentsOf: Base62.encode(CRC32.checksum(text), length: checksumLength))
        return APIKey(secret: String(decoding: text, as: UTF8.self))
    }

    /// A key of the caller's choosing, or `nil` when it is not acceptable.
    package init?(chosen text: String) {
        guard Self.isChosenKeyAcceptable(text) else { return nil }
        secret = text
    }

    /// Whether this text can be a key at all; what cannot is refused without a look-up.
    ///
    /// False also for a mistyped made key: the shape of one with a checksum that does not fit.
    package static func accepts(_ text: String) -> Bool {
        switch shape(of: text) {
        case .made, .chosen: true
        case .mistyped, .malformed: false
        }
    }

    /// Whether a caller may choose this text as a key: `kr_`, at least 32 printable ASCII characters, no space.
    ///
    /// A made key is acceptable too (it was made somewhere else); one with a wrong checksum is not, because ``accepts(_:)``
    /// would refuse it at every request.
    package static func isChosenKeyAcceptable(_ text: String) -> Bool {
        accepts(text)
    }

    /// What stands in lists: `kr_ab12…wxyz`.
    package var display: String {
        Self.display(of: secret)
    }

    package static func display(of secret: String) -> String {
        let characters = Array(secret.utf8)
        guard characters.count >= minimumLength else { return "kr_…" }
        let head = String(decoding: characters[..<7], as: UTF8.self)
        let tail = String(decoding: characters.suffix(4), as: UTF8.self)
        return head + "…" + tail
    }

    /// The digest under which the key is stored and looked up: SHA-256, lower-case hexadecimal.
    package static func digestHex(_ text: String) -> String {
        var text = text
        return text.withUTF8 { utf8 in
            var hash = SHA256()
            hash.update(bufferPointer: UnsafeRawBufferPointer(utf8))
            return hash.finalize().withUnsafeBytes(Base16.encode)
        }
    }

    package static func digest(_ utf8: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: utf8))
    }

    package enum Shape: Sendable {
        /// Made by ``generate()``, checksum and all.
        case made
        /// Looks made, but a character is wrong or missing.
        case mistyped
        /// Acceptable as a key of the caller's choosing.
        case chosen
        case malformed
    }

    package static func shape(of text: String) -> Shape {
        var text = text
        return text.withUTF8 { utf8 in
            guard (minimumLength...maximumLength).contains(utf8.count), utf8.starts(with: prefix.utf8),
                utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else { return .malformed }
            guard utf8.count == madeLength, utf8[3...].allSatisfy(Base62.contains) else { return .chosen }
            let body = utf8[..<(madeLength - checksumLength)]
            let checksum = Base62.encode(CRC32.checksum(body), length: checksumLength)
            return utf8[(madeLength - checksumLength)...].elementsEqual(checksum) ? .made : .mistyped
        }
    }
}

extension APIKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The display form, so that a key printed by accident is not a key given away.
    package var description: String { display }
    package var debugDescription: String { display }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
