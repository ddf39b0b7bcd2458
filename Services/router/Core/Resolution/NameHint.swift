import Dialects

/// Finds the name that was probably meant.
enum NameHint {
    /// Longer names get no hint: the search costs the product of the lengths.
    static let maximumLength = 100

    /// A configured name at a small distance; a model's bare name counts as the whole.
    static func nearest(to name: String, in state: RouterState) -> String? {
        let wanted = Array(name.lowercased().utf8)
        guard !wanted.isEmpty, wanted.count <= maximumLength else { return nil }
        let limit = max(1, min(3, wanted.count / 4))
        var best: (name: String, distance: Int)?
        for entry in state.listedModels() {
            let known = Array(entry.id.lowercased().utf8)
            let bare = known.firstIndex(of: UInt8(ascii: "/")).map { known[($0 + 1)...] } ?? known[...]
            let distance = min(
                self.distance(wanted[...], known[...], limit: limit),
                self.distance(wanted[...], bare, limit: limit)
            )
            guard distance <= limit, distance < best?.distance ?? .max else { continue }
            best = (entry.id, distance)
        }
        return best?.name
    }

    /// Levenshtein's distance, or a number above the limit.
    static func distance(_ one: ArraySlice<UInt8>, _ other: ArraySlice<UInt8>, limit: Int) -> Int {
        guard abs(one.count - other.count) <= limit else { return limit + 1 }
        var previous = Array(0...other.count)
        var current = previous
        for (row, byte) in one.enumerated() {
            current[0] = row + 1
            var smallest = current[0]
            for (column, otherByte) in other.enumerated() {
                let substitution = previous[column] + (byte == otherByte ? 0 : 1)
                current[column + 1] = min(substitution, previous[column + 1] + 1, current[column] + 1)
                smallest = min(smallest, current[column + 1])
            }
            guard smallest <= limit else { return limit + 1 }
            swap(&previous, &current)
        }
        return previous[other.count]
    }
}
