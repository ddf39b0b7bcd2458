import Contracts
import MeterCore
import Testing

@Suite("Price book")
struct PriceBookTests {
    private var book = PriceBook()

    init() {
        book.set(Price(input: 25, output: 100, source: .catalogue), id: "openai/gpt-5")
        book.set(Price(input: 25, output: 100, source: .catalogue), id: "openrouter/openai/gpt-5")
        book.set(Price(input: 14, output: 28, source: .catalogue), id: "deepseek/deepseek-chat")
        book.set(Price(input: 27, output: 110, source: .catalogue), id: "openrouter/deepseek/deepseek-chat")
        book.set(Price(input: 6, output: 8, source: .catalogue), id: "groq/llama-3.3-70b")
    }

    private mutating func input(_ provider: String, _ model: String) -> Int? {
        book.price(for: Target(provider: provider, model: model))?.input
    }

    @Test(
        "a target finds its price under its own name, its provider's home and without effort suffix",
        arguments: [
            ("openai", "gpt-5", 25), ("OpenAI", "GPT-5", 25), ("codex", "gpt-5", 25), ("openai", "gpt-5-high", 25),
            ("openai", "gpt-5-xhigh-review", 25), ("openai", "gpt-5-review", 25), ("openai", "models/gpt-5-low", 25),
            ("openrouter", "openai/gpt-5", 25), ("openrouter", "deepseek/deepseek-chat", 27),
        ]
    )
    func found(provider: String, model: String, expected: Int) {
        var copy = self
        #expect(copy.input(provider, model) == expected)
    }

    @Test("another provider's model takes its maker's price while all sellers agree")
    func bare() {
        var copy = self
        #expect(copy.input("acme", "gpt-5") == 25)
        #expect(copy.input("acme", "openai/gpt-5-high") == 25)
        copy.book.set(Price(input: 26, output: 100, source: .catalogue), id: "other/gpt-5")
        #expect(copy.input("acme", "gpt-5") == nil)
    }

    @Test(
        "what nobody or only a reseller lists, or sellers disagree on, is unpriced",
        arguments: [
            ("acme", "unheard-of"), ("acme", "llama-3.3-70b"), ("acme", "deepseek-chat"), ("openai", "gpt-5-medium"),
            ("", ""),
        ]
    )
    func unpriced(provider: String, model: String) {
        var copy = self
        #expect(copy.input(provider, model) == nil)
    }

    @Test("declared covers edited covers catalogue, and removal uncovers again")
    func layers() {
        var copy = self
        copy.book.set(Price(input: 2, output: 2, source: .edited), id: "openai/gpt-5")
        #expect(copy.input("openai", "gpt-5") == 2)
        copy.book.set(Price(input: 3, output: 3, source: .declared), id: "openai/gpt-5")
        #expect(copy.input("openai", "gpt-5") == 3)
        copy.book.remove(id: "openai/gpt-5", source: .declared)
        #expect(copy.input("openai", "gpt-5") == 2)
        copy.book.remove(id: "openai/gpt-5", source: .edited)
        #expect(copy.input("openai", "gpt-5") == 25)
    }

    @Test("a flat price covers the rest of its provider")
    func flat() {
        var copy = self
        copy.book.set(Price(input: 1, output: 1, source: .declared), id: "acme/*")
        #expect(copy.input("acme", "anything") == 1)
        #expect(copy.input("acme", "gpt-5") == 1)
        #expect(copy.input("other", "anything") == nil)
    }

    @Test("a flood of invented names leaves the answers right")
    func flood() {
        var copy = self
        for number in 0..<10_000 { #expect(copy.input("acme", "invented-\(number)") == nil) }
        #expect(copy.input("openai", "gpt-5") == 25)
    }
}
