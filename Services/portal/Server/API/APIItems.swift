import Contracts
import JSON
import PortalCore

/// A session as lists show it.
struct SessionItem: WireMessage {
    var id: String
    var kind: String
    var keyID: String?
    var createdUS: Int
    var lastSeenUS: Int
    var expiresUS: Int
    var peer: String
    var agent: String
    /// Whether it is the one that asks.
    var current: Bool

    init(_ session: PortalSession, current: Bool) {
        id = session.id
        kind = session.kind.rawValue
        keyID = session.keyID
        createdUS = session.createdUS
        lastSeenUS = session.lastSeenUS
        expiresUS = session.expiresUS
        peer = session.peer
        agent = session.agent
        self.current = current
    }

    init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id")
        kind = try object.string("kind")
        keyID = try object.optionalString("key_id")
        createdUS = try object.integer("created_us")
        lastSeenUS = try object.integer("last_seen_us")
        expiresUS = try object.integer("expires_us")
        peer = try object.string("peer")
        agent = try object.string("agent")
        current = try object.boolean("current")
    }

    func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.string("kind", kind)
            fields.string("key_id", keyID)
            fields.integer("created_us", createdUS)
            fields.integer("last_seen_us", lastSeenUS)
            fields.integer("expires_us", expiresUS)
            fields.string("peer", peer)
            fields.string("agent", agent)
            fields.boolean("current", current)
        }
    }

    static var schema: Schema {
        .object(
            "SessionItem",
            "A sign-in; its token is in the browser's cookie alone.",
            [
                .required("id", .string, "Names it when it is revoked."),
                .required("kind", .string(oneOf: ["operator", "member"]), "Whose it is."),
                .nullable("key_id", .string, "The key of a member."),
                .required("created_us", .integer, "When it was opened."),
                .required("last_seen_us", .integer, "Its last request, to the minute."),
                .required("expires_us", .integer, "When it ends however much it is used."),
                .required("peer", .string, "Where it was opened from."),
                .required("agent", .string, "The browser, as it calls itself."),
                .required("current", .boolean, "Whether it is the one that asks."),
            ]
        )
    }
}

/// The session that asks, with the token that its writes must carry.
struct OwnSession: WireMessage {
    var session: SessionItem
    var csrf: String

    init(session: SessionItem, csrf: String) {
        self.session = session
        self.csrf = csrf
    }

    init(from object: JSONCursor) throws(WireError) {
        session = try object.object("session", SessionItem.init(from:))
        csrf = try object.string("csrf_token")
    }

    func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.value("session") { session.write(to: &$0) }
            fields.string("csrf_token", csrf)
        }
    }

    static var schema: Schema {
        .object(
            "OwnSession",
            "The session that asks.",
            [
                .required("session", SessionItem.schema, "The session."),
                .required("csrf_token", .string, "Goes into the header X-CSRF-Token of every write."),
            ]
        )
    }
}

/// A row of the audit.
struct AuditItem: WireMessage {
    var row: AuditRow

    init(_ row: AuditRow) {
        self.row = row
    }

    init(from object: JSONCursor) throws(WireError) {
        row = AuditRow(
            id: try object.string("id"),
            atUS: try object.integer("at_us"),
            who: try object.string("who"),
            peer: try object.string("peer"),
            act: try object.string("act"),
            resource: try object.string("resource"),
            item: try object.string("item"),
            outcome: try object.string("outcome"),
            requestID: try object.string("request_id")
        )
    }

    func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", row.id)
            fields.integer("at_us", row.atUS)
            fields.string("who", row.who)
            fields.string("peer", row.peer)
            fields.string("act", row.act)
            fields.string("resource", row.resource)
            fields.string("item", row.item)
            fields.string("outcome", row.outcome)
            fields.string("request_id", row.requestID)
        }
    }

    static var schema: Schema {
        .object(
            "AuditItem",
            "What an operator did; no value of what was changed.",
            [
                .required("id", .string, "Its id."),
                .required("at_us", .integer, "When."),
                .required("who", .string, "The session's id, or nobody."),
                .required("peer", .string, "From where."),
                .required("act", .string, "put, delete, test, sign-in and so on."),
                .required("resource", .string, "What it was about."),
                .required("item", .string, "Which one."),
                .required("outcome", .string, "ok, or why it was refused."),
                .required("request_id", .string, "The request, for the log."),
            ]
        )
    }
}

/// A page of anything of the portal's own.
struct PortalPage<Item: WireMessage>: WireMessage {
    var items: [Item]
    var next: String?

    init(_ items: [Item], next: String? = nil) {
        self.items = items
        self.next = next
    }

    init(from object: JSONCursor) throws(WireError) {
        items = try object.array("items", Item.init(from:))
        next = try object.optionalString("next")
    }

    func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.array("items") { list in
                for item in items { list.value { item.write(to: &$0) } }
            }
            fields.string("next", next)
        }
    }

    static var schema: Schema {
        .object(
            "\(Item.schema.object?.name ?? "")List",
            "A page of items.",
            [
                .required("items", .array(of: Item.schema), "The items."),
                .nullable("next", .string, "What the next page starts with; null: this was the last."),
            ]
        )
    }
}
