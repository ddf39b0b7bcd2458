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
    ///
    /// Not sent where words of users may change: the server refuses both together, since it cannot say the same of them
    /// again. The router can: it remembers what it sent.
    package var session: String
    /// Whether words of users may change.
    package var userMessages: Bool

    package init(model: String, messages: [UInt8], frozen: Int, session: String, userMessages: Bool = false) {
        self.model = model
        self.messages = messages
        self.frozen = frozen
        self.session = session
        self.userMessages = userMessages
    }

    /// The body.
    ///
    /// `compress_user_messages` is always said because the server's standard is yes, whatever its documentation says.
    package var body: [UInt8] {
        var writer = JSONWriter(capacity: messages.count + 256)
        writer.object { fields in
            fields.string("model", model.isEmpty ? "unknown" : model)
            fields.raw("messages", messages)
            fields.object("config") { config in
                config.boolean("compress_user_messages", userMessages)
                config.integer("frozen_message_count", frozen)
                if !session.isEmpty, !userMessages { config.string("session_id", session) }
            }
        }
        return writer.bytes
    }
}
