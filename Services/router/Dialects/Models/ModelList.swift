import JSON

/// One model as clients see it.
public struct ModelEntry: Hashable, Sendable {
    /// What a client writes into `model`.
    public var id: String
    /// What people call it.
    public var name: String
    /// Whose it is: a provider's id, or what kind of name it is (`chain`, `alias`).
    public var owner: String
    /// Since when it exists, in seconds since the epoch; 0 where nobody knows.
    public var created: Int

    /// Makes an entry.
    public init(id: String, name: String, owner: String, created: Int = 0) {
        self.id = id
        self.name = name
        self.owner = owner
        self.created = created
    }
}

/// Writes the answers of `GET /v1/models` and `GET /v1/models/{id}`.
public enum ModelList {
    /// The dialect to answer in: Anthropic's libraries send `anthropic-version` with every request.
    public static func dialect(hasAnthropicVersion: Bool) -> Dialect {
        hasAnthropicVersion ? .anthropicMessages : .openAIChat
    }

    /// All models on one page, in the order given.
    public static func json(_ models: [ModelEntry], dialect: Dialect) -> [UInt8] {
        var writer = JSONWriter(capacity: 64 + 128 * models.count)
        writer.object { body in
            if dialect == .gemini || dialect == .ollama {
                return body.array("models") { items in
                    for model in models { items.object { write(model, to: &$0, dialect) } }
                }
            }
            if dialect != .anthropicMessages { body.string("object", "list") }
            body.array("data") { items in
                for model in models { items.object { write(model, to: &$0, dialect) } }
            }
            guard dialect == .anthropicMessages else { return }
            body.boolean("has_more", false)
            body.string("first_id", models.first?.id)
            body.string("last_id", models.last?.id)
        }
        return writer.bytes
    }

    /// One model.
    public static func json(_ model: ModelEntry, dialect: Dialect) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { write(model, to: &$0, dialect) }
        return writer.bytes
    }

    private static func write(_ model: ModelEntry, to fields: inout JSONFields, _ dialect: Dialect) {
        switch dialect {
        case .openAIChat, .openAIResponses, .cohere, .bedrock:
            fields.string("id", model.id)
            fields.string("object", "model")
            fields.integer("created", model.created)
            fields.string("owned_by", model.owner)
        case .anthropicMessages:
            fields.string("type", "model")
            fields.string("id", model.id)
            fields.string("display_name", model.name)
            fields.string("created_at", CivilTime.iso8601(model.created))
        case .gemini:
            fields.string("name", "models/\(model.id)")
            fields.string("version", "1")
            fields.string("displayName", model.name)
            fields.array("supportedGenerationMethods") { items in
                for action in ["generateContent", "countTokens"] { items.string(action) }
            }
        case .ollama: OllamaModels.write(model, to: &fields)
        }
    }
}
