public import JSON

/// What Ollama's clients are told of models, which are not on this machine.
public enum OllamaModels {
    /// The release of Ollama whose members are spoken: its clients ask before they use what is newer.
    public static let version = "0.12.6"

    /// One entry of `GET /api/tags`.
    static func write(_ model: ModelEntry, to fields: inout JSONFields) {
        fields.string("name", model.id)
        fields.string("model", model.id)
        fields.string("modified_at", CivilTime.iso8601(model.created))
        fields.integer("size", 0)
        fields.string("digest", "")
        fields.object("details") { writeDetails(model, &$0) }
    }

    /// The answer of `POST /api/show`.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - contextWindow: How many tokens it can hold, where that is known.
    /// - Returns: The body.
    public static func shown(_ model: ModelEntry, contextWindow: Int?) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { body in
            body.string("modified_at", CivilTime.iso8601(model.created))
            body.object("details") { writeDetails(model, &$0) }
            body.object("model_info") { facts in
                // Clients look for the context's length under the architecture's name.
                facts.string("general.architecture", "keirouter")
                facts.string("general.basename", model.name)
                if let contextWindow { facts.integer("keirouter.context_length", contextWindow) }
            }
            body.array("capabilities") { items in
                for capability in ["completion", "tools"] { items.string(capability) }
            }
        }
        return writer.bytes
    }

    /// The model that `POST /api/show` asks for, which older clients call `name`.
    ///
    /// - Throws: ``DialectError`` when it names none.
    public static func asked(_ document: JSONDocument) throws(DialectError) -> String {
        let root = document.root
        guard root.kind == .object else { throw DialectError("", "the request body must be a JSON object") }
        guard let name = (root.member("model") ?? root.member("name"))?.string, !name.isEmpty else {
            throw DialectError("model", "is required")
        }
        return name
    }

    private static func writeDetails(_ model: ModelEntry, _ details: inout JSONFields) {
        details.string("parent_model", "")
        details.string("format", "")
        details.string("family", model.owner)
        details.array("families") { $0.string(model.owner) }
        details.string("parameter_size", "")
        details.string("quantization_level", "")
    }
}
