public import JSON

/// Whether a request may run, and under which limits.
public struct AdmitReply: WireMessage {
    /// Whether it may run.
    public var admitted: Bool
    /// Why it may not; null when admitted.
    public var denial: Denial?
    /// Whose key it is; null when the key is not known.
    public var identity: Identity?
    /// The indexes of the targets that are permitted, in order.
    public var targets: [Int]
    /// What was set aside; null when nothing was.
    public var reservation: Reservation?
    /// What is left after the reservation; null without a budget.
    public var remaining: Remaining?
    /// Where the rate limits stand; null when none apply.
    public var limits: LimitsState?
    /// What the plan turns on.
    public var features: Features

    /// Makes one from its members.
    public init(
        admitted: Bool,
        denial: Denial? = nil,
        identity: Identity? = nil,
        targets: [Int] = [],
        reservation: Reservation? = nil,
        remaining: Remaining? = nil,
        limits: LimitsState? = nil,
        features: Features = Features()
    ) {
        self.admitted = admitted
        self.denial = denial
        self.identity = identity
        self.targets = targets
        self.reservation = reservation
        self.remaining = remaining
        self.limits = limits
        self.features = features
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        admitted = try object.boolean("admitted")
        denial = try object.optionalObject("denial", Denial.init(from:))
        identity = try object.optionalObject("identity", Identity.init(from:))
        targets = try object.integers("targets", default: [])
        reservation = try object.optionalObject("reservation", Reservation.init(from:))
        remaining = try object.optionalObject("remaining", Remaining.init(from:))
        limits = try object.optionalObject("limits", LimitsState.init(from:))
        features = try object.optionalObject("features", Features.init(from:)) ?? Features()
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.boolean("admitted", admitted)
            fields.message("denial", denial)
            fields.message("identity", identity)
            fields.integers("targets", targets)
            fields.message("reservation", reservation)
            fields.message("remaining", remaining)
            fields.message("limits", limits)
            fields.message("features", features)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "AdmitReply",
            "Whether a request may run, and under which limits.",
            [
                .required("admitted", .boolean, "Whether it may run."),
                .nullable("denial", Denial.schema, "Why it may not; null when admitted."),
                .nullable("identity", Identity.schema, "Whose key it is; null when the key is not known."),
                .optional("targets", .array(of: .integer), "The indexes of the targets that are permitted, in order."),
                .nullable("reservation", Reservation.schema, "What was set aside; null when nothing was."),
                .nullable("remaining", Remaining.schema, "What is left after the reservation; null without a budget."),
                .nullable("limits", LimitsState.schema, "Where the rate limits stand; null when none apply."),
                .optional("features", Features.schema, "What the plan turns on."),
            ]
        )
    }
}
