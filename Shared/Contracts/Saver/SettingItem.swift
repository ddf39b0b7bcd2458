public import JSON

/// The savers of one scope; what it leaves null, a wider scope decides.
public struct SettingItem: AdminItem {
    /// Its id: the scope.
    public var id: String
    /// `global`, `provider:ID`, `model:ID`, `chain:NAME` or `key:NAME`.
    public var scope: String
    /// Whether tool results are made smaller.
    public var rtk: Bool?
    /// Whether answers are asked to be short.
    public var terse: String?
    /// How plainly answers are asked to be written.
    public var caveman: String?
    /// How little code is asked for.
    public var ponytail: String?
    /// The share of conversations left alone, 0 to 1.
    public var holdout: Double?
    /// The Headroom sidecar.
    public var headroom: HeadroomSetting?
    /// Whether the configuration file declares it, so that it is read-only.
    public var declared: Bool
    /// Its version; an edit that carries another one is refused.
    public var etag: String

    /// Makes one from its members.
    public init(
        id: String = "",
        scope: String,
        rtk: Bool? = nil,
        terse: String? = nil,
        caveman: String? = nil,
        ponytail: String? = nil,
        holdout: Double? = nil,
        headroom: HeadroomSetting? = nil,
        declared: Bool = false,
        etag: String = ""
    ) {
        self.id = id
        self.scope = scope
        self.rtk = rtk
        self.terse = terse
        self.caveman = caveman
        self.ponytail = ponytail
        self.holdout = holdout
        self.headroom = headroom
        self.declared = declared
        self.etag = etag
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id", default: "")
        scope = try object.string("scope")
        rtk = try object.optionalBoolean("rtk")
        terse = try object.optionalString("terse")
        caveman = try object.optionalString("caveman")
        ponytail = try object.optionalString("ponytail")
        holdout = try object.optionalDouble("holdout")
        headroom = try object.optionalObject("headroom", HeadroomSetting.init(from:))
        declared = try object.boolean("declared", default: false)
        etag = try object.string("etag", default: "")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.string("scope", scope)
            fields.boolean("rtk", rtk)
            fields.string("terse", terse)
            fields.string("caveman", caveman)
            fields.string("ponytail", ponytail)
            fields.double("holdout", holdout)
            fields.message("headroom", headroom)
            fields.boolean("declared", declared)
            fields.string("etag", etag)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "SettingItem",
            "The savers of one scope; what it leaves null, a wider scope decides.",
            [
                .optional("id", .string, "Its id: the scope."),
                .required("scope", .string, "`global`, `provider:ID`, `model:ID`, `chain:NAME` or `key:NAME`."),
                .nullable("rtk", .boolean, "Whether tool results are made smaller."),
                .nullable("terse", .string(like: "off", "on"), "Whether answers are asked to be short."),
                .nullable(
                    "caveman",
                    .string(like: "off", "lite", "full", "ultra", "wenyan-lite", "wenyan-full", "wenyan-ultra"),
                    "How plainly answers are asked to be written."
                ),
                .nullable("ponytail", .string(like: "off", "lite", "full", "ultra"), "How little code is asked for."),
                .nullable("holdout", .number, "The share of conversations left alone, 0 to 1."),
                .nullable("headroom", HeadroomSetting.schema, "The Headroom sidecar."),
                .optional("declared", .boolean, "Whether the configuration file declares it, so that it is read-only."),
                .optional("etag", .string, "Its version; an edit that carries another one is refused."),
            ]
        )
    }
}

/// How the Headroom sidecar is used.
public struct HeadroomSetting: WireMessage {
    /// Whether it is used.
    public var enabled: Bool
    /// Its address.
    public var url: String
    /// How long it may take.
    public var timeoutMS: Int
    /// Whether it may change user turns too.
    public var userMessages: Bool

    /// Makes one from its members.
    public init(enabled: Bool = false, url: String = "", timeoutMS: Int = 3000, userMessages: Bool = false) {
        self.enabled = enabled
        self.url = url
        self.timeoutMS = timeoutMS
        self.userMessages = userMessages
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
        enabled = try object.boolean("enabled", default: false)
        url = try object.string("url", default: "")
        timeoutMS = try object.integer("timeout_ms", default: 3000)
        userMessages = try object.boolean("user_messages", default: false)
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.boolean("enabled", enabled)
            fields.string("url", url)
            fields.integer("timeout_ms", timeoutMS)
            fields.boolean("user_messages", userMessages)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "HeadroomSetting",
            "How the Headroom sidecar is used.",
            [
                .optional("enabled", .boolean, "Whether it is used."),
                .optional("url", .string, "Its address."),
                .optional("timeout_ms", .integer, "How long it may take."),
                .optional("user_messages", .boolean, "Whether it may change user turns too."),
            ]
        )
    }
}
