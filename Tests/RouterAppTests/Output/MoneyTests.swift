import RouterApp
import Testing

@Suite("Money")
struct MoneyTests {
    @Test(
        "amounts show two decimals, and small ones the digits that matter",
        arguments: [
            (0, "$0.00"), (1, "$0.000000001"), (123, "$0.000000123"), (123_000, "$0.000123"),
            (123_456, "$0.000123"), (123_556, "$0.000124"), (12_345_600, "$0.0123"), (500_000_000, "$0.50"),
            (123_456_789, "$0.123"), (999_999_999, "$1.00"), (1_000_000_000, "$1.00"), (12_345_678_900, "$12.35"),
            (1_234_000_000_000, "$1234.00"), (-1_500_000_000, "-$1.50"),
        ]
    )
    func amounts(nano: Int, text: String) {
        #expect(Money.text(nanoUSD: nano) == text)
    }

    @Test("no amount overflows", arguments: [Int.max, Int.min, Int.min + 1])
    func extremes(nano: Int) {
        #expect(Money.text(nanoUSD: nano).contains("$9223372036."))
    }

    @Test(
        "what has no known price is never shown as nothing",
        arguments: [
            (0, 0, "$0.00"), (0, 3, "unpriced"), (250_000_000, 3, "$0.25 + 3 unpriced"), (7, 0, "$0.000000007"),
        ]
    )
    func unpriced(nano: Int, unpriced: Int, text: String) {
        #expect(Money.spent(nanoUSD: nano, unpricedRequests: unpriced) == text)
    }

    @Test(
        "dollars are read exactly",
        arguments: [
            ("25", 25_000_000_000), ("0", 0), ("0.5", 500_000_000), ("$12.34", 12_340_000_000),
            ("0.000000001", 1), ("1000000000", 1_000_000_000_000_000_000),
        ]
    )
    func reading(text: String, nano: Int) {
        #expect(Money.nanoUSD(text) == nano)
    }

    @Test(
        "what is no amount is refused",
        arguments: ["", "$", ".5", "1.", "-1", "1,5", "1.0000000001", "1000000001", "1e3", "٣", "1.2.3", " 1"]
    )
    func refusing(text: String) {
        #expect(Money.nanoUSD(text) == nil)
    }

    @Test("a limit of zero is none")
    func limits() {
        #expect(Money.limit(nanoUSD: 0) == "none")
        #expect(Money.limit(nanoUSD: 25_000_000_000) == "$25.00")
    }

    @Test("what is shown reads back as the same amount to three digits", arguments: 0..<200)
    func roundTrip(seed: UInt64) throws {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1
        state ^= state >> 31
        let nano = Int(state % 1_000_000_000)
        let back = try #require(Money.nanoUSD(Money.text(nanoUSD: nano)))
        #expect(abs(back - nano) * 1000 <= max(nano, 1000) * 5)
    }
}
