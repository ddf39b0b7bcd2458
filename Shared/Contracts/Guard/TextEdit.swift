public import JSON

/// A change to one segment's text.
public struct TextEdit: WireMessage {
    /// The segment it applies to.
    public var segment: Int
    /// The UTF-8 byte range it replaces.
    public var range: Range<Int>
    /// What stands there afterwards.
    public var replacement: String

    /// Makes one from its members.
    public init(segment: Int, range: Range<Int>, replacement: String) {
        self.segment = segment
        self.range = range
        self.replacement = replacement
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        segment = try object.integer("segment")
        range = try object.byteRange()
        replacement = try object.string("replacement")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.integer("segment", segment)
            fields.integer("start", range.lowerBound)
            fields.integer("end", range.upperBound)
            fields.string("replacement", replacement)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "TextEdit",
            "A change to one segment's text.",
            [
                .required("segment", .integer, "The segment it applies to."),
                .required("start", .integer, "The UTF-8 byte offset where it starts."),
                .required("end", .integer, "The UTF-8 byte offset where it ends, start or more."),
                .required("replacement", .string, "What stands there afterwards."),
            ]
        )
    }
}
