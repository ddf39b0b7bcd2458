import Contracts
package import JSON

/// The savers of one scope; what it leaves `nil`, a wider scope decides.
package struct ScopeSetting: Hashable, Sendable {
    package var scope: SettingScope
    package var rtk: Bool?
    package var terse: Bool?
    /// A level, or `off`.
    package var caveman: String?
    /// A level, or `off`.
    package var ponytail: String?
    package var holdout: Double?
    package var headroom: Headroom?

    /// How the Headroom sidecar is used.
    package struct Headroom: Hashable, Sendable {
        /// Where it listens when nothing else is said.
        package static let standardURL = "http://localhost:8787"

        package var isEnabled: Bool
        /// Empty: ``standardURL``.
        package var url: String
        package var timeoutMS: Int
        /// Whether it may make what users write smaller too.
        package var userMessages: Bool

        package init(isEnabled: Bool = false, url: String = "", timeoutMS: Int = 3000, userMessages: Bool = false) {
            self.isEnabled = isEnabled
            self.url = url
            self.timeoutMS = timeoutMS
            self.userMessages = userMessages
        }

        package var address: String { url.isEmpty ? Self.standardURL : url }
    }

    package init(
        scope: SettingScope,
        rtk: Bool? = nil,
        terse: Bool? = nil,
        caveman: String? = nil,
        ponytail: String? = nil,
        holdout: Double? = nil,
        headroom: Headroom? = nil
    ) {
        self.scope = scope
        self.rtk = rtk
        self.terse = terse
        self.caveman = caveman
        self.ponytail = ponytail
        self.holdout = holdout
        self.headroom = headroom
    }
}

// MARK: As JSON

extension ScopeSetting {
    /// Its one form: what is stored, and what the epoch is made of.
    package func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("scope", scope.text)
            if let rtk { fields.boolean("rtk", rtk) }
            if let terse { fields.boolean("terse", terse) }
            if let caveman { fields.string("caveman", caveman) }
            if let ponytail { fields.string("ponytail", ponytail) }
            if let holdout { fields.double("holdout", holdout) }
            guard let headroom else { return }
            fields.object("headroom") { fields in
                if headroom.isEnabled { fields.boolean("enabled", true) }
                fields.string("url", headroom.url)
                fields.integer("timeout_ms", headroom.timeoutMS)
                if headroom.userMessages { fields.boolean("user_messages", true) }
            }
        }
    }

    package init(from object: JSONCursor) throws(WireError) {
        let text = try object.string("scope")
        guard let scope = SettingScope(text) else { throw WireError(path: "scope", problem: "no scope") }
        self.scope = scope
        rtk = try object.optionalBoolean("rtk")
        terse = try object.optionalBoolean("terse")
        caveman = try object.optionalString("caveman")
        ponytail = try object.optionalString("ponytail")
        holdout = try object.optionalDouble("holdout")
        headroom = try object.optionalObject("headroom") { (fields) throws(WireError) in
            Headroom(
                isEnabled: try fields.boolean("enabled", default: false),
                url: try fields.string("url"),
                timeoutMS: try fields.integer("timeout_ms"),
                userMessages: try fields.boolean("user_messages", default: false)
            )
        }
    }
}
