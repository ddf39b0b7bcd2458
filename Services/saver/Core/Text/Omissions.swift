/// What a rule left out, by kind, in the order in which the bracket line tells it.
struct Omissions {
    private var kinds: [(one: String, many: String?, count: Int)] = []

    var isEmpty: Bool { kinds.isEmpty }

    mutating func add(_ count: Int, _ one: String, _ many: String? = nil) {
        guard count > 0 else { return }
        if let known = kinds.firstIndex(where: { $0.one == one }) {
            kinds[known].count += count
        } else {
            kinds.append((one, many, count))
        }
    }

    var notes: [String] {
        kinds.enumerated().map { index, kind in
            (index == 0 ? "left out " : "") + Marker.count(kind.count, kind.one, kind.many)
        }
    }
}
