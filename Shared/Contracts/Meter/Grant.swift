public import JSON

/// Asks for reservations ahead of the requests that will use them, and gives an account of earlier ones.
///
/// A router that serves a busy key takes its admissions from a grant: the meter has set everything aside already, so the
/// request waits for no call. Grants are made only while every limit of the key is far away; near one, each request is
/// admitted on its own.
public struct GrantRequest: WireMessage {
    /// What one request of the grant may be at most: its tokens are the unit, its id is not looked at.
    public var unit: AdmitRequest
    /// How many requests the router would like to run; 0 to give an account alone.
    public var requests: Int
    /// Grants that have ended.
    public var ended: [EndedGrant]

    /// Makes one from its members.
    public init(unit: AdmitRequest, requests: Int, ended: [EndedGrant] = []) {
        self.unit = unit
        self.requests = requests
        self.ended = ended
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        unit = try AdmitRequest(from: object.required("unit"))
        requests = try object.integer("requests")
        ended = try object.optionalArray("ended", EndedGrant.init(from:)) ?? []
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.message("unit", unit)
            fields.integer("requests", requests)
            fields.messages("ended", ended)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "GrantRequest",
            "Asks for reservations ahead of the requests that will use them, and gives an account of earlier ones.",
            [
                .required("unit", AdmitRequest.schema, "What one request of the grant may be at most."),
                .required("requests", .integer, "How many requests the router would like to run; 0: none."),
                .optional("ended", .array(of: EndedGrant.schema), "Grants that have ended."),
            ]
        )
    }
}

/// A grant that the router takes no more admissions from.
public struct EndedGrant: WireMessage {
    /// The grant's id.
    public var id: String
    /// How many of its reservations requests have taken, the first ones; the others go back.
    public var used: Int

    /// Makes one from its members.
    public init(id: String, used: Int) {
        self.id = id
        self.used = used
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id")
        used = try object.integer("used")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.integer("used", used)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "EndedGrant",
            "A grant that the router takes no more admissions from.",
            [
                .required("id", .string, "The grant's id."),
                .required("used", .integer, "How many of its reservations requests have taken, the first ones."),
            ]
        )
    }
}

/// What was set aside ahead, and for whom.
public struct GrantReply: WireMessage {
    /// The grant; null when limits are too near, or when the request would not be admitted.
    public var grant: Grant?
    /// What each admission of it says, its reservation apart; null without a grant.
    public var terms: AdmitReply?

    /// Makes one from its members.
    public init(grant: Grant? = nil, terms: AdmitReply? = nil) {
        self.grant = grant
        self.terms = terms
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
        grant = try object.optionalObject("grant", Grant.init(from:))
        terms = try object.optionalObject("terms", AdmitReply.init(from:))
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.message("grant", grant)
            fields.message("terms", terms)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "GrantReply",
            "What was set aside ahead, and for whom.",
            [
                .nullable("grant", Grant.schema, "The grant; null when limits are too near."),
                .nullable("terms", AdmitReply.schema, "What each admission of it says, its reservation apart."),
            ]
        )
    }
}

/// Equal reservations, one for each of so many requests.
///
/// The reservation of request n, from 0, is named by the grant's id, a full stop and n.
public struct Grant: WireMessage {
    /// The grant's id.
    public var id: String
    /// How many reservations it holds.
    public var requests: Int
    /// How long a request may be admitted from it, in milliseconds from the asking.
    public var useMS: Int
    /// The money set aside for each, in nano-dollars.
    public var nanoUSD: Int
    /// The tokens set aside for each.
    public var tokens: Int

    /// Makes one from its members.
    public init(id: String, requests: Int, useMS: Int, nanoUSD: Int, tokens: Int) {
        self.id = id
        self.requests = requests
        self.useMS = useMS
        self.nanoUSD = nanoUSD
        self.tokens = tokens
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id")
        requests = try object.integer("requests")
        useMS = try object.integer("use_ms")
        nanoUSD = try object.integer("nano_usd")
        tokens = try object.integer("tokens")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.integer("requests", requests)
            fields.integer("use_ms", useMS)
            fields.integer("nano_usd", nanoUSD)
            fields.integer("tokens", tokens)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "Grant",
            "Equal reservations, one for each of so many requests; number n is named ID.n, from 0.",
            [
                .required("id", .string, "The grant's id."),
                .required("requests", .integer, "How many reservations it holds."),
                .required("use_ms", .integer, "How long a request may be admitted from it, from the asking."),
                .required("nano_usd", .integer, "The money set aside for each, in nano-dollars."),
                .required("tokens", .integer, "The tokens set aside for each."),
            ]
        )
    }
}
