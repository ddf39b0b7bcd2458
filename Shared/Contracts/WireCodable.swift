public import JSON

/// Reads itself from and writes itself as JSON.
///
/// Readers ignore members that they do not know, so that a newer peer can add some; what is missing or of another type
/// is named by its path.
public protocol WireCodable: Sendable {
    /// Reads a value.
    ///
    /// - Throws: `WireError` with the path of the first member that is missing or of another type.
    init(from cursor: JSONCursor) throws(WireError)

    /// Writes the value where the writer stands.
    func write(to writer: inout JSONWriter)

    /// Reads a value that stands as ``write(to:)`` puts it, which saves messages of the request path a table of their nodes.
    ///
    /// It must read exactly what `init(from:)` reads from the same bytes, or make the reader fail.
    ///
    /// - Returns: The value; what it is after the reader has failed means nothing.
    static func plain(_ reader: inout PlainReader) -> Self?
}

extension WireCodable {
    /// Fails: most messages are rare enough to be read in one way alone.
    public static func plain(_ reader: inout PlainReader) -> Self? {
        reader.fail()
        return nil
    }
}

/// A wire value that knows its schema, so that the published documents are made from the types that run.
public protocol WireMessage: WireCodable, Hashable {
    /// Its object on the wire.
    static var schema: Schema { get }
}

/// An object without members.
public struct Empty: WireMessage {
    /// Makes one.
    public init() {}

    /// Reads any object: what it holds is unknown here.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { _ in }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object("Empty", "No members.", [])
    }
}
