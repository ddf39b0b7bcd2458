package import Contracts

/// What a saver's tokens were worth at the rates of the model that answered.
package struct PricedSaving: Hashable, Sendable {
    package var saving: Saving
    /// In nano-USD; negative for what was added.
    package var nanoUSD: Int
}

/// One answer of a conversation with instructions, or of one that was left without them to compare.
package struct TrialAnswer: Hashable, Sendable {
    /// The instructions: `caveman full+ponytail lite`.
    package var name: String
    package var isHeldOut: Bool
    package var outputTokens: Int
    package var outputNanoUSD: Int
    /// What sending the instructions cost.
    package var overheadTokens: Int
    package var overheadNanoUSD: Int
}

extension Saving {
    /// The price class of instructions that a conversation would have got and did not, to compare.
    package static let heldOut = "held_out"
    /// The price class of tokens that the provider's cache no longer had.
    package static let cacheLost = "cache_lost"

    /// What was kept from being sent; negative for what was added.
    package var savedTokens: Int {
        priceClass == Self.heldOut || priceClass == Self.cacheLost
            ? 0 : max(0, tokensBefore).addingClamped(-max(0, tokensAfter))
    }

    /// Whether it is an instruction, which takes nothing away.
    var isInstruction: Bool {
        priceClass == Self.heldOut || tokensBefore == 0 && tokensAfter > 0 && priceClass != Self.cacheLost
    }
}

extension Rates {
    /// What a saving was worth.
    ///
    /// The class says what the router expects; what the provider reports decides: tokens that should have come from its
    /// cache in a request where it read nothing from there were written, or paid in full. In nano-USD, negative for a loss.
    package func worth(of saving: Saving, _ usage: TokenUsage) -> Int {
        let tokens = saving.priceClass == Saving.cacheLost ? -max(0, saving.tokensAfter) : saving.savedTokens
        let bounded = tokens.clamped(to: -Self.maximumTokens...Self.maximumTokens)
        let rate =
            switch saving.priceClass {
            case "cache_read": usage.cacheRead > 0 ? cacheRead : written(usage)
            case "cache_write": written(usage)
            case "output": output
            case Saving.heldOut: 0
            case Saving.cacheLost: max(0, written(usage) - cacheRead)
            default: input
            }
        // A trillion tokens at a million dollars a million is beyond 64 bits.
        let product = Int128(bounded) * Int128(rate)
        let nano = (product + (product < 0 ? -500_000 : 500_000)) / 1_000_000
        return Int(min(max(nano, -Int128(Self.maximumCost)), Int128(Self.maximumCost)))
    }

    /// What a new token cost: the provider's write to its cache, where it reports one.
    private func written(_ usage: TokenUsage) -> Int {
        if usage.cacheWrite5m > 0 { return cacheWrite5m }
        return usage.cacheWrite1h > 0 ? cacheWrite1h : input
    }
}

extension UsageRecord {
    /// The most savings that a record is believed to have.
    private static let maximumSavings = 200

    /// What savers kept from being sent, net of what they added.
    package var savedTokens: Int { savings.reduce(0) { $0.addingClamped($1.savedTokens) } }

    /// The savings at the answering model's rates.
    ///
    /// - Returns: None where nothing was charged: then nothing was saved either.
    func pricedSavings(_ rates: Rates?) -> [PricedSaving] {
        guard let usage = attempts.last?.usage.bounded, !usage.isZero else { return [] }
        return savings.prefix(Self.maximumSavings).map { saving in
            PricedSaving(saving: saving, nanoUSD: rates?.worth(of: saving, usage) ?? 0)
        }
    }

    /// What this request says about the instructions it carried or did without; `nil` where it says nothing.
    func trialAnswer(_ savings: [PricedSaving], _ rates: Rates?) -> TrialAnswer? {
        guard outcome == .ok, conversation != nil, let usage = attempts.last?.usage.bounded, usage.output > 0 else {
            return nil
        }
        let instructions = savings.filter(\.saving.isInstruction)
        guard !instructions.isEmpty else { return nil }
        let names = instructions.map { "\($0.saving.saver) \($0.saving.rule)" }.sorted()
        let answer = TokenUsage(output: usage.output, reasoning: usage.reasoning)
        return TrialAnswer(
            name: names.joined(separator: "+"),
            isHeldOut: instructions.contains { $0.saving.priceClass == Saving.heldOut },
            outputTokens: usage.output,
            outputNanoUSD: rates?.cost(of: answer) ?? 0,
            overheadTokens: instructions.reduce(0) { $0.addingClamped(-$1.saving.savedTokens) },
            overheadNanoUSD: instructions.reduce(0) { $0.addingClamped(-$1.nanoUSD) }
        )
    }
}
