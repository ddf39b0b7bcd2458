import JSON

/// Reads numbers of a request.
enum RequestNumbers {
    static func double(_ value: JSONCursor, _ name: String) throws(DialectError) -> Double {
        guard let number = value.double else { throw DialectError(name, "must be a number") }
        return number
    }
}
