/// Takes credentials out of text before it is logged; every log sink passes through ``shared``.
///
/// Two linear passes: exact secrets the process has loaded, then a scanner that knows the shapes of provider keys and
/// the names that values hide behind. There is no backtracking anywhere, so hostile text costs no more than other text.
/// It rather takes too much than too little: `token: expected` loses a word, a password is never kept because it looks
/// like one. A redacted value keeps a public prefix (`sk-ant-…[redacted]`), so that a reader knows what stood there.
package struct Redactor: Sendable {
    /// The one that log handlers use and that credentials are added to as they are opened.
    package static let shared = Redactor()
    /// What stands in a secret's place.
    package static let mark = "[redacted]"

    private let known = KnownSecrets()

    package init() {}

    /// Makes this exact text disappear from everything redacted from now on, in its percent-encoded and JSON forms too.
    ///
    /// Text under 8 bytes or over 16 KiB is not taken: the one would tear holes into ordinary words, the other is no
    /// credential.
    ///
    /// - Returns: Whether it was taken.
    @discardableResult
    package func add(secret: String) -> Bool {
        known.add(secret)
    }

    package func redact(_ text: String) -> String {
        var text = text
        let redacted = text.withUTF8 { redaction(of: $0) }
        return redacted.map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    package func redact(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBufferPointer { redaction(of: $0) } ?? bytes
    }

    /// The text without its secrets, or `nil` when it has none.
    private func redaction(of bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard let first = known.redaction(of: bytes) else {
            return RedactionScanner.redaction(of: bytes)
        }
        return first.withUnsafeBufferPointer { RedactionScanner.redaction(of: $0) } ?? first
    }
}
