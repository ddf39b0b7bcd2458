/// An access key of Amazon Web Services with the region that its requests are signed for; prints as nothing.
///
/// As text it is `REGION:ACCESS_KEY_ID:SECRET_ACCESS_KEY`, with `:SESSION_TOKEN` behind it for a temporary one.
package struct AmazonCredential: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// Why a text is no such credential; never holds any of it.
    package struct Problem: Error, Hashable, Sendable {
        package let text: String
    }

    package let region: String
    package let accessKeyID: String
    let secretAccessKey: String
    let sessionToken: String?

    /// Reads a text.
    ///
    /// - Returns: `nil` for a text without a colon, which is a key of another kind.
    /// - Throws: ``Problem`` for a text with colons that is none.
    package init?(_ text: String) throws(Problem) {
        guard text.utf8.contains(UInt8(ascii: ":")) else { return nil }
        let fields = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let form = "REGION:ACCESS_KEY_ID:SECRET_ACCESS_KEY, with :SESSION_TOKEN behind it for a temporary key"
        guard fields.count == 3 || fields.count == 4, !fields.contains("") else {
            throw Problem(text: "an access key of AWS is written \(form); any other key has no colon")
        }
        guard fields[0].utf8.allSatisfy(Self.isRegionByte), fields[0].utf8.contains(UInt8(ascii: "-")) else {
            throw Problem(text: "the first part must be a region such as us-east-1: \(form)")
        }
        guard fields[1].utf8.count >= 16, fields[1].utf8.allSatisfy(Self.isKeyByte) else {
            throw Problem(
                text: "the second part must be an access key id, which has 16 or more capitals and digits: \(form)"
            )
        }
        region = fields[0]
        accessKeyID = fields[1]
        secretAccessKey = fields[2]
        sessionToken = fields.count == 4 ? fields[3] : nil
    }

    /// Makes one from its parts.
    package init(region: String, accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil) {
        self.region = region
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }

    private static func isRegionByte(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
    }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
    }

    package var description: String { "[credential]" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
