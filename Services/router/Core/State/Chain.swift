/// A named list of things to try in order.
package struct Chain: Hashable, Sendable {
    /// In what order the steps are tried.
    package enum Strategy: String, Hashable, Sendable, CaseIterable {
        /// As declared.
        case priority
        /// Each step in turn.
        case roundRobin = "round_robin"
        /// Each step in turn, as often as its weight says.
        case weighted
        /// The one that this request costs least at; those without a price last.
        case cost
        /// The one that answers soonest, by a peak-sensitive average of the time to the first content.
        case latency
        /// The one with the fewest requests under way from this router.
        case leastBusy = "least_busy"
    }

    package var name: String
    package var strategy: Strategy
    /// Each `provider/model`, an alias or another chain.
    package var steps: [String]
    /// The share of each step where the strategy is ``Strategy/weighted``; one that is missing is 1.
    package var weights: [Int]
    /// Whether a second target is asked when the first one is slow.
    package var hedges: Bool

    package init(
        name: String,
        strategy: Strategy = .priority,
        steps: [String],
        weights: [Int] = [],
        hedges: Bool = false
    ) {
        self.name = name
        self.strategy = strategy
        self.steps = steps
        self.weights = weights
        self.hedges = hedges
    }

    /// The share of a step by its place.
    package func weight(ofStep place: Int) -> Int {
        weights.indices.contains(place) ? max(1, weights[place]) : 1
    }
}
