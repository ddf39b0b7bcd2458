public import JSON

/// Something that a detector found; never the text itself.
public struct Finding: WireMessage {
    /// The segment it stands in; 0 in a scan, whose channel says where.
    public var segment: Int
    /// The detector.
    public var detector: String
    /// What it is, by Presidio's name or one of ours.
    public var entity: String
    /// The UTF-8 byte range of the match.
    public var range: Range<Int>
    /// How sure the detector is, 0 to 1.
    public var score: Double
    /// How bad it is.
    public var severity: Severity
    /// What is done about it.
    public var action: GuardAction

    /// Makes one from its members.
    public init(
        segment: Int = 0,
        detector: String,
        entity: String,
        range: Range<Int>,
        score: Double = 1,
        severity: Severity = .medium,
        action: GuardAction
    ) {
        self.segment = segment
        self.detector = detector
        self.entity = entity
        self.range = range
        self.score = score
        self.severity = severity
        self.action = action
    }

    /// Reads it from its JSON object; an external guard may leave out all but entity, range and action.
    public init(from object: JSONCursor) throws(WireError) {
        segment = try object.integer("segment", default: 0)
        detector = try object.string("detector", default: "external")
        entity = try object.string("entity")
        range = try object.byteRange()
        score = try object.double("score", default: 1)
        severity = Severity(rawValue: try object.string("severity", default: Severity.medium.rawValue))
        action = GuardAction(rawValue: try object.string("action"))
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.integer("segment", segment)
            fields.string("detector", detector)
            fields.string("entity", entity)
            fields.integer("start", range.lowerBound)
            fields.integer("end", range.upperBound)
            fields.double("score", score)
            fields.string("severity", severity.rawValue)
            fields.string("action", action.rawValue)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "Finding",
            "Something that a detector found; never the text itself.",
            [
                .optional("segment", .integer, "The segment it stands in; 0 in a scan, whose channel says where."),
                .optional("detector", .string, "The detector; external when missing."),
                .required(
                    "entity",
                    .string(like: "EMAIL_ADDRESS", "CREDIT_CARD", "IBAN_CODE", "ID_NIK"),
                    "What it is."
                ),
                .required("start", .integer, "The UTF-8 byte offset where it starts."),
                .required("end", .integer, "The UTF-8 byte offset where it ends, start or more."),
                .optional("score", .number, "How sure the detector is, 0 to 1; 1 when missing."),
                .optional("severity", Severity.schema, "How bad it is; medium when missing."),
                .required("action", GuardAction.schema, "What is done about it."),
            ]
        )
    }
}
