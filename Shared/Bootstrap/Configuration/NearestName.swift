/// Finds the name that was probably meant.
enum NearestName {
    /// `; did you mean X?`, or nothing when no name is near.
    static func hint(for name: String, among names: [String]) -> String {
        nearest(to: name, among: names).map { "; did you mean \($0)?" } ?? ""
    }

    /// The name with the fewest slips of the keyboard between it and the given one, if they are few.
    static func nearest(to name: String, among names: [String]) -> String? {
        guard name.utf8.count <= 100 else { return nil }
        let wanted = Array(name.lowercased().utf8)
        let last = lastPart(name)
        var best: (name: String, distance: Int)?
        for candidate in names {
            var distance = distance(wanted, Array(candidate.lowercased().utf8))
            // The right name in the wrong section.
            if !last.isEmpty, lastPart(candidate) == last { distance = min(distance, 1) }
            if distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        guard let best, best.distance <= max(2, wanted.count / 4) else { return nil }
        return best.name
    }

    private static func lastPart(_ name: String) -> String {
        name.split(separator: ".").last.map { $0.lowercased() } ?? ""
    }

    /// Insertions, deletions, replacements and swaps of neighbors that turn one into the other.
    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        if one.isEmpty || other.isEmpty { return max(one.count, other.count) }
        var beforeLast = [Int](repeating: 0, count: other.count + 1)
        var last = Array(0...other.count)
        for row in 1...one.count {
            var current = [row] + [Int](repeating: 0, count: other.count)
            for column in 1...other.count {
                let cost = one[row - 1] == other[column - 1] ? 0 : 1
                current[column] = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + cost)
                if row > 1, column > 1, one[row - 1] == other[column - 2], one[row - 2] == other[column - 1] {
                    current[column] = min(current[column], beforeLast[column - 2] + 1)
                }
            }
            beforeLast = last
            last = current
        }
        return last[other.count]
    }
}
