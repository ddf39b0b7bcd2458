public import JSON

/// The guardrails of one scope; what it leaves null, a wider scope decides.
public struct PolicyItem: AdminItem {
    /// Its id.
    public var id: String
    /// `global`, `provider:ID`, `model:ID`, `chain:NAME` or `key:NAME`.
    public var scope: String
    /// What happens when the guard cannot answer.
    public var onFailure: String
    /// Whether texts may leave this machine to be judged.
    public var allowExternalEngines: Bool
    /// Personal data.
    public var pii: PIISection?
    /// Prompt injection.
    public var injection: InjectionSection?
    /// Topics that are allowed or not.
    public var topics: TopicsSection?
    /// Toxic language.
    public var toxicity: ScoredSection?
    /// Biased language.
    public var bias: ScoredSection?
    /// Source code in answers.
    public var code: ScoredSection?
    /// Answers that are to be JSON.
    public var json: JSONSection?
    /// Patterns of the operator.
    public var custom: [CustomPattern]
    /// Whether the configuration file declares it, so that it is read-only.
    public var declared: Bool
    /// Its version; an edit that carries another one is refused.
    public var etag: String

    /// Makes one from its members.
    public init(
        id: String = "",
        scope: String,
        onFailure: String = "auto",
        allowExternalEngines: Bool = true,
        pii: PIISection? = nil,
        injection: InjectionSection? = nil,
        topics: TopicsSection? = nil,
        toxicity: ScoredSection? = nil,
        bias: ScoredSection? = nil,
        code: ScoredSection? = nil,
        json: JSONSection? = nil,
        custom: [CustomPattern] = [],
        declared: Bool = false,
        etag: String = ""
    ) {
        self.id = id
        self.scope = scope
        self.onFailure = onFailure
        self.allowExternalEngines = allowExternalEngines
        self.pii = pii
        self.injection = injection
        self.topics = topics
        self.toxicity = toxicity
        self.bias = bias
        self.code = code
        self.json = json
        self.custom = custom
        self.declared = declared
        self.etag = etag
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id", default: "")
        scope = try object.string("scope")
        onFailure = try object.string("on_failure", default: "auto")
        allowExternalEngines = try object.boolean("allow_external_engines", default: true)
        pii = try object.optionalObject("pii", PIISection.init(from:))
        injection = try object.optionalObject("injection", InjectionSection.init(from:))
        topics = try object.optionalObject("topics", TopicsSection.init(from:))
        toxicity = try object.optionalObject("toxicity", ScoredSection.init(from:))
        bias = try object.optionalObject("bias", ScoredSection.init(from:))
        code = try object.optionalObject("code", ScoredSection.init(from:))
        json = try object.optionalObject("json", JSONSection.init(from:))
        custom = try object.optionalArray("custom", CustomPattern.init(from:)) ?? []
        declared = try object.boolean("declared", default: false)
        etag = try object.string("etag", default: "")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.string("scope", scope)
            fields.string("on_failure", onFailure)
            fields.boolean("allow_external_engines", allowExternalEngines)
            fields.message("pii", pii)
            fields.message("injection", injection)
            fields.message("topics", topics)
            fields.message("toxicity", toxicity)
            fields.message("bias", bias)
            fields.message("code", code)
            fields.message("json", json)
            fields.messages("custom", custom)
            fields.boolean("declared", declared)
            fields.string("etag", etag)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "PolicyItem",
            "The guardrails of one scope; what it leaves null, a wider scope decides.",
            [
                .optional("id", .string, "Its id."),
                .required("scope", .string, "`global`, `provider:ID`, `model:ID`, `chain:NAME` or `key:NAME`."),
                .optional(
                    "on_failure",
                    .string(like: "auto", "open", "closed"),
                    "What happens when the guard cannot answer."
                ),
                .optional("allow_external_engines", .boolean, "Whether texts may leave this machine to be judged."),
                .nullable("pii", PIISection.schema, "Personal data."),
                .nullable("injection", InjectionSection.schema, "Prompt injection."),
                .nullable("topics", TopicsSection.schema, "Topics that are allowed or not."),
                .nullable("toxicity", ScoredSection.schema, "Toxic language."),
                .nullable("bias", ScoredSection.schema, "Biased language."),
                .nullable("code", ScoredSection.schema, "Source code in answers."),
                .nullable("json", JSONSection.schema, "Answers that are to be JSON."),
                .optional("custom", .array(of: CustomPattern.schema), "Patterns of the operator."),
                .optional("declared", .boolean, "Whether the configuration file declares it, so that it is read-only."),
                .optional("etag", .string, "Its version; an edit that carries another one is refused."),
            ]
        )
    }
}
