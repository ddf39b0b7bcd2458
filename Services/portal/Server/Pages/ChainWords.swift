import Contracts
import PortalCore

/// Chains as people read them: how the next target is chosen, what stands where, and the picture of it.
enum ChainWords {
    /// A strategy, its name for people and what it does.
    static let strategies: [(name: String, title: String, text: String)] = [
        ("priority", "In order", "The first target answers; the next ones only when those before them cannot."),
        ("round_robin", "In turn", "Each target in turn; one that cannot answer is passed by."),
        ("weighted", "By weight", "Each target in turn, as often as its weight says."),
        ("cost", "Cheapest first", "The target that a request costs least at; those without a known price last."),
        ("latency", "Quickest first", "The target that begins to answer soonest, as measured here."),
        ("least_busy", "Least busy first", "The target with the fewest requests under way."),
    ]

    static func title(_ strategy: String) -> String {
        strategies.first { $0.name == strategy }?.title ?? Words.reason(strategy)
    }

    static func text(_ strategy: String) -> String { strategies.first { $0.name == strategy }?.text ?? "" }

    /// A target of a chain, with how its provider does.
    struct Stop {
        let name: String
        let colour: String
        let provider: String
        let kind: String
        let icon: String
        let service: String
        let why: String?
        /// Which part of the requests it gets.
        let share: String
        let latency: String
        /// Behind the first one of a row.
        let isNext: Bool
    }

    static func stops(_ chain: ChainItem, _ facts: ChainPages.Facts, nowUS: Int) -> [Stop] {
        let shares = shares(chain)
        return chain.steps.enumerated().map { index, step in
            stop(step, share: shares[index], isNext: index > 0, facts, nowUS: nowUS)
        }
    }

    private static func stop(
        _ step: String,
        share: String,
        isNext: Bool,
        _ facts: ChainPages.Facts,
        nowUS: Int
    ) -> Stop {
        let slash = step.firstIndex(of: "/")
        let id = slash.map { String(step[..<$0]) } ?? ""
        let isName = slash == nil
        let words = ProviderWords(
            accounts: facts.accounts[id] ?? [],
            health: facts.health[id] ?? [],
            nowUS: nowUS
        )
        // The demo needs no account, and what stands for something else has no service of its own.
        let isPlain = isName || id == "demo"
        let latency = facts.health[id]?.compactMap(\.latencyMS).min()
        return Stop(
            name: step,
            colour: RouteColour.name(of: id),
            provider: isName ? "another name" : facts.providers[id] ?? id,
            kind: isPlain ? "good" : words.kind,
            icon: isPlain ? "ok" : words.icon,
            service: isName ? "Stands for others" : isPlain ? "Good service" : words.service,
            why: isPlain ? nil : words.why.flatMap { $0.isEmpty ? nil : $0 },
            share: share,
            latency: latency.map { Moments.duration(ms: $0) } ?? "–",
            isNext: isNext
        )
    }

    /// What part of the requests each target gets, in words.
    private static func shares(_ chain: ChainItem) -> [String] {
        switch chain.strategy {
        case "priority": return chain.steps.indices.map { $0 == 0 ? "all" : "the rest" }
        case "round_robin": return chain.steps.map { _ in Counts.percent(1, of: chain.steps.count) }
        case "weighted":
            let weights = weights(chain)
            let whole = weights.reduce(0, +)
            return weights.map { Counts.percent($0, of: whole) }
        default: return chain.steps.map { _ in "by need" }
        }
    }

    /// One weight for each target.
    static func weights(_ chain: ChainItem) -> [Int] {
        chain.weights.count == chain.steps.count ? chain.weights : chain.steps.map { _ in 1 }
    }

    /// The lines from the router to each target, as wide as its share.
    static func picture(_ chain: ChainItem, _ stops: [Stop]) -> String {
        let isOrdered = chain.strategy == "priority"
        let weights = chain.strategy == "weighted" ? weights(chain) : chain.steps.map { _ in 1 }
        let lines = stops.enumerated().map { index, stop in
            RouteMap.Line(
                count: isOrdered && index > 0 ? 0 : weights[index],
                colour: stop.colour,
                isSpare: isOrdered && index > 0
            )
        }
        return RouteMap(from: [], to: lines).svg
    }
}
