/// Why a document was refused, and where.
///
/// The text of the document never appears in it, so it may be logged and shown to a client.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was wrong.
    public enum Reason: String, Hashable, Sendable {
        /// A byte that no valid document has here.
        case unexpectedByte = "unexpected byte"
        /// The document stops before its value is complete.
        case unexpectedEnd = "unexpected end"
        /// More arrays and objects inside one another than ``JSONLimits/maximumDepth``.
        case tooDeep = "nested too deeply"
        /// More bytes than ``JSONLimits/maximumBytes``.
        case tooLarge = "document too large"
        /// A number that RFC 8259 does not allow, such as `01` or `1.e3`.
        case invalidNumber = "invalid number"
        /// A backslash followed by something that is no escape.
        case invalidEscape = "invalid escape"
        /// A control character that stands in a string without an escape.
        case controlCharacter = "unescaped control character"
        /// A string whose bytes are not UTF-8: overlong, a surrogate, past U+10FFFF or cut short.
        case invalidUTF8 = "invalid UTF-8"
        /// A second member of the same name, under ``JSONLimits/DuplicateKeys/reject``.
        case duplicateKey = "duplicate key"
        /// Something other than white space after the document's value.
        case trailingBytes = "trailing bytes"
        /// A byte order mark before the value; RFC 8259 forbids sending one.
        case byteOrderMark = "byte order mark"
    }

    /// What was wrong.
    public let reason: Reason
    /// The first byte that no valid document could have there: everything before it can still be completed.
    ///
    /// For ``Reason/tooDeep`` the bracket that is one too many, for ``Reason/duplicateKey`` the second name, for
    /// ``Reason/tooLarge`` the limit.
    public let offset: Int

    /// Makes an error; parsers of other formats that carry JSON may want to.
    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// One line for people, such as `invalid number at byte 17`.
    public var description: String {
        "\(reason.rawValue) at byte \(offset)"
    }

    /// The place of the error as an editor shows it, both counted from one.
    ///
    /// Lines end with a line feed; columns count Unicode scalars. Costs one walk over the bytes before the error.
    public func position(in bytes: [UInt8]) -> (line: Int, column: Int) {
        var line = 1
        var column = 1
        for byte in bytes.prefix(max(0, offset)) {
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return (line, column)
    }
}
