/// Takes turns by weight without a random number.
///
/// Each turn every branch earns its weight; the richest has the turn and pays the sum of all. Shares are exact over any
/// whole number of rounds, and a heavy branch's turns lie apart instead of in a row.
/// Source: nginx's smooth weighted balancing, https://github.com/phusion/nginx/commit/27e94984486058d73157038f7950a0a36ecc6e35
package struct SmoothRotation: Sendable {
    private var credits: [String: Int] = [:]

    package init() {}

    /// The next turn.
    ///
    /// - Parameter branches: Who takes part, each name once; weights of at least 1.
    /// - Returns: Their places: who has the turn first, then those who would have it sooner, as declared among equals.
    package mutating func next(_ branches: [(name: String, weight: Int)]) -> [Int] {
        guard branches.count > 1 else { return Array(branches.indices) }
        if credits.count > 2 * branches.count + 8 {
            let names = Set(branches.map(\.name))
            credits = credits.filter { names.contains($0.key) }
        }
        var total = 0
        var earned = branches.map { branch in
            let weight = max(1, branch.weight)
            total += weight
            return credits[branch.name, default: 0] + weight
        }
        let order = branches.indices.sorted { (-earned[$0], $0) < (-earned[$1], $1) }
        earned[order[0]] -= total
        for (place, branch) in branches.enumerated() { credits[branch.name] = earned[place] }
        return order
    }
}
