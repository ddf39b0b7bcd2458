import JSON

/// Writes errors the way each dialect's official libraries read them.
public enum ErrorBody {
    /// The body of an error response.
    public static func json(_ error: ClientError, dialect: Dialect) -> [UInt8] {
        var writer = JSONWriter()
        switch dialect {
        case .openAIChat:
            writer.object { body in
                body.object("error") { fields in
                    fields.string("message", error.message)
                    fields.string("type", error.type(dialect))
                    fields.string("param", error.parameter)
                    fields.string("code", error.effectiveCode)
                }
            }
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

    /// The event that ends a stream after its first content byte; no terminal event follows it.
    public static func streamEvent(_ error: ClientError, dialect: Dialect) -> [UInt8] {
        let prefix =
            switch dialect {
            case .openAIChat, .gemini: "data: "
            case .anthropicMessages: "event: error\ndata: "
            }
        return Array(prefix.utf8) + json(error, dialect: dialect) + [0x0A, 0x0A]
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
