/// Puts the targets of one request in the order in which they are tried.
package struct TargetChooser {
    /// What a request would cost at a target, in micro-dollars; `nil` where no price is known.
    package typealias Cost = (RoutedTarget) -> Double?

    private let book: ChoiceBook
    private let now: ContinuousClock.Instant
    private let cost: Cost

    /// - Parameters:
    ///   - book: What is remembered between requests.
    ///   - now: The instant by which measurements age.
    ///   - cost: The price of this request by target, for ``Chain/Strategy/cost``.
    package init(book: ChoiceBook, now: ContinuousClock.Instant, cost: @escaping Cost) {
        self.book = book
        self.now = now
        self.cost = cost
    }

    /// The order of the permitted targets.
    ///
    /// Strategies of chains inside chains put their own steps in order first; a step is judged by the target that it would
    /// try first. Steps that are equal keep the order of the chain.
    ///
    /// - Parameters:
    ///   - resolution: What the model's name stands for.
    ///   - permitted: The places of the targets that the key may use.
    ///   - conversation: The conversation when this is a later turn of it: it stays with the target that answered
    ///     before. `nil` for a first turn, which is anybody's.
    /// - Returns: The permitted targets, each once.
    package func order(
        _ resolution: Resolution,
        permitted: [Int],
        staying conversation: ConversationID?
    ) -> [RoutedTarget] {
        let targets = resolution.targets
        let allowed = permitted.filter(targets.indices.contains)
        guard let tree = resolution.tree, !tree.isFixed, allowed.count > 1 else { return allowed.map { targets[$0] } }
        var isAllowed = Array(repeating: false, count: targets.count)
        for place in allowed { isAllowed[place] = true }
        var order = places(of: tree, targets) { isAllowed[$0] }.map { targets[$0] }
        if let conversation, let chain = resolution.chain, let pin = book.pin(of: conversation, in: chain),
            let place = order.firstIndex(where: { $0.name == pin }), place > 0
        {
            order.insert(order.remove(at: place), at: 0)
        }
        return order
    }

    private func places(of tree: RouteTree, _ targets: [RoutedTarget], _ isAllowed: (Int) -> Bool) -> [Int] {
        switch tree {
        case .target(let place): return isAllowed(place) ? [place] : []
        case .choice(let choice):
            let steps = choice.branches
                .map { (branch: $0, places: places(of: $0.tree, targets, isAllowed)) }
                .filter { !$0.places.isEmpty }
            let firsts = steps.map { targets[$0.places[0]] }
            let order: [Int] =
                switch choice.strategy {
                case .priority: Array(steps.indices)
                case .roundRobin: book.turn(in: choice.chain, among: steps.map { ($0.branch.name, 1) })
                case .weighted: book.turn(in: choice.chain, among: steps.map { ($0.branch.name, $0.branch.weight) })
                case .cost: sorted(firsts.map { cost($0) ?? .greatestFiniteMagnitude })
                case .latency: sorted(book.loads(of: firsts.map(\.name)).map { $0.cost(now: now) })
                case .leastBusy: sorted(book.loads(of: firsts.map(\.name)).map { Double($0.inFlight) })
                }
            return order.flatMap { steps[$0].places }
        }
    }

    /// Places by rising value, as they stand among equals.
    private func sorted(_ values: [Double]) -> [Int] {
        values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    }
}
