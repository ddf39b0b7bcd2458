/// A named list of things to try in order.
package struct Chain: Hashable, Sendable {
    /// In what order the steps are tried.
    package enum Strategy: String, Hashable, Sendable, CaseIterable {
        /// As declared. The others fall back to it until they are built.
        case priority
        case roundRobin = "round_robin"
        case weighted
        case cost
        case latency
        case leastBusy = "least_busy"
    }

    package var name: String
    package var strategy: Strategy
    /// Each `provider/model`, an alias or another chain.
    package var steps: [String]

    package init(name: String, strategy: Strategy = .priority, steps: [String]) {
        self.name = name
        self.strategy = strategy
        self.steps = steps
    }
}
