public import JSON

/// A list of patterns that a detector works with.
public struct CatalogueItem: AdminItem {
    /// Its id.
    public var id: String
    /// The detector.
    public var detector: String
    /// The languages it covers.
    public var languages: [String]
    /// How many patterns it has.
    public var patterns: Int
    /// Patterns that went over their budget and are left out.
    public var quarantined: [String]
    /// Whether it comes with the product.
    public var builtin: Bool
    /// Whether it is used.
    public var enabled: Bool
    /// Its version; an edit that carries another one is refused.
    public var etag: String

    /// Makes one from its members.
    public init(
        id: String = "",
        detector: String,
        languages: [String] = [],
        patterns: Int = 0,
        quarantined: [String] = [],
        builtin: Bool = false,
        enabled: Bool = true,
        etag: String = ""
    ) {
        self.id = id
        self.detector = detector
        self.languages = languages
        self.patterns = patterns
        self.quarantined = quarantined
        self.builtin = builtin
        self.enabled = enabled
        self.etag = etag
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id", default: "")
        detector = try object.string("detector")
        languages = try object.strings("languages", default: [])
        patterns = try object.integer("patterns", default: 0)
        quarantined = try object.strings("quarantined", default: [])
        builtin = try object.boolean("builtin", default: false)
        enabled = try object.boolean("enabled", default: true)
        etag = try object.string("etag", default: "")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.string("detector", detector)
            fields.strings("languages", languages)
            fields.integer("patterns", patterns)
            fields.strings("quarantined", quarantined)
            fields.boolean("builtin", builtin)
            fields.boolean("enabled", enabled)
            fields.string("etag", etag)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "CatalogueItem",
            "A list of patterns that a detector works with.",
            [
                .optional("id", .string, "Its id."),
                .required("detector", .string, "The detector."),
                .optional("languages", .array(of: .string), "The languages it covers."),
                .optional("patterns", .integer, "How many patterns it has."),
                .optional("quarantined", .array(of: .string), "Patterns that went over their budget and are left out."),
                .optional("builtin", .boolean, "Whether it comes with the product."),
                .optional("enabled", .boolean, "Whether it is used."),
                .optional("etag", .string, "Its version; an edit that carries another one is refused."),
            ]
        )
    }
}
