public import JSON

/// What a saver is worth, against the conversations held out.
public struct TrialItem: AdminItem {
    /// Its id: the saver.
    public var id: String
    /// The saver.
    public var saver: String
    /// Since when it is measured.
    public var sinceUS: Int
    /// Conversations with the saver.
    public var treated: Int
    /// Conversations without it.
    public var heldOut: Int
    /// The share of output tokens saved; null until it can be told.
    public var savedShare: Double?
    /// The lower end of its 95 % range.
    public var savedLow: Double?
    /// The upper end of its 95 % range.
    public var savedHigh: Double?

    /// Makes one from its members.
    public init(
        id: String = "",
        saver: String,
        sinceUS: Int,
        treated: Int = 0,
        heldOut: Int = 0,
        savedShare: Double? = nil,
        savedLow: Double? = nil,
        savedHigh: Double? = nil
    ) {
        self.id = id
        self.saver = saver
        self.sinceUS = sinceUS
        self.treated = treated
        self.heldOut = heldOut
        self.savedShare = savedShare
        self.savedLow = savedLow
        self.savedHigh = savedHigh
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id", default: "")
        saver = try object.string("saver")
        sinceUS = try object.integer("since_us")
        treated = try object.integer("treated", default: 0)
        heldOut = try object.integer("held_out", default: 0)
        savedShare = try object.optionalDouble("saved_share")
        savedLow = try object.optionalDouble("saved_low")
        savedHigh = try object.optionalDouble("saved_high")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.string("saver", saver)
            fields.integer("since_us", sinceUS)
            fields.integer("treated", treated)
            fields.integer("held_out", heldOut)
            fields.double("saved_share", savedShare)
            fields.double("saved_low", savedLow)
            fields.double("saved_high", savedHigh)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "TrialItem",
            "What a saver is worth, against the conversations held out.",
            [
                .optional("id", .string, "Its id: the saver."),
                .required("saver", .string, "The saver."),
                .required("since_us", .integer, "Since when it is measured."),
                .optional("treated", .integer, "Conversations with the saver."),
                .optional("held_out", .integer, "Conversations without it."),
                .nullable("saved_share", .number, "The share of output tokens saved; null until it can be told."),
                .nullable("saved_low", .number, "The lower end of its 95 % range."),
                .nullable("saved_high", .number, "The upper end of its 95 % range."),
            ]
        )
    }
}
