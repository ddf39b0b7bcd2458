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
        }
        return writer.bytes
    }

    /// The event that ends a stream after its first content byte; no terminal event follows it.
    public static func streamEvent(_ error: ClientError, dialect: Dialect) -> [UInt8] {
        let prefix =
            switch dialect {
            case .openAIChat: "data: "
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
