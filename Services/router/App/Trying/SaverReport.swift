package import Contracts
package import JSON

/// What savers saved and what instructions are worth, for people and for programs.
package struct SaverReport: Sendable {
    private let savings: [SavingItem]
    private let losses: [SavingItem]
    private let trials: [TrialItem]
    private let days: Int

    package init(savings: [SavingItem], trials: [TrialItem], days: Int) {
        self.savings = savings.filter { $0.priceClass != "cache_lost" && $0.priceClass != "held_out" }
        losses = savings.filter { $0.priceClass == "cache_lost" }
        self.trials = trials
        self.days = days
    }

    // MARK: For people

    package func text() -> String {
        guard !savings.isEmpty || !losses.isEmpty || !trials.isEmpty else {
            return "Nothing was saved in \(days) days: no saver touched a request."
        }
        var parts = [rules()]
        if !losses.isEmpty { parts.append(lost()) }
        if !trials.isEmpty { parts.append(instructions()) }
        return parts.joined(separator: "\n")
    }

    private func rules() -> String {
        var table = Table([
            .init("saver"), .init("rule"), .init("price"), .init("requests", .right), .init("tokens before", .right),
            .init("after", .right), .init("saved", .right), .init("dollars", .right),
        ])
        for item in savings {
            table.add([
                item.saver, item.rule, item.priceClass, String(item.requests), String(item.tokensBefore),
                String(item.tokensAfter), String(item.tokensBefore - item.tokensAfter),
                Money.text(nanoUSD: item.savedNanoUSD),
            ])
        }
        let tokens = savings.reduce(0) { $0 + $1.tokensBefore - $1.tokensAfter }
        let nano = savings.reduce(0) { $0 + $1.savedNanoUSD }
        return table.text
            + "\nNet of what instructions add: \(tokens) tokens, \(Money.text(nanoUSD: nano)) in \(days) days.\n"
    }

    private func lost() -> String {
        var table = Table([
            .init("prompt cache lost by"), .init("requests", .right), .init("tokens", .right),
            .init("dollars", .right),
        ])
        for item in losses {
            table.add([
                item.rule, String(item.requests), String(item.tokensAfter), Money.text(nanoUSD: -item.savedNanoUSD),
            ])
        }
        return table.text
    }

    private func instructions() -> String {
        var table = Table([
            .init("instructions"), .init("conversations", .right), .init("held out", .right),
            .init("output saved", .right), .init("95 % range", .right), .init("dollars", .right),
            .init("they cost", .right), .init("verdict"),
        ])
        for trial in trials {
            let range = trial.savedLow.flatMap { low in
                trial.savedHigh.map { "\(Self.percent(low)) to \(Self.percent($0))" }
            }
            table.add([
                trial.id, String(trial.treated), String(trial.heldOut), trial.savedShare.map(Self.percent) ?? "–",
                range ?? "–", trial.savedNanoUSD.map { Money.text(nanoUSD: $0) } ?? "–",
                Money.text(nanoUSD: trial.overheadNanoUSD), Self.verdict(trial),
            ])
        }
        return table.text
    }

    /// What the range says about switching instructions off.
    static func verdict(_ trial: TrialItem) -> String {
        guard let low = trial.savedNanoLow, let high = trial.savedNanoHigh else { return "too few conversations" }
        if high < trial.overheadNanoUSD { return "costs more than it saves: switch it off" }
        return low > trial.overheadNanoUSD ? "saves money" : "not told yet"
    }

    static func percent(_ share: Double) -> String {
        let tenths = Int((min(max(share, -1e6), 1e6) * 1000).rounded())
        let digits = tenths.magnitude
        return "\(tenths < 0 ? "-" : "")\(digits / 10).\(digits % 10) %"
    }

    // MARK: For programs

    package func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.integer("days", days)
            fields.array("savings") { items in for item in savings { items.value { item.write(to: &$0) } } }
            fields.array("cache_losses") { items in for item in losses { items.value { item.write(to: &$0) } } }
            fields.array("trials") { items in for item in trials { items.value { item.write(to: &$0) } } }
        }
    }
}
