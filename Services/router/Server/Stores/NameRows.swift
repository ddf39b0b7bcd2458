import RouterCore
import Storage

/// Another name for a target.
struct AliasRow: BookRow {
    static let table = "alias"
    static let columns = ["name", "target"]

    var name: String
    var target: String
    var life: RowLife

    var key: String { name }
    var values: [any SQLConvertible] { [name, target] }

    init(name: String, target: String, life: RowLife) {
        self.name = name
        self.target = target
        self.life = life
    }

    init(_ row: SQLRow, life: RowLife) throws(StoreError) {
        name = try row.get(0)
        target = try row.get(1)
        self.life = life
    }
}

/// Targets under one name.
struct ChainRow: BookRow {
    static let table = "chain"
    static let columns = ["name", "strategy", "steps", "weights", "hedge"]

    var name: String
    var strategy: Chain.Strategy
    var steps: [String]
    /// As many as there are steps, or none.
    var weights: [Int]
    var hedges: Bool
    var life: RowLife

    var key: String { name }
    var values: [any SQLConvertible] {
        [name, strategy.rawValue, BookLines.join(steps), BookLines.join(weights.map(String.init)), hedges]
    }
    var chain: Chain { Chain(name: name, strategy: strategy, steps: steps, weights: weights, hedges: hedges) }

    init(
        name: String,
        strategy: Chain.Strategy,
        steps: [String],
        weights: [Int] = [],
        hedges: Bool = false,
        life: RowLife
    ) {
        self.name = name
        self.strategy = strategy
        self.steps = steps
        self.weights = weights
        self.hedges = hedges
        self.life = life
    }

    init(_ row: SQLRow, life: RowLife) throws(StoreError) {
        let strategy: String = try row.get(1)
        guard let strategy = Chain.Strategy(rawValue: strategy) else {
            throw StoreError(.other, "a chain has an unknown strategy")
        }
        self.init(
            name: try row.get(0),
            strategy: strategy,
            steps: BookLines.split(try row.get(2)),
            weights: BookLines.split(try row.get(3)).compactMap { Int($0) },
            hedges: try row.get(4),
            life: life
        )
    }
}
