import MeterCore
import Testing

@Suite("Rate windows")
struct RateWindowTests {
    private static let windowUS = 60_000_000

    @Test("no window of a minute ever holds more than the limit", arguments: 0..<20 as Range<UInt64>)
    func neverOver(seed: UInt64) {
        var random = Seeded(seed)
        var window = RateWindow(windowUS: Self.windowUS)
        let limit = 25
        var now = 0
        var admitted: [Int] = []
        for _ in 0..<3000 {
            now += Int.random(in: 0...4_000_000, using: &random)
            guard window.used(at: now) < limit else { continue }
            _ = window.add(1, at: now)
            admitted.append(now)
        }
        #expect(admitted.count > 500)
        for (index, first) in admitted.enumerated() {
            #expect(admitted[index...].prefix { $0 < first + Self.windowUS }.count <= limit)
        }
    }

    @Test("the count equals a list of entries that leave with their slice", arguments: 0..<20 as Range<UInt64>)
    func model(seed: UInt64) {
        var random = Seeded(seed)
        var window = RateWindow(windowUS: Self.windowUS)
        var entries: [(slice: Int, amount: Int)] = []
        var now = Int.random(in: 0...1_000_000_000, using: &random)
        for _ in 0..<2000 {
            now += Int.random(in: 0...(Bool.random(using: &random) ? 2_000_000 : 90_000_000), using: &random)
            entries.removeAll { $0.slice <= now / 1_000_000 - 61 }
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                let amount = Int.random(in: 0...1000, using: &random)
                entries.append((window.add(amount, at: now), amount))
            case 1:
                guard let index = entries.indices.randomElement(using: &random) else { continue }
                let change = Int.random(in: -entries[index].amount...500, using: &random)
                window.correct(by: change, slice: entries[index].slice, at: now)
                entries[index].amount += change
            default:
                break
            }
            #expect(window.used(at: now) == entries.reduce(0) { $0 + $1.amount })
        }
    }

    @Test("the delay is the first millisecond at which there is room", arguments: 0..<20 as Range<UInt64>)
    func delay(seed: UInt64) throws {
        var random = Seeded(seed)
        var window = RateWindow(windowUS: Self.windowUS)
        var now = 5_000_000
        for _ in 0..<40 {
            now += Int.random(in: 0...1_500_000, using: &random)
            _ = window.add(Int.random(in: 1...10, using: &random), at: now)
        }
        let used = window.used(at: now)
        let limit = Int.random(in: 10...used, using: &random)
        let amount = Int.random(in: 1...limit, using: &random)
        let found = window.delayMS(for: amount, limit: limit, at: now)
        let delay = try #require(found)
        guard used + amount > limit else {
            #expect(delay == 0)
            return
        }
        var before = window
        #expect(before.used(at: now + (delay - 1) * 1000) + amount > limit)
        #expect(window.used(at: now + delay * 1000) + amount <= limit)
    }

    @Test("after the reset nothing counts, and just before it something does")
    func reset() {
        var window = RateWindow(windowUS: Self.windowUS)
        #expect(window.resetMS(at: 7_000_000) == 0)
        _ = window.add(3, at: 7_300_000)
        _ = window.add(3, at: 9_900_000)
        let delay = window.resetMS(at: 10_000_000)
        var before = window
        #expect(before.used(at: 10_000_000 + (delay - 1) * 1000) == 3)
        #expect(window.used(at: 10_000_000 + delay * 1000) == 0)
    }

    @Test("what is larger than the limit never fits")
    func tooLarge() {
        var window = RateWindow(windowUS: Self.windowUS)
        #expect(window.delayMS(for: 11, limit: 10, at: 1_000_000) == nil)
        #expect(window.delayMS(for: 10, limit: 10, at: 1_000_000) == 0)
    }

    @Test("a correction of what no longer counts changes nothing, and none makes a count negative")
    func lateCorrection() {
        var window = RateWindow(windowUS: Self.windowUS)
        let slice = window.add(100, at: 0)
        window.correct(by: -500, slice: slice, at: 1_000_000)
        #expect(window.used(at: 1_000_000) == 0)
        _ = window.add(7, at: 200_000_000)
        window.correct(by: 50, slice: slice, at: 200_000_000)
        window.correct(by: 50, slice: 10_000, at: 200_000_000)
        #expect(window.used(at: 200_000_000) == 7)
    }
}
