import Observability
import Testing

@Suite("Wall clock")
struct WallClockTests {
    @Test(
        "times are written as ISO 8601 in UTC",
        arguments: [
            (Int64(0), "1970-01-01T00:00:00.000Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199_999_999, "2024-02-29T23:59:59.999Z"),
            (1_709_251_200_000_000, "2024-03-01T00:00:00.000Z"),
            (4_107_542_399_001_000, "2100-02-28T23:59:59.001Z"),
            (4_107_542_400_000_000, "2100-03-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (-62_167_219_200_000_000, "0000-01-01T00:00:00.000Z"),
        ]
    )
    func iso8601(microseconds: Int64, text: String) {
        #expect(WallClock.iso8601(microseconds) == text)
    }

    @Test("now lies after this was written and does not run backwards by itself")
    func now() {
        let first = WallClock.now()
        #expect(first > 1_700_000_000_000_000)
        #expect(WallClock.now() >= first)
    }
}
