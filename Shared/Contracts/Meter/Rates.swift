public import JSON

/// Asks what targets charge for text, so that a router can order them by cost.
public struct RatesRequest: WireMessage {
    /// At most this many at once: as many as one model name can stand for.
    public static let limit = 64

    /// The targets.
    public var targets: [Target]

    /// Makes one from its members.
    public init(targets: [Target]) {
        self.targets = targets
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        targets = try object.array("targets", Target.init(from:))
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.messages("targets", targets)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "RatesRequest",
            "Asks what targets charge for text, so that a router can order them by cost.",
            [.required("targets", .array(of: Target.schema), "The targets, at most 64.")]
        )
    }
}

/// What one target charges, in nano-dollars for a million tokens.
public struct TargetRates: WireMessage {
    /// Input outside any cache; null when the target has no price.
    public var inputNano: Int?
    /// Output; null when the target has no price.
    public var outputNano: Int?

    /// Makes one from its members.
    public init(inputNano: Int? = nil, outputNano: Int? = nil) {
        self.inputNano = inputNano
        self.outputNano = outputNano
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
        inputNano = try object.optionalInteger("input_nano")
        outputNano = try object.optionalInteger("output_nano")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.integer("input_nano", inputNano)
            fields.integer("output_nano", outputNano)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "TargetRates",
            "What one target charges, in nano-dollars for a million tokens.",
            [
                .nullable("input_nano", .integer, "Input outside any cache; null when the target has no price."),
                .nullable("output_nano", .integer, "Output; null when the target has no price."),
            ]
        )
    }
}

/// What targets charge, one entry for each that was asked for, in their order.
public struct RatesReply: WireMessage {
    /// The rates.
    public var rates: [TargetRates]

    /// Makes one from its members.
    public init(rates: [TargetRates]) {
        self.rates = rates
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        rates = try object.array("rates", TargetRates.init(from:))
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.messages("rates", rates)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "RatesReply",
            "What targets charge, one entry for each that was asked for, in their order.",
            [.required("rates", .array(of: TargetRates.schema), "The rates.")]
        )
    }
}
