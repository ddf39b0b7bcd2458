public import JSON

/// Asks for a page of items.
public struct ListRequest: WireMessage {
    /// The most items that a page may have.
    public static let largestPage = 500

    /// Where the page starts: the `next` of the page before; null: at the beginning.
    public var pageToken: String?
    /// The most items wanted, 1 to 500.
    public var pageSize: Int
    /// Which items, by fields that the resource names.
    public var filter: [String: String]

    /// Makes one from its members; a size out of range becomes the nearest one in it.
    public init(pageToken: String? = nil, pageSize: Int = 100, filter: [String: String] = [:]) {
        self.pageToken = pageToken
        self.pageSize = min(max(1, pageSize), Self.largestPage)
        self.filter = filter
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
        self.init(
            pageToken: try object.optionalString("page_token"),
            pageSize: try object.integer("page_size", default: 100),
            filter: try object.map("filter")
        )
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("page_token", pageToken)
            fields.integer("page_size", pageSize)
            fields.map("filter", filter)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "ListRequest",
            "Asks for a page of items.",
            [
                .nullable("page_token", .string, "Where the page starts: the next of the page before."),
                .optional("page_size", .integer, "The most items wanted, 1 to 500; 100 when missing."),
                .optional("filter", .map(of: .string), "Which items, by fields that the resource names."),
            ]
        )
    }
}

/// A page of items.
public struct ListReply<Item: AdminItem>: WireMessage {
    /// The items.
    public var items: [Item]
    /// What the next page starts with; null: this was the last.
    public var next: String?

    /// Makes one from its members.
    public init(items: [Item], next: String? = nil) {
        self.items = items
        self.next = next
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        items = try object.array("items", Item.init(from:))
        next = try object.optionalString("next")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.messages("items", items)
            fields.string("next", next)
        }
    }

    /// Its object on the wire, under a name of its own for every item.
    public static var schema: Schema {
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

/// Makes or replaces an item.
public struct PutRequest<Item: AdminItem>: WireMessage {
    /// The item as it should be.
    public var item: Item
    /// The version that it replaces; null: any, or none.
    public var etag: String?

    /// Makes one from its members.
    public init(item: Item, etag: String? = nil) {
        self.item = item
        self.etag = etag
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        item = try object.object("item", Item.init(from:))
        etag = try object.optionalString("etag")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.message("item", item)
            fields.string("etag", etag)
        }
    }

    /// Its object on the wire, under a name of its own for every item.
    public static var schema: Schema {
        .object(
            "\(Item.schema.object?.name ?? "")Put",
            "Makes or replaces an item.",
            [
                .required("item", Item.schema, "The item as it should be."),
                .nullable("etag", .string, "The version that it replaces; null: any, or none."),
            ]
        )
    }
}
