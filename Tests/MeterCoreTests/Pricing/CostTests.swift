import Contracts
import MeterCore
import Testing

@Suite("Cost")
struct CostTests {
    private static let price = Price(
        input: 3_000_000_000,
        output: 15_000_000_000,
        cacheRead: 375_000_000,
        cacheWrite: 3_750_000_000,
        cacheWrite1h: 6_000_000_000,
        reasoning: 20_000_000_000,
        source: .declared
    )

    /// The same sum by whole and rest parts in plain integers: no 128-bit product, another order of operations.
    private static func expected(_ usage: TokenUsage, _ price: Price) -> Int {
        let classes = [
            (usage.input, price.input), (usage.cacheRead, price.cacheRead ?? price.input),
            (usage.cacheWrite5m, price.cacheWrite ?? price.input), (usage.cacheWrite1h, price.cacheWrite1h ?? 0),
            (usage.output - usage.reasoning, price.output), (usage.reasoning, price.reasoning ?? price.output),
        ]
        var whole = 0
        var rest = 0
        for (tokens, rate) in classes {
            whole += tokens * (rate / 1_000_000)
            rest += tokens * (rate % 1_000_000)
        }
        return whole + (rest + 500_000) / 1_000_000
    }

    @Test("the cost is the sum over disjoint token classes, rounded once", arguments: 0..<20 as Range<UInt64>)
    func formula(seed: UInt64) {
        var random = Seeded(seed)
        for _ in 0..<500 {
            let output = Int.random(in: 0...200_000, using: &random)
            let usage = TokenUsage(
                input: .random(in: 0...1_000_000, using: &random),
                cacheRead: .random(in: 0...1_000_000, using: &random),
                cacheWrite5m: .random(in: 0...100_000, using: &random),
                cacheWrite1h: .random(in: 0...100_000, using: &random),
                output: output,
                reasoning: .random(in: 0...output, using: &random)
            )
            let price = Price(
                input: .random(in: 0...20_000_000_000, using: &random),
                output: .random(in: 0...90_000_000_000, using: &random),
                cacheRead: .random(in: 0...3_000_000_000, using: &random),
                cacheWrite: .random(in: 0...30_000_000_000, using: &random),
                cacheWrite1h: .random(in: 0...30_000_000_000, using: &random),
                reasoning: .random(in: 0...90_000_000_000, using: &random),
                source: .declared
            )
            #expect(price.rates(promptTokens: usage.promptTokens).cost(of: usage) == Self.expected(usage, price))
        }
    }

    @Test("cached tokens are billed once: each class alone adds up to all together, up to rounding")
    func disjoint() {
        let rates = Self.price.rates(promptTokens: 0)
        let alone = [
            TokenUsage(input: 1_234_567), TokenUsage(cacheRead: 7_654_321), TokenUsage(cacheWrite5m: 111_111),
            TokenUsage(cacheWrite1h: 222_222), TokenUsage(output: 333_333, reasoning: 100_001),
        ]
        var all = TokenUsage()
        for usage in alone { all.add(usage) }
        #expect(abs(alone.map(rates.cost).reduce(0, +) - rates.cost(of: all)) <= alone.count)
    }

    @Test("no claim of tokens makes a cost negative or traps", arguments: [Int.min, -1, 0, 1, Int.max])
    func extremes(tokens: Int) {
        let usage = TokenUsage(
            input: tokens,
            cacheRead: tokens,
            cacheWrite5m: tokens,
            cacheWrite1h: tokens,
            output: tokens,
            reasoning: tokens
        )
        let dearest = Price(input: .max, output: .max, cacheRead: .max, cacheWrite: .max, source: .declared)
        let negative = Price(input: .min, output: -1, source: .declared)
        #expect((0...Rates.maximumCost).contains(dearest.rates(promptTokens: 0).cost(of: usage)))
        #expect(negative.rates(promptTokens: 0).cost(of: usage) == 0)
        #expect(Self.price.rates(promptTokens: 0).cost(of: usage) >= 0)
        #expect(usage.budgetTokens >= 0 && usage.rateTokens >= 0)
    }

    @Test("half a nano-dollar rounds up, less rounds down")
    func rounding() {
        let rates = Price(input: 1, output: 0, source: .declared).rates(promptTokens: 0)
        #expect(rates.cost(of: TokenUsage(input: 499_999)) == 0)
        #expect(rates.cost(of: TokenUsage(input: 500_000)) == 1)
        #expect(rates.cost(of: TokenUsage(input: 1_499_999)) == 1)
    }

    @Test("a class without a rate falls back to its neighbour")
    func fallbacks() {
        let plain = Price(input: 4_000_000, output: 8_000_000, source: .declared).rates(promptTokens: 0)
        #expect(plain.cost(of: TokenUsage(cacheRead: 1, cacheWrite5m: 1, cacheWrite1h: 1)) == 12)
        #expect(plain.cost(of: TokenUsage(output: 2, reasoning: 1)) == 16)
        let cached = Price(input: 4_000_000, output: 0, cacheWrite: 5_000_000, source: .declared)
        #expect(cached.rates(promptTokens: 0).cost(of: TokenUsage(cacheWrite1h: 1)) == 8)
    }

    @Test("long prompts pay the long rates from the first token past the threshold")
    func longContext() {
        let long = Price.LongContext(threshold: 1000, input: 20_000_000, output: 60_000_000, cacheRead: 2_000_000)
        let price = Price(
            input: 10_000_000,
            output: 30_000_000,
            cacheRead: 1_000_000,
            longContext: long,
            source: .catalogue
        )
        let short = TokenUsage(input: 500, cacheRead: 500, output: 1)
        let longer = TokenUsage(input: 500, cacheRead: 501, output: 1)
        #expect(price.rates(promptTokens: short.promptTokens).cost(of: short) == 5000 + 500 + 30)
        #expect(price.rates(promptTokens: longer.promptTokens).cost(of: longer) == 10_000 + 1002 + 60)
    }

    @Test("a reservation covers every usage of its size", arguments: 0..<10 as Range<UInt64>)
    func reserve(seed: UInt64) {
        var random = Seeded(seed)
        let rates = Self.price.rates(promptTokens: 0)
        for _ in 0..<200 {
            let input = Int.random(in: 0...10_000, using: &random)
            let read = Int.random(in: 0...input, using: &random)
            let output = Int.random(in: 0...4096, using: &random)
            let usage = TokenUsage(
                input: 0,
                cacheRead: read,
                cacheWrite1h: input - read,
                output: output,
                reasoning: .random(in: 0...output, using: &random)
            )
            #expect(rates.cost(of: usage) <= rates.reserve(inputTokens: input, outputTokens: output))
        }
    }
}
