public import JSON

/// Asks for vectors of texts.
public struct EmbedRequest: WireMessage {
    /// The most texts of one call: what the strictest providers take at once.
    public static let mostTexts = 96
    /// The most bytes of all texts together.
    public static let mostBytes = 256 << 10

    /// The model: `provider/model`, an alias or a chain.
    public var model: String
    /// The texts.
    public var texts: [String]

    /// Makes one from its members.
    public init(model: String, texts: [String] = []) {
        self.model = model
        self.texts = texts
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        model = try object.string("model")
        texts = try object.strings("texts")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("model", model)
            fields.strings("texts", texts)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "EmbedRequest",
            "Asks for vectors of texts: 1 to 96 of them, together up to 256 KiB.",
            [
                .required("model", .string, "The model: `provider/model`, an alias or a chain."),
                .required("texts", .array(of: .string), "The texts."),
            ]
        )
    }
}

/// Vectors of texts.
public struct EmbedReply: WireMessage {
    /// The vectors, in the order of the texts.
    public var vectors: [[Double]]

    /// Makes one from its members.
    public init(vectors: [[Double]]) {
        self.vectors = vectors
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        vectors = try object.array("vectors") { (vector) throws(WireError) in
            try vector.elements(Double.init(wire:))
        }
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.array("vectors") { items in
                for vector in vectors {
                    items.array { numbers in
                        for number in vector { numbers.double(number) }
                    }
                }
            }
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "EmbedReply",
            "Vectors of texts.",
            [.required("vectors", .array(of: .array(of: .number)), "The vectors, in the order of the texts.")]
        )
    }
}
