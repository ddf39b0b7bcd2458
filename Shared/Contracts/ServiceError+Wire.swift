public import JSON

extension ServiceError: WireCodable {
    /// Reads a JSON-RPC error object, a foreign one too: all but its code may be missing.
    public init(from object: JSONCursor) throws(WireError) {
        code = Code(rawValue: try object.integer("code"))
        message = try object.string("message", default: "")
        let data = object["data"]
        reason = data?["reason"]?.string ?? code.status.lowercased()
        origin = data?["origin"]?.string.flatMap(Origin.init(rawValue:)) ?? .peer
        retry = Retry(wire: data)
        details = [:]
        if let members = data?["details"]?.members {
            for (name, value) in members {
                guard let name = name.string, let value = value.string else { continue }
                details[name] = value
            }
        }
        cause = nil
    }

    /// Writes it as a JSON-RPC error object; the cause stays here.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.integer("code", code.rawValue)
            fields.string("message", message)
            fields.object("data") { data in
                data.string("status", code.status)
                data.string("reason", reason)
                data.string("origin", origin.rawValue)
                data.string("retry", retry.word)
                if case .same(let milliseconds?) = retry { data.integer("retry_after_ms", milliseconds) }
                data.map("details", details)
            }
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "ServiceError",
            "A JSON-RPC error object as every service of the gateway sends it.",
            [
                .required("code", .integer, "A code of JSON-RPC, or -32000 - n for gRPC's canonical status n."),
                .required("message", .string, "One sentence for people."),
                .optional("data", dataSchema, "What drives the caller."),
            ]
        )
    }

    private static var dataSchema: Schema {
        .object(
            "ServiceErrorData",
            "What drives the caller; none of it is ever parsed from the message.",
            [
                .optional("status", .string(like: statuses), "The canonical status by name."),
                .optional("reason", .string, "What went wrong, in snake_case and from a short list."),
                .optional("origin", .string(like: Origin.allCases.map(\.rawValue)), "Whose error it is."),
                .optional("retry", .string(like: Retry.words), "Whether and where to try again."),
                .omittable("retry_after_ms", .integer, "When to try again at the same place."),
                .optional("details", .map(of: .string), "What a program may want to know besides."),
            ]
        )
    }

    private static var statuses: [String] {
        Set(Code.known.map(\.status)).sorted()
    }
}

extension ServiceError.Retry {
    static let words = ["no", "same", "next", "if_reused"]

    var word: String {
        switch self {
        case .no: "no"
        case .same: "same"
        case .next: "next"
        case .ifReused: "if_reused"
        }
    }

    /// A word that this build does not know means no retry: the safe reading.
    fileprivate init(wire data: JSONCursor?) {
        switch data?["retry"]?.string {
        case "same": self = .same(afterMilliseconds: data?["retry_after_ms"]?.integer.map { max(0, $0) })
        case "next": self = .next
        case "if_reused": self = .ifReused
        default: self = .no
        }
    }
}
