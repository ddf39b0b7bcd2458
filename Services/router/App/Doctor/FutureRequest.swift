import Contracts
import JSON

/// A request to inspect of some later version: every object of it has members that today's do not have.
struct FutureRequest: WireCodable {
    init() {}

    /// It is only ever sent.
    init(from _: JSONCursor) throws(WireError) {}

    func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("request_id", "doctor")
            fields.string("direction", "inbound")
            fields.object("scope") { scope in
                scope.string("tenant", "default")
                scope.string("region", "north")
            }
            fields.array("segments") { segments in
                segments.object { segment in
                    segment.integer("id", 0)
                    segment.string("role", "user")
                    segment.string("kind", "text")
                    segment.string("text", "What a later version sends.")
                    segment.string("language", "en")
                }
            }
            fields.object("hints") { $0.boolean("urgent", true) }
        }
    }
}
