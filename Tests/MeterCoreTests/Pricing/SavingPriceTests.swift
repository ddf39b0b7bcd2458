import Contracts
import MeterCore
import Testing

@Suite("What savings are worth")
struct SavingPriceTests {
    private static let dollar = 1_000_000_000
    /// Anthropic's shape: input 3, write 3.75, read 0.30, output 15 USD a million.
    private static let rates = Price(
        input: 3 * dollar,
        output: 15 * dollar,
        cacheRead: 3 * dollar / 10,
        cacheWrite: 15 * dollar / 4,
        source: .declared
    ).rates(promptTokens: 0)

    private static func saving(_ priceClass: String, _ before: Int = 3000, _ after: Int = 1000) -> Saving {
        Saving(saver: "rtk", rule: "x", tokensBefore: before, tokensAfter: after, priceClass: priceClass)
    }

    @Test("each class has its price, and what the provider reports decides which")
    func classes() {
        let cached = TokenUsage(input: 5, cacheRead: 9000, cacheWrite5m: 700, output: 10)
        let fresh = TokenUsage(input: 5, cacheWrite5m: 9700, output: 10)
        let plain = TokenUsage(input: 9705, output: 10)
        let read = TokenUsage(input: 705, cacheRead: 9000, output: 10)
        for (priceClass, usage, dollars) in [
            ("input", cached, 3.0), ("cache_read", cached, 0.3), ("cache_read", fresh, 3.75),
            ("cache_read", plain, 3), ("cache_read", read, 0.3), ("cache_write", cached, 3.75),
            ("cache_write", plain, 3), ("cache_write", read, 3), ("output", cached, 15), ("held_out", cached, 0),
        ] {
            let worth = Self.rates.worth(of: Self.saving(priceClass), usage)
            #expect(worth == Int(dollars * 2_000_000), "\(priceClass)")
        }
    }

    @Test("what is added costs, and what a cache lost is the difference between writing and reading")
    func costs() {
        let cached = TokenUsage(input: 5, cacheRead: 9000, cacheWrite5m: 700, output: 10)
        #expect(Self.rates.worth(of: Self.saving("cache_read", 0, 1000), cached) == -300_000)
        let lost = Self.saving("cache_lost", 0, 1000)
        #expect(Self.rates.worth(of: lost, cached) == -3_450_000 && lost.savedTokens == 0)
        #expect(Self.rates.worth(of: lost, TokenUsage(input: 9)) == -2_700_000)
    }

    @Test("nonsense does not overflow")
    func extremes() {
        let most = Price(input: .max, output: .max, source: .declared).rates(promptTokens: 0)
        let usage = TokenUsage(input: 1, output: 1)
        #expect(most.worth(of: Self.saving("input", .max, 0), usage) == Rates.maximumCost)
        #expect(most.worth(of: Self.saving("input", 0, .max), usage) == -Rates.maximumCost)
        #expect(most.worth(of: Self.saving("input", .min, .min), usage) == 0)
        #expect(most.worth(of: Self.saving("input", .min, .max), usage) == -Rates.maximumCost)
    }
}
