/// The allow-lists that apply to a key: its plan's and its own.
///
/// The meter decides by it, and the router lists by it, so that what is listed is what would be admitted. A target must
/// pass each list that is not empty. Within a list, a rule that matches the requested name (an alias, a chain) admits
/// every step of it; otherwise each target must match by `provider/model` or by its bare model.
public struct ModelAllowance: Hashable, Sendable {
    /// The longest name that is compared; a longer one matches no rule.
    public static let maximumNameLength = 512

    private let lists: [[ModelRule]]

    /// Everything is allowed.
    public static let everything = ModelAllowance([])

    /// Makes one from the lists; those that are empty allow everything.
    public init(_ lists: [[String]]) {
        self.lists = lists.filter { !$0.isEmpty }.map { $0.map(ModelRule.init) }
    }

    /// Whether no list is there, so that nothing needs comparing.
    public var isUnlimited: Bool { lists.isEmpty }

    /// The indexes of the targets that may be used, in order.
    public func permitted(requested: String, targets: [Target]) -> [Int] {
        guard !lists.isEmpty else { return Array(targets.indices) }
        let requested = Self.comparable(requested)
        let open = lists.filter { list in !Self.matches(requested, list) }
        guard !open.isEmpty else { return Array(targets.indices) }
        return targets.indices.filter { index in
            let full = Self.comparable(targets[index].provider + "/" + targets[index].model)
            let bare = Self.comparable(targets[index].model)
            return open.allSatisfy { list in Self.matches(full, list) || Self.matches(bare, list) }
        }
    }

    private static func matches(_ name: [UInt8], _ rules: [ModelRule]) -> Bool {
        !name.isEmpty && name.count <= maximumNameLength && rules.contains { $0.matches(lowercased: name) }
    }

    private static func comparable(_ name: String) -> [UInt8] {
        name.utf8.prefix(maximumNameLength + 1).map(ModelRule.lowercased)
    }
}
