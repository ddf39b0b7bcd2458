/// How the targets of a name hang together: what the strategies of its chains choose between.
package indirect enum RouteTree: Hashable, Sendable {
    /// A target by its place in ``Resolution/targets``.
    case target(Int)
    case choice(RouteChoice)

    /// Whether its targets are always tried as they are listed.
    package var isFixed: Bool {
        switch self {
        case .target: true
        case .choice(let choice):
            (choice.strategy == .priority || choice.branches.count == 1) && choice.branches.allSatisfy(\.tree.isFixed)
        }
    }

    /// Whether the outermost chain hedges; those inside it are its steps.
    package var hedges: Bool {
        guard case .choice(let choice) = self else { return false }
        return choice.hedges
    }

    /// Whether prices decide anything in it.
    package var goesByCost: Bool {
        guard case .choice(let choice) = self else { return false }
        return choice.strategy == .cost || choice.branches.contains(where: \.tree.goesByCost)
    }
}

/// A chain's steps, and by what they are put in order.
package struct RouteChoice: Hashable, Sendable {
    /// A step.
    package struct Branch: Hashable, Sendable {
        /// As the chain names it.
        package let name: String
        /// Its share where the strategy is ``Chain/Strategy/weighted``; at least 1.
        package let weight: Int
        package let tree: RouteTree

        package init(name: String, weight: Int = 1, tree: RouteTree) {
            self.name = name
            self.weight = weight
            self.tree = tree
        }
    }

    package let chain: String
    package let strategy: Chain.Strategy
    package let branches: [Branch]
    /// Whether a second target is asked when the first one is slow.
    package let hedges: Bool

    package init(chain: String, strategy: Chain.Strategy, branches: [Branch], hedges: Bool = false) {
        self.chain = chain
        self.strategy = strategy
        self.branches = branches
        self.hedges = hedges
    }
}
