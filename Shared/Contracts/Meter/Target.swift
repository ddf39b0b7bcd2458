public import JSON

/// What a request asks a provider to do.
public enum Operation: String, CaseIterable, Hashable, Sendable {
    /// A conversation's next turn.
    case chat
    /// Vectors of texts.
    case embeddings
    /// A picture from a text.
    case image
    /// Sound from a text.
    case speech
    /// A text from sound.
    case transcription
    /// A search of the web.
    case search
    /// The text of a page.
    case fetch
    /// Documents ordered by relevance.
    case rerank
    /// A judgement of a text.
    case moderation

    /// The values on the wire; a meter cannot price what it does not know, so this list is closed.
    static var schema: Schema { .string(oneOf: allCases.map(\.rawValue)) }
}

/// One place a request may go.
public struct Target: WireMessage {
    /// The provider's id.
    public var provider: String
    /// The provider's own name of the model.
    public var model: String

    /// Makes one from its members.
    public init(provider: String, model: String) {
        self.provider = provider
        self.model = model
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        provider = try object.string("provider")
        model = try object.string("model")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("provider", provider)
            fields.string("model", model)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "Target",
            "One place a request may go.",
            [
                .required("provider", .string, "The provider's id."),
                .required("model", .string, "The provider's own name of the model."),
            ]
        )
    }
}
