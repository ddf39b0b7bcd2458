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
        guard let tree = resolution.tree, !resolution.isFixed, permitted.count > 1 else {
            return permitted.compactMap { targets.indices.contains($0) ? targets[$0] : nil }
        }
        var order = places(of: tree, targets, Self.gate(permitted, of: targets.count)).map { targets[$0] }
        if let conversation, let chain = resolution.chain, let pin = book.pin(of: conversation, in: chain),
            let place = order.firstIndex(where: { $0.name == pin }), place > 0
        {
            order.insert(order.remove(at: place), at: 0)
        }
        return order
    }

    /// Tells the permitted places; nearly always that is all of them.
    private static func gate(_ permitted: [Int], of count: Int) -> (Int) -> Bool {
        if permitted.elementsEqual(0..<count) { return { _ in true } }
        var isAllowed = Array(repeating: false, count: count)
        for place in permitted where place >= 0 && place < count { isAllowed[place] = true }
        return { isAllowed[$0] }
    }

    private func places(of tree: RouteTree, _ targets: [RoutedTarget], _ isAllowed: (Int) -> Bool) -> [Int] {
        switch tree {
        case .target(let place): isAllowed(place) ? [place] : []
        case .choice(let choice): places(of: choice, targets, isAllowed)
        }
    }

    private func places(of choice: RouteChoice, _ targets: [RoutedTarget], _ isAllowed: (Int) -> Bool) -> [Int] {
        var steps: [Step] = []
        steps.reserveCapacity(choice.branches.count)
        for index in choice.branches.indices {
            // Most steps are targets: no list for each of them.
            if case .target(let place) = choice.branches[index].tree {
                if isAllowed(place) { steps.append(Step(branch: index, first: place, rest: [])) }
            } else {
                let places = places(of: choice.branches[index].tree, targets, isAllowed)
                guard let first = places.first else { continue }
                steps.append(Step(branch: index, first: first, rest: places.dropFirst()))
            }
        }
        put(&steps, inOrderOf: choice, targets)
        var places: [Int] = []
        places.reserveCapacity(steps.count)
        for step in steps {
            places.append(step.first)
            if !step.rest.isEmpty { places += step.rest }
        }
        return places
    }

    /// A step of a chain with targets that are permitted, in the order in which it tries them.
    private struct Step {
        let branch: Int
        let first: Int
        let rest: ArraySlice<Int>
        /// What its strategy goes by.
        var value = 0.0
    }

    private func put(_ steps: inout [Step], inOrderOf choice: RouteChoice, _ targets: [RoutedTarget]) {
        func name(_ step: Step) -> String { choice.branches[step.branch].name }
        switch choice.strategy {
        case .priority: break
        case .roundRobin: steps = book.turn(in: choice.chain, among: steps.map { (name($0), 1) }).map { steps[$0] }
        case .weighted:
            let branches = steps.map { (name($0), choice.branches[$0.branch].weight) }
            steps = book.turn(in: choice.chain, among: branches).map { steps[$0] }
        case .cost: sort(&steps) { cost(targets[$0]) ?? .greatestFiniteMagnitude }
        case .latency: sort(&steps) { book.load(of: targets[$0]).cost(now: now) }
        case .leastBusy: sort(&steps) { Double(book.load(of: targets[$0]).inFlight) }
        }
    }

    /// By rising value of the first target, as they stand among equals.
    private func sort(_ steps: inout [Step], by value: (Int) -> Double) {
        for index in steps.indices { steps[index].value = value(steps[index].first) }
        // Of two, as most chains have them, this costs no comparing of pairs.
        if steps.count == 2 {
            if steps[1].value < steps[0].value { steps.swapAt(0, 1) }
        } else {
            steps.sort { ($0.value, $0.branch) < ($1.value, $1.branch) }
        }
    }
}
