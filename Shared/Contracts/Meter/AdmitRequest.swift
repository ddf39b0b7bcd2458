public import JSON

/// Asks whether a request may run, and reserves what it may cost.
///
/// Idempotent by its request id: the same id reserves once and gets the same answer.
public struct AdmitRequest: WireMessage {
    /// The request's id, which the usage record carries too.
    public var requestID: String
    /// The lower-case hex SHA-256 of the caller's key.
    public var keySHA256: String
    /// What is asked for.
    public var operation: Operation
    /// The model name as the caller wrote it: a model, an alias or a chain.
    public var requestedModel: String
    /// Where it may go, in order.
    public var targets: [Target]
    /// The tokens of the prompt, estimated.
    public var estimatedInputTokens: Int
    /// The most output tokens that the caller asked for.
    public var maxOutputTokens: Int?
    /// Who calls, by its user agent; a label, never a credential.
    public var client: String

    /// Makes one from its members.
    public init(
        requestID: String,
        keySHA256: String,
        operation: Operation,
        requestedModel: String,
        targets: [Target] = [],
        estimatedInputTokens: Int,
        maxOutputTokens: Int? = nil,
        client: String = ""
    ) {
        self.requestID = requestID
        self.keySHA256 = keySHA256
        self.operation = operation
        self.requestedModel = requestedModel
        self.targets = targets
        self.estimatedInputTokens = estimatedInputTokens
        self.maxOutputTokens = maxOutputTokens
        self.client = client
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        requestID = try object.string("request_id")
        keySHA256 = try object.string("key_sha256")
        operation = try object.value("operation")
        requestedModel = try object.string("requested_model")
        targets = try object.array("targets", Target.init(from:))
        estimatedInputTokens = try object.integer("estimated_input_tokens")
        maxOutputTokens = try object.optionalInteger("max_output_tokens")
        client = try object.string("client", default: "")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("request_id", requestID)
            fields.string("key_sha256", keySHA256)
            fields.string("operation", operation.rawValue)
            fields.string("requested_model", requestedModel)
            fields.messages("targets", targets)
            fields.integer("estimated_input_tokens", estimatedInputTokens)
            fields.integer("max_output_tokens", maxOutputTokens)
            fields.string("client", client)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "AdmitRequest",
            "Asks whether a request may run, and reserves what it may cost.",
            [
                .required("request_id", .string, "The request's id, which the usage record carries too."),
                .required("key_sha256", .string, "The lower-case hex SHA-256 of the caller's key."),
                .required("operation", Operation.schema, "What is asked for."),
                .required(
                    "requested_model",
                    .string,
                    "The model name as the caller wrote it: a model, an alias or a chain."
                ),
                .required("targets", .array(of: Target.schema), "Where it may go, in order."),
                .required("estimated_input_tokens", .integer, "The tokens of the prompt, estimated."),
                .nullable("max_output_tokens", .integer, "The most output tokens that the caller asked for."),
                .optional("client", .string, "Who calls, by its user agent; a label, never a credential."),
            ]
        )
    }
}
