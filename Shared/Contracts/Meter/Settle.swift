public import JSON

/// Usage to enter into the ledger, at most 500 records at once.
public struct SettleRequest: WireMessage {
    /// What was used.
    public var records: [UsageRecord]
    /// The records that could not be read: each is refused by itself and holds up no other.
    public var unreadable: [UnreadableRecord]

    /// Makes one from its members.
    public init(records: [UsageRecord] = [], unreadable: [UnreadableRecord] = []) {
        self.records = records
        self.unreadable = unreadable
    }

    /// Reads it from its JSON object, record by record.
    public init(from object: JSONCursor) throws(WireError) {
        var records: [UsageRecord] = []
        var unreadable: [UnreadableRecord] = []
        _ = try object.array("records") { (record) throws(WireError) in
            do throws(WireError) {
                records.append(try UsageRecord(from: record))
            } catch {
                let requestID = record["request_id"]?.string ?? ""
                unreadable.append(UnreadableRecord(requestID: requestID, problem: error.description))
            }
        }
        self.init(records: records, unreadable: unreadable)
    }

    /// Writes the records that can be read as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.messages("records", records)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "SettleRequest",
            "Usage to enter into the ledger, at most 500 records at once.",
            [
                .required("records", .array(of: UsageRecord.schema), "What was used.")
            ]
        )
    }
}

/// A record of a request that is not as agreed.
public struct UnreadableRecord: Hashable, Sendable {
    /// The request's id; empty when that cannot be read either.
    public var requestID: String
    /// Which member is missing or of another type, such as `params.records[3].outcome: missing`.
    public var problem: String

    /// Makes one from its members.
    public init(requestID: String, problem: String) {
        self.requestID = requestID
        self.problem = problem
    }
}

/// What the ledger holds now; answered after commit.
public struct SettleReply: WireMessage {
    /// The request ids that the ledger holds, those of earlier calls included.
    public var applied: [String]
    /// The records that can never be applied.
    public var rejected: [Rejection]

    /// Makes one from its members.
    public init(applied: [String] = [], rejected: [Rejection] = []) {
        self.applied = applied
        self.rejected = rejected
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
        applied = try object.strings("applied", default: [])
        rejected = try object.optionalArray("rejected", Rejection.init(from:)) ?? []
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.strings("applied", applied)
            fields.messages("rejected", rejected)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "SettleReply",
            "What the ledger holds now; answered after commit.",
            [
                .optional(
                    "applied",
                    .array(of: .string),
                    "The request ids that the ledger holds, those of earlier calls included."
                ),
                .optional("rejected", .array(of: Rejection.schema), "The records that can never be applied."),
            ]
        )
    }
}

/// A record that can never be applied, so that the sender forgets it.
public struct Rejection: WireMessage {
    /// The record; empty when its id could not be read.
    public var requestID: String
    /// Why, in snake_case; `malformed` for a record that could not be read.
    public var reason: String

    /// Makes one from its members.
    public init(requestID: String, reason: String) {
        self.requestID = requestID
        self.reason = reason
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        requestID = try object.string("request_id")
        reason = try object.string("reason")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("request_id", requestID)
            fields.string("reason", reason)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "Rejection",
            "A record that can never be applied, so that the sender forgets it.",
            [
                .required("request_id", .string, "The record; empty when its id could not be read."),
                .required(
                    "reason",
                    .string,
                    "Why, in snake_case; malformed for a record that could not be read."
                ),
            ]
        )
    }
}
