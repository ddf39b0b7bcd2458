import JSON

/// Reads the counts of a usage object, which is a provider's and may hold anything.
enum TokenCount {
    /// More than any request can use; keeps sums and prices far from overflow.
    static let limit = 1_000_000_000

    /// The count under a name; `nil` when it is missing or not a number, never negative.
    static func read(_ object: JSONCursor?, _ name: StaticString) -> Int? {
        guard let value = object?.member(name), value.kind == .number else { return nil }
        if let integer = value.integer { return min(max(integer, 0), limit) }
        guard let double = value.double, double.isFinite else { return nil }
        return Int(min(max(double, 0), Double(limit)))
    }
}
