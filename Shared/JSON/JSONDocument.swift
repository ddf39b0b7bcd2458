/// A JSON text, checked once and kept byte for byte.
///
/// Reading builds a tape of where values begin and end in the original bytes; no string is copied or decoded until a
/// cursor asks for it. The grammar is RFC 8259 to the letter. A lone surrogate escape (`\uD800`) is within the grammar
/// and accepted; it decodes as U+FFFD and keeps its bytes. A document costs eight bytes of memory per scalar, as many
/// again per string with escapes, and sixteen per array or object, besides its own bytes.
public struct JSONDocument: Sendable {
    let storage: JSONStorage

    /// Reads a document in one pass, in time linear in its length and without recursion.
    ///
    /// - Parameters:
    ///   - bytes: The text, in UTF-8 without a byte order mark; kept, not copied.
    ///   - limits: What to refuse although the grammar allows it.
    /// - Throws: ``JSONError`` with the place of the first byte that no valid document has there.
    public init(_ bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
        storage = try JSONParser.storage(of: bytes, limits: limits)
    }

    /// The text as it came.
    public var bytes: [UInt8] { storage.bytes }

    /// The document's value.
    public var root: JSONCursor { JSONCursor(storage, 0) }
}
