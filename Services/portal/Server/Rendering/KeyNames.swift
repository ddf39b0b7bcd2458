import Contracts

/// What keys are called on pages.
enum KeyNames {
    /// What the gateway asked for itself, which no key pays for.
    private static let gateway = "KeiRouter itself"

    /// The names by id, the gateway's own among them.
    static func of(_ keys: [KeyItem]) -> [String: String] {
        var names = [UsageRecord.systemKey: gateway]
        for key in keys { names[key.id] = key.name }
        return names
    }

    /// The choices of a filter by key, in the order of their names.
    static func choices(_ names: [String: String], chosen: String?) -> [Shell.Choice] {
        names.sorted { $0.value.lowercased() < $1.value.lowercased() }.map {
            Shell.Choice(value: $0.key, title: $0.value, isChosen: $0.key == chosen)
        }
    }
}
