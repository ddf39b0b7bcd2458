public import JSON

/// Keeps the leases of open reservations.
public struct RenewRequest: WireMessage {
    /// The router's instance name.
    public var instance: String
    /// Every reservation that is still open.
    public var reservations: [String]

    /// Makes one from its members.
    public init(instance: String, reservations: [String] = []) {
        self.instance = instance
        self.reservations = reservations
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        instance = try object.string("instance")
        reservations = try object.strings("reservations")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("instance", instance)
            fields.strings("reservations", reservations)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "RenewRequest",
            "Keeps the leases of open reservations.",
            [
                .required("instance", .string, "The router's instance name."),
                .required("reservations", .array(of: .string), "Every reservation that is still open."),
            ]
        )
    }
}

/// What became of the leases.
public struct RenewReply: WireMessage {
    /// Reservations that the meter does not know: they ran out or never were.
    public var unknown: [String]

    /// Makes one from its members.
    public init(unknown: [String] = []) {
        self.unknown = unknown
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
        unknown = try object.strings("unknown", default: [])
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.strings("unknown", unknown)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "RenewReply",
            "What became of the leases.",
            [
                .optional(
                    "unknown",
                    .array(of: .string),
                    "Reservations that the meter does not know: they ran out or never were."
                )
            ]
        )
    }
}
