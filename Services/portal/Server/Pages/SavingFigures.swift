import Contracts
import PortalCore

/// What a page tells of savers: by saver and rule, what instructions are worth, and what providers' caches lost.
struct SavingFigures {
    /// Rows of a list.
    private static let most = 20
    /// The name under which lost caches are kept.
    private static let cache = "prompt-cache"

    /// A list with its heads.
    struct List {
        let heads: [Sorting.Head]
        let rows: [[PolicyModel.Cell]]
        let hasRows: Bool

        init(_ heads: [(String, Bool)], _ rows: [[PolicyModel.Cell]]) {
            (self.heads, self.rows, hasRows) = (PolicyModel.heads(heads), rows, !rows.isEmpty)
        }
    }

    let rules: List
    let trials: List
    let losses: List

    init(_ parts: PortalParts, days: Int, nowUS: Int) async {
        let meter = AdminMethods.meterV1
        let since = ["since_us": "\(nowUS - days * Moments.day)"]
        let byKey = since.merging(["saver": Self.cache, "by": "key"]) { $1 }
        async let savings = attempt { () throws(ServiceError) in
            try await parts.peers.all(meter.savings, filter: since, limit: 500)
        }
        async let lost = attempt { () throws(ServiceError) in
            try await parts.peers.all(meter.savings, filter: byKey, limit: 500)
        }
        async let trials = attempt { () throws(ServiceError) in try await parts.peers.all(meter.trials, limit: 100) }
        async let keys = attempt { () throws(ServiceError) in try await parts.peers.all(meter.keys, limit: 500) }
        rules = Self.rules((try? await savings.get()) ?? [])
        self.trials = Self.trials((try? await trials.get()) ?? [])
        losses = Self.losses((try? await lost.get()) ?? [], names: KeyNames.of((try? await keys.get()) ?? []))
    }

    /// Savers' rules, by what they saved; classes of price are added up.
    static func rules(_ items: [SavingItem]) -> List {
        let groups = Dictionary(grouping: items.filter { $0.saver != cache && $0.priceClass != "held_out" }) {
            [$0.saver, $0.rule]
        }
        let sums = groups.map { name, items in
            (
                name: name, requests: items.reduce(0) { $0 + $1.requests },
                tokens: items.reduce(0) { $0 + $1.tokensBefore - $1.tokensAfter },
                nanos: items.reduce(0) { $0 + $1.savedNanoUSD }
            )
        }
        let ranked = sums.sorted { ($0.tokens, $1.name[1]) > ($1.tokens, $0.name[1]) }
        return List(
            [("Saver", false), ("What it shortened", false), ("Requests", true), ("Tokens", true), ("Dollars", true)],
            ranked.prefix(most).map { sum in
                [
                    PolicyModel.Cell(text: Words.saver(sum.name[0])),
                    PolicyModel.Cell(text: sum.name[1].isEmpty ? "–" : sum.name[1]),
                    PolicyModel.Cell(text: Counts.grouped(sum.requests), isFigure: true),
                    PolicyModel.Cell(text: Counts.grouped(sum.tokens), isFigure: true),
                    PolicyModel.Cell(text: Dollars.sum(sum.nanos), isFigure: true),
                ]
            }
        )
    }

    /// Instructions, each against conversations that went without them.
    static func trials(_ items: [TrialItem]) -> List {
        List(
            [
                ("Instructions", false), ("With, without", true), ("Shorter answers", true), ("Worth", true),
                ("Cost", true),
            ],
            items.prefix(most).map { item in
                [
                    PolicyModel.Cell(text: item.id.capitalizedFirst),
                    PolicyModel.Cell(
                        text: "\(Counts.grouped(item.treated)), \(Counts.grouped(item.heldOut))",
                        isFigure: true
                    ),
                    PolicyModel.Cell(text: share(item), isFigure: true),
                    PolicyModel.Cell(text: item.savedNanoUSD.map { Dollars.sum($0) } ?? "–", isFigure: true),
                    PolicyModel.Cell(text: Dollars.sum(item.overheadNanoUSD), isFigure: true),
                ]
            }
        )
    }

    private static func share(_ item: TrialItem) -> String {
        guard let share = item.savedShare, let low = item.savedLow, let high = item.savedHigh else {
            return "too few to tell"
        }
        func percent(_ value: Double) -> String { "\(Int((value * 100).rounded()))" }
        return "\(percent(share))% (\(percent(low)) to \(percent(high)))"
    }

    /// What a provider's cache no longer had, by key and cause.
    static func losses(_ items: [SavingItem], names: [String: String]) -> List {
        List(
            [("Key", false), ("Why", false), ("Times", true), ("Tokens paid again", true), ("Dollars", true)],
            items.sorted { ($0.tokensAfter, $0.id) > ($1.tokensAfter, $1.id) }.prefix(most).map { item in
                [
                    PolicyModel.Cell(text: names[item.keyID] ?? item.keyID),
                    PolicyModel.Cell(text: cause(item.rule)),
                    PolicyModel.Cell(text: Counts.grouped(item.requests), isFigure: true),
                    PolicyModel.Cell(text: Counts.grouped(item.tokensAfter), isFigure: true),
                    PolicyModel.Cell(text: Dollars.sum(-item.savedNanoUSD), isFigure: true),
                ]
            }
        )
    }

    private static func cause(_ name: String) -> String {
        switch name {
        case "tools": "The client's list of tools changes. Fix its order."
        case "date": "Instructions tell the time. Tell the day alone, or tell it last."
        case "client": "The client rewrites what it sent before."
        case "guard": "Policies changed while conversations ran."
        case "saver": "The memory of conversations was lost or too small."
        default: Words.reason(name).capitalizedFirst
        }
    }
}
