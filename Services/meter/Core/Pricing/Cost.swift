package import Contracts

extension Rates {
    /// One record never costs more than a million dollars; a larger number is a mistake upstream.
    package static let maximumCost = 1_000_000_000_000_000
    /// The most tokens of one class that a record may claim.
    package static let maximumTokens = 1_000_000_000_000

    /// The cost of a usage in whole nano-USD.
    ///
    /// The classes are disjoint (`input` excludes the cache classes), except that `reasoning` is a part of `output` and
    /// audio a part of input and output. The products are summed exactly and rounded once, half up; the result is never
    /// negative, and stays at ``maximumCost`` beyond it.
    package func cost(of usage: TokenUsage) -> Int {
        let output = Self.tokens(usage.output)
        let reasoning = min(Self.tokens(usage.reasoning), output)
        var sum = Self.product(Self.tokens(usage.input), input)
        sum += Self.product(Self.tokens(usage.cacheRead), cacheRead)
        sum += Self.product(Self.tokens(usage.cacheWrite5m), cacheWrite5m)
        sum += Self.product(Self.tokens(usage.cacheWrite1h), cacheWrite1h)
        sum += Self.product(output - reasoning, self.output)
        sum += Self.product(reasoning, self.reasoning)
        return Self.rounded(sum)
    }

    /// The cost of a prompt at its dearest and of an answer of the given size at its dearest.
    package func reserve(inputTokens: Int, outputTokens: Int) -> Int {
        Self.rounded(
            Self.product(Self.tokens(inputTokens), dearestInput)
                + Self.product(Self.tokens(outputTokens), dearestOutput)
        )
    }

    private static func product(_ tokens: Int, _ rate: Int) -> UInt128 {
        UInt128(tokens) * UInt128(rate)
    }

    private static func rounded(_ sum: UInt128) -> Int {
        let cost = (sum + 500_000) / 1_000_000
        return Int(min(cost, UInt128(maximumCost)))
    }

    private static func tokens(_ count: Int) -> Int {
        count.clamped(to: 0...maximumTokens)
    }
}

extension TokenUsage {
    /// Prompt tokens of every class.
    package var promptTokens: Int {
        max(0, input).addingClamped(max(0, cacheRead)).addingClamped(max(0, cacheWrite5m))
            .addingClamped(max(0, cacheWrite1h))
    }

    /// What a token budget counts: prompt and answer, every class.
    package var budgetTokens: Int { promptTokens.addingClamped(max(0, output)) }

    /// What the tokens-per-minute limit counts: everything that did not come from a cache.
    package var rateTokens: Int {
        max(0, input).addingClamped(max(0, cacheWrite5m)).addingClamped(max(0, cacheWrite1h))
            .addingClamped(max(0, output))
    }

    /// Whether nothing was used at all, so that nothing can have a price.
    package var isZero: Bool { budgetTokens == 0 && units <= 0 && audioIn <= 0 && audioOut <= 0 }

    /// The same with no class below nothing or beyond what a record may claim: a provider's mistake must not overflow sums.
    package var bounded: Self {
        let bounds = 0...Rates.maximumTokens
        return Self(
            input: input.clamped(to: bounds),
            cacheRead: cacheRead.clamped(to: bounds),
            cacheWrite5m: cacheWrite5m.clamped(to: bounds),
            cacheWrite1h: cacheWrite1h.clamped(to: bounds),
            output: output.clamped(to: bounds),
            reasoning: reasoning.clamped(to: bounds),
            audioIn: audioIn.clamped(to: bounds),
            audioOut: audioOut.clamped(to: bounds),
            units: units.clamped(to: bounds)
        )
    }

    /// The same prompt as if no cache had been there and as many tokens more had been sent.
    package func uncached(adding saved: Int) -> Self {
        var usage = self
        usage.input = promptTokens.addingClamped(max(0, saved))
        (usage.cacheRead, usage.cacheWrite5m, usage.cacheWrite1h) = (0, 0, 0)
        return usage.bounded
    }

    /// Adds another usage, class by class; what is negative counts as nothing.
    package mutating func add(_ other: TokenUsage) {
        input.addClamped(max(0, other.input))
        cacheRead.addClamped(max(0, other.cacheRead))
        cacheWrite5m.addClamped(max(0, other.cacheWrite5m))
        cacheWrite1h.addClamped(max(0, other.cacheWrite1h))
        output.addClamped(max(0, other.output))
        reasoning.addClamped(max(0, other.reasoning))
        audioIn.addClamped(max(0, other.audioIn))
        audioOut.addClamped(max(0, other.audioOut))
        units.addClamped(max(0, other.units))
    }
}
