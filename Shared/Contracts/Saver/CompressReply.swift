public import JSON

/// What to send instead.
public struct CompressReply: WireMessage {
    /// The version of the settings it was made under.
    public var epoch: String
    /// The texts that became smaller.
    public var replacements: [Replacement]
    /// Instructions to add after the last cache breakpoint.
    public var directives: [Directive]

    /// Makes one from its members.
    public init(
        epoch: String,
        replacements: [Replacement] = [],
        directives: [Directive] = []
    ) {
        self.epoch = epoch
        self.replacements = replacements
        self.directives = directives
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        epoch = try object.string("epoch")
        replacements = try object.optionalArray("replacements", Replacement.init(from:)) ?? []
        directives = try object.optionalArray("directives", Directive.init(from:)) ?? []
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("epoch", epoch)
            fields.messages("replacements", replacements)
            fields.messages("directives", directives)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "CompressReply",
            "What to send instead.",
            [
                .required("epoch", .string, "The version of the settings it was made under."),
                .optional("replacements", .array(of: Replacement.schema), "The texts that became smaller."),
                .optional(
                    "directives",
                    .array(of: Directive.schema),
                    "Instructions to add after the last cache breakpoint."
                ),
            ]
        )
    }
}
