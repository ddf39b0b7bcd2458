import JSON

/// Writes errors the way each dialect's official libraries read them.
public enum ErrorBody {
    /// The body of an error response.
    public static func json(_ error: ClientError, dialect: Dialect) -> [UInt8] {
        var writer = JSONWriter()
        switch dialect {
        case .openAIChat, .openAIResponses, .cohere, .bedrock:
            writer.object { body in body.object("error") { writeOpenAI(error, dialect, &$0) } }
        case .anthropicMessages:
            writer.object { body in
                body.string("type", "error")
                body.object("error") { fields in
                    fields.string("type", error.type(dialect))
                    fields.string("message", message(error))
                    // Not Anthropic's; its libraries keep what they do not know, and tools can tell causes apart.
                    if let code = error.effectiveCode { fields.string("code", code) }
                }
                if let id = error.requestID { body.string("request_id", id) }
            }
        case .gemini: writer.object { $0.object("error") { google(error, &$0) } }
        case .ollama:
            writer.object { body in
                body.string("error", message(error))
                // Not Ollama's; its libraries read the text alone, and tools can tell causes apart.
                if let code = error.effectiveCode { body.string("code", code) }
            }
        }
        return writer.bytes
    }

    /// Google's form: the cause, when to come back and the request's id are details with a type each.
    private static func google(_ error: ClientError, _ fields: inout JSONFields) {
        fields.integer("code", error.status(.gemini))
        fields.string("message", message(error))
        fields.string("status", error.type(.gemini))
        fields.array("details") { details in
            if let code = error.effectiveCode {
                details.object { detail in
                    detail.string("@type", "type.googleapis.com/google.rpc.ErrorInfo")
                    detail.string("reason", code.uppercased())
                    detail.string("domain", "keirouter")
                }
            }
            if let parameter = error.parameter {
                details.object { detail in
                    detail.string("@type", "type.googleapis.com/google.rpc.BadRequest")
                    detail.array("fieldViolations") { violations in
                        violations.object { violation in
                            violation.string("field", parameter)
                            violation.string("description", error.message)
                        }
                    }
                }
            }
            if let seconds = error.retryAfter {
                details.object { detail in
                    detail.string("@type", "type.googleapis.com/google.rpc.RetryInfo")
                    detail.string("retryDelay", "\(seconds)s")
                }
            }
            if let id = error.requestID {
                details.object { detail in
                    detail.string("@type", "type.googleapis.com/google.rpc.RequestInfo")
                    detail.string("requestId", id)
                }
            }
        }
    }

    private static func writeOpenAI(_ error: ClientError, _ dialect: Dialect, _ fields: inout JSONFields) {
        fields.string("message", error.message)
        fields.string("type", error.type(dialect))
        fields.string("param", error.parameter)
        fields.string("code", error.effectiveCode)
    }

    /// The event that ends a stream after its first content byte; no terminal event follows it.
    ///
    /// - Parameters:
    ///   - error: What went wrong.
    ///   - dialect: What the client speaks.
    ///   - position: Where the stream stands, for Responses, whose events are numbered.
    /// - Returns: The frame; of Responses two, since its libraries look for one and Codex for the other.
    public static func streamEvent(
        _ error: ClientError,
        dialect: Dialect,
        at position: StreamPosition = StreamPosition()
    ) -> [UInt8] {
        let prefix: String
        switch dialect {
        case .openAIChat, .gemini, .ollama, .cohere, .bedrock: prefix = "data: "
        case .anthropicMessages: prefix = "event: error\ndata: "
        case .openAIResponses: return responsesEvents(error, position)
        }
        return Array(prefix.utf8) + json(error, dialect: dialect) + [0x0A, 0x0A]
    }

    private static func responsesEvents(_ error: ClientError, _ position: StreamPosition) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { event in
            event.string("type", "error")
            event.string("code", error.effectiveCode)
            event.string("message", error.message)
            event.string("param", error.parameter)
            // The documentation has the members above; what OpenAI sends, and its libraries raise, is this.
            event.object("error") { writeOpenAI(error, .openAIResponses, &$0) }
            event.integer("sequence_number", position.sequence)
        }
        var failed = JSONWriter()
        failed.object { event in
            event.string("type", "response.failed")
            event.object("response") { response in
                response.string("id", position.id ?? "resp_" + (error.requestID ?? AnswerID.random()))
                response.string("object", "response")
                response.integer("created_at", position.created ?? 0)
                response.string("model", position.model ?? "")
                response.string("status", "failed")
                response.object("error") { fields in
                    fields.string("code", error.effectiveCode ?? "server_error")
                    fields.string("message", error.message)
                }
                response.null("incomplete_details")
                response.array("output") { _ in }
                response.null("usage")
            }
            event.integer("sequence_number", position.sequence + 1)
        }
        return Array("event: error\ndata: ".utf8) + writer.bytes + Array("\n\nevent: response.failed\ndata: ".utf8)
            + failed.bytes + [0x0A, 0x0A]
    }

    /// The headers that belong to the error: when to come back, and whether to come back at all.
    public static func headers(_ error: ClientError) -> [(name: String, value: String)] {
        guard let seconds = error.retryAfter else { return [] }
        return [("retry-after", String(seconds))]
    }

    private static func message(_ error: ClientError) -> String {
        guard let parameter = error.parameter, !error.message.contains(parameter) else { return error.message }
        return "\(parameter): \(error.message)"
    }
}
