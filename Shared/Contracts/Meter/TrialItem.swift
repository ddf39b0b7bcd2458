public import JSON

/// What instructions are worth: the answers of conversations that had them against those of conversations held out.
public struct TrialItem: AdminItem {
    /// Its id: the savers with their levels, such as `caveman full+ponytail lite`.
    public var id: String
    /// Since when it is measured.
    public var sinceUS: Int
    /// Conversations with the instructions.
    public var treated: Int
    /// Conversations without them.
    public var heldOut: Int
    /// The share of output tokens saved, negative when answers got longer; null until it can be told.
    public var savedShare: Double?
    /// The lower end of its 95 % range.
    public var savedLow: Double?
    /// The upper end of its 95 % range.
    public var savedHigh: Double?
    /// What the treated conversations' answers cost less by that share, in nano-dollars; null with it.
    public var savedNanoUSD: Int?
    /// The lower end of its 95 % range.
    public var savedNanoLow: Int?
    /// The upper end of its 95 % range.
    public var savedNanoHigh: Int?
    /// The tokens of the instructions that were sent.
    public var overheadTokens: Int
    /// What they cost, in nano-dollars.
    public var overheadNanoUSD: Int

    /// Makes one from its members.
    public init(
        id: String,
        sinceUS: Int,
        treated: Int = 0,
        heldOut: Int = 0,
        savedShare: Double? = nil,
        savedLow: Double? = nil,
        savedHigh: Double? = nil,
        savedNanoUSD: Int? = nil,
        savedNanoLow: Int? = nil,
        savedNanoHigh: Int? = nil,
        overheadTokens: Int = 0,
        overheadNanoUSD: Int = 0
    ) {
        self.id = id
        self.sinceUS = sinceUS
        self.treated = treated
        self.heldOut = heldOut
        self.savedShare = savedShare
        self.savedLow = savedLow
        self.savedHigh = savedHigh
        self.savedNanoUSD = savedNanoUSD
        self.savedNanoLow = savedNanoLow
        self.savedNanoHigh = savedNanoHigh
        self.overheadTokens = overheadTokens
        self.overheadNanoUSD = overheadNanoUSD
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id")
        sinceUS = try object.integer("since_us")
        treated = try object.integer("treated", default: 0)
        heldOut = try object.integer("held_out", default: 0)
        savedShare = try object.optionalDouble("saved_share")
        savedLow = try object.optionalDouble("saved_low")
        savedHigh = try object.optionalDouble("saved_high")
        savedNanoUSD = try object.optionalInteger("saved_nano_usd")
        savedNanoLow = try object.optionalInteger("saved_nano_low")
        savedNanoHigh = try object.optionalInteger("saved_nano_high")
        overheadTokens = try object.integer("overhead_tokens", default: 0)
        overheadNanoUSD = try object.integer("overhead_nano_usd", default: 0)
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.integer("since_us", sinceUS)
            fields.integer("treated", treated)
            fields.integer("held_out", heldOut)
            fields.double("saved_share", savedShare)
            fields.double("saved_low", savedLow)
            fields.double("saved_high", savedHigh)
            fields.integer("saved_nano_usd", savedNanoUSD)
            fields.integer("saved_nano_low", savedNanoLow)
            fields.integer("saved_nano_high", savedNanoHigh)
            fields.integer("overhead_tokens", overheadTokens)
            fields.integer("overhead_nano_usd", overheadNanoUSD)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "TrialItem",
            "What instructions are worth, against the conversations held out.",
            [
                .required("id", .string, "Its id: the savers with their levels, `caveman full+ponytail lite`."),
                .required("since_us", .integer, "Since when it is measured."),
                .optional("treated", .integer, "Conversations with the instructions."),
                .optional("held_out", .integer, "Conversations without them."),
                .nullable(
                    "saved_share",
                    .number,
                    "The share of output tokens saved, negative when answers got longer; null until it can be told."
                ),
                .nullable("saved_low", .number, "The lower end of its 95 % range."),
                .nullable("saved_high", .number, "The upper end of its 95 % range."),
                .nullable("saved_nano_usd", .integer, "What answers cost less by that share, in nano-dollars."),
                .nullable("saved_nano_low", .integer, "The lower end of its 95 % range."),
                .nullable("saved_nano_high", .integer, "The upper end of its 95 % range."),
                .optional("overhead_tokens", .integer, "The tokens of the instructions that were sent."),
                .optional("overhead_nano_usd", .integer, "What they cost, in nano-dollars."),
            ]
        )
    }
}
