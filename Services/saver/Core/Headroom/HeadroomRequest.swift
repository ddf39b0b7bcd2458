import JSON

/// What is asked of Headroom's `POST /v1/compress`.
///
/// The messages are those that the router made of a request's texts: in the shape of OpenAI's Chat Completions, each
/// result behind its call. Images, signatures and cache marks never leave the router, so nobody can lose them.
package struct HeadroomRequest: Sendable {
    package var model: String
    /// A JSON array.
    package var messages: [UInt8]
    /// Messages from the start that were sent before.
    package var frozen: Int
    /// The conversation, for what the server keeps of it; at most 256 bytes.
    package var session: String

    package init(model: String, messages: [UInt8], frozen: Int, session: String) {
        self.model = model
        self.messages = messages
        self.frozen = frozen
        self.session = session
    }

    /// The body.
    ///
    /// `compress_user_messages` is said because the server's standard is yes, whatever its documentation says.
    package var body: [UInt8] {
        var writer = JSONWriter(capacity: messages.count + 256)
        writer.object { fields in
            fields.string("model", model.isEmpty ? "unknown" : model)
            fields.raw("messages", messages)
            fields.object("config") { config in
                config.boolean("compress_user_messages", false)
                config.integer("frozen_message_count", frozen)
                if !session.isEmpty { config.string("session_id", session) }
            }
        }
        return writer.bytes
    }
}
