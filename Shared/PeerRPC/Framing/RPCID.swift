import JSON

/// The id that joins an answer to its request.
enum RPCID: Hashable, Sendable {
    case null
    case integer(Int)
    case text(String)
    /// A number that is no whole number; its bytes are given back as they came.
    case number([UInt8])
    /// A call without an answer (a notification), known to this side alone.
    case silent(Int)

    /// Reads an id; `nil` for what can be none.
    init?(_ cursor: JSONCursor) {
        switch cursor.kind {
        case .number:
            if let integer = cursor.integer { self = .integer(integer) } else { self = .number(Array(cursor.raw)) }
        case .string:
            // An id is echoed and kept: a long one is refused rather than stored.
            guard let text = cursor.string, text.utf8.count <= 256 else { return nil }
            self = .text(text)
        case .null:
            self = .null
        default:
            return nil
        }
    }

    func write(_ name: String, to fields: inout JSONFields) {
        switch self {
        case .integer(let number): fields.integer(name, number)
        case .text(let text): fields.string(name, text)
        case .number(let bytes): fields.raw(name, bytes)
        case .null, .silent: fields.null(name)
        }
    }
}
