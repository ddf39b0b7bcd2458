public import JSON

/// What a process has counted.
public struct FiguresReply: WireMessage {
    /// Prometheus text exposition format 0.0.4.
    public var text: String

    /// Makes one from its members.
    public init(text: String) {
        self.text = text
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        text = try object.string("text")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("text", text)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "FiguresReply",
            "What a process has counted.",
            [.required("text", .string, "Prometheus text exposition format 0.0.4.")]
        )
    }
}
