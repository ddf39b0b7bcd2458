import RouterApp
import Testing

@Suite("Times")
struct TimeTextTests {
    private static let now = 1_800_000_000_000_000

    @Test(
        "a moment is told by its distance",
        arguments: [
            (0, "just now"), (-999_999, "just now"), (1_000_000, "in 1 s"), (-1_000_000, "1 s ago"),
            (-59_000_000, "59 s ago"), (-60_000_000, "1 min ago"), (-3_600_000_000, "1 h ago"),
            (-172_800_000_000, "2 d ago"), (2_592_000_000_000, "in 30 d"),
        ]
    )
    func distances(offset: Int, text: String) {
        #expect(TimeText.relative(Self.now + offset, now: Self.now) == text)
    }

    @Test("what never was is never", arguments: [nil, 0])
    func never(moment: Int?) {
        #expect(TimeText.relative(moment, now: Self.now) == "never")
    }

    @Test(
        "counts stay short",
        arguments: [
            (0, "0"), (9_999, "9999"), (10_000, "10.00k"), (123_456, "123.45k"), (1_000_000, "1.00M"),
            (1_234_567, "1.23M"), (5_000_000_000, "5.00G"),
        ]
    )
    func counts(number: Int, text: String) {
        #expect(TimeText.count(number) == text)
    }
}
