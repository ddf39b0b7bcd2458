import RouterCore
import Testing

@Suite("Target chooser")
struct TargetChooserTests {
    let start = Samples.start
    let book = ChoiceBook()

    private func state(_ chains: Chain...) -> RouterState {
        Samples.state(accounts: [], chains: chains)
    }

    private func order(
        _ name: String,
        in state: RouterState,
        permitted: [Int]? = nil,
        staying conversation: ConversationID? = nil,
        now: Duration = .zero,
        cost: @escaping TargetChooser.Cost = { _ in nil }
    ) throws -> [String] {
        let resolution = try ModelResolver.resolve(name, in: state)
        return TargetChooser(book: book, now: start + now, cost: cost)
            .order(resolution, permitted: permitted ?? Array(resolution.targets.indices), staying: conversation)
            .map(\.name)
    }

    /// The load of a target that is found anew each time, as requests do.
    private func load(_ name: String, in state: RouterState) throws -> SharedLoad {
        book.load(of: try #require(try ModelResolver.resolve(name, in: state).targets.first))
    }

    @Test("priority keeps the declared order, and what the key may not use is left out")
    func priority() throws {
        let state = state(Chain(name: "c", steps: ["acme/a", "beta/b", "gamma/c"]))
        #expect(try order("c", in: state) == ["acme/a", "beta/b", "gamma/c"])
        #expect(try order("c", in: state, permitted: [0, 2]) == ["acme/a", "gamma/c"])
    }

    @Test("round robin gives each step the same share, one after the other, and the rest follows in turn")
    func roundRobin() throws {
        let state = state(Chain(name: "c", strategy: .roundRobin, steps: ["acme/a", "beta/b", "gamma/c"]))
        let orders = try (0..<6).map { _ in try order("c", in: state) }
        #expect(orders.map(\.first) == ["acme/a", "beta/b", "gamma/c", "acme/a", "beta/b", "gamma/c"])
        #expect(orders[1] == ["beta/b", "gamma/c", "acme/a"])
    }

    @Test("10 000 weighted choices split as the weights say")
    func weighted() throws {
        let chain = Chain(
            name: "c",
            strategy: .weighted,
            steps: ["acme/a", "beta/b", "gamma/c"],
            weights: [70, 25, 5]
        )
        let state = state(chain)
        var counts: [String: Int] = [:]
        for _ in 0..<10_000 { counts[try order("c", in: state)[0], default: 0] += 1 }
        #expect(counts == ["acme/a": 7000, "beta/b": 2500, "gamma/c": 500])
    }

    @Test("cost goes by this request's price, what has none comes last")
    func cost() throws {
        let state = state(Chain(name: "c", strategy: .cost, steps: ["acme/a", "beta/b", "gamma/c"]))
        let prices = ["beta/b": 3.0, "gamma/c": 2.0]
        #expect(try order("c", in: state) { prices[$0.name] } == ["gamma/c", "beta/b", "acme/a"])
        #expect(try order("c", in: state) == ["acme/a", "beta/b", "gamma/c"])
    }

    @Test("least busy counts what is under way")
    func leastBusy() throws {
        let state = state(Chain(name: "c", strategy: .leastBusy, steps: ["acme/a", "beta/b"]))
        #expect(try order("c", in: state)[0] == "acme/a")
        try load("acme/a", in: state).began()
        #expect(try order("c", in: state)[0] == "beta/b")
        try load("beta/b", in: state).began()
        try load("acme/a", in: state).ended(firstTokenMS: nil, now: start)
        #expect(try order("c", in: state)[0] == "acme/a")
    }

    @Test("latency goes by the peak, tries what it does not know one at a time, and forgives with time")
    func latency() throws {
        let state = state(Chain(name: "c", strategy: .latency, steps: ["acme/a", "beta/b"]))
        try load("acme/a", in: state).began()
        // One is under way to a target that nobody has measured: the next goes to the other.
        #expect(try order("c", in: state)[0] == "beta/b")
        try load("beta/b", in: state).began()
        try load("acme/a", in: state).ended(firstTokenMS: 100, now: start)
        try load("beta/b", in: state).ended(firstTokenMS: 300, now: start)
        #expect(try order("c", in: state)[0] == "acme/a")
        // A slow answer counts at once, a quick one after it does not wipe it out.
        for milliseconds in [900, 50] {
            try load("acme/a", in: state).began()
            try load("acme/a", in: state).ended(firstTokenMS: milliseconds, now: start + .seconds(1))
        }
        #expect(try order("c", in: state, now: .seconds(1))[0] == "beta/b")
        // Three under way to the quicker one are worth more than one to the slower.
        for _ in 0..<3 { try load("beta/b", in: state).began() }
        #expect(try order("c", in: state, now: .seconds(1))[0] == "acme/a")
        for _ in 0..<3 { try load("beta/b", in: state).ended(firstTokenMS: 300, now: start + .seconds(600)) }
        #expect(try order("c", in: state, now: .seconds(600))[0] == "acme/a")
    }

    @Test("what is slow is the nearest rank of the latest 64 times, whatever came before")
    func slow() {
        var load = TargetLoad()
        var times: [Int] = []
        var state: UInt64 = 7
        for count in 1...400 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let time = Int(state >> 33) % (count % 3 == 0 ? 10 : 2_000)
            times.append(time)
            load.measured(time, now: start)
            let latest = times.suffix(TargetLoad.window).sorted()
            // Nearest rank: the smallest time that 95 of 100 do not exceed.
            let expected =
                latest.count < TargetLoad.least ? nil : latest[Int((Double(latest.count) * 0.95).rounded(.up)) - 1]
            #expect(load.slow == expected.map { .milliseconds($0) })
        }
    }

    @Test("a chain inside a chain orders its own steps and counts as one step outside")
    func nested() throws {
        let state = state(
            Chain(name: "outer", steps: ["inner", "gamma/c"]),
            Chain(name: "inner", strategy: .roundRobin, steps: ["acme/a", "beta/b"])
        )
        #expect(try order("outer", in: state) == ["acme/a", "beta/b", "gamma/c"])
        #expect(try order("outer", in: state) == ["beta/b", "acme/a", "gamma/c"])
    }

    @Test("a later turn stays with the target that answered, in that chain and while it is permitted")
    func sticky() throws {
        let state = state(
            Chain(name: "c", strategy: .roundRobin, steps: ["acme/a", "beta/b", "gamma/c"]),
            Chain(name: "d", strategy: .roundRobin, steps: ["acme/a", "beta/b"])
        )
        let conversation = ConversationID(high: 1, low: 2)
        book.keep(conversation, in: "c", at: "gamma/c")
        for _ in 0..<4 { #expect(try order("c", in: state, staying: conversation)[0] == "gamma/c") }
        #expect(Set(try order("c", in: state, staying: conversation)) == ["acme/a", "beta/b", "gamma/c"])
        #expect(try order("c", in: state, permitted: [0, 1], staying: conversation).contains("gamma/c") == false)
        #expect(try order("d", in: state, staying: conversation)[0] == "acme/a")
    }

    @Test("a step that names the same target twice counts once")
    func twice() throws {
        let chain = Chain(
            name: "c",
            strategy: .weighted,
            steps: ["acme/a", "beta/b", "acme/a"],
            weights: [1, 1, 50]
        )
        let state = state(chain)
        let firsts = try (0..<10).map { _ in try order("c", in: state)[0] }
        #expect(firsts.count { $0 == "acme/a" } == 5)
    }
}
