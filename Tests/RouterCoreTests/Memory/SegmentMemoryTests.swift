import Contracts
import Dialects
import RouterCore
import Testing

@Suite("The memory of texts")
struct SegmentMemoryTests {
    private static func key(_ number: UInt64) -> MemoryKey {
        var random = SplitMix(seed: number)
        return MemoryKey(high: random.next(), low: random.next())
    }

    @Test("gives back what was decided, verdicts and forms apart")
    func apart() {
        let memory = SegmentMemory()
        let verdict = RememberedVerdict(
            action: .mask,
            edits: [ContentEdit(range: 1..<4, bytes: Array("<X>".utf8))],
            restores: [Restore(placeholder: "<X>", original: "abc")],
            fired: ["pii:EMAIL_ADDRESS=mask"],
            decisionID: "d1"
        )
        memory.remember(verdict, for: Self.key(1))
        memory.remember(.allowed, for: Self.key(2))
        memory.remember(
            RememberedSaving(bytes: [65], saver: "rtk", rule: "diff", tokensBefore: 9, tokensAfter: 2),
            for: Self.key(3)
        )
        #expect(memory.verdict(Self.key(1)) === verdict)
        #expect(memory.verdict(Self.key(2)) === RememberedVerdict.allowed)
        #expect(memory.saving(Self.key(3))?.bytes == [65])
        #expect(memory.saving(Self.key(1)) == nil)
        #expect(memory.verdict(Self.key(3)) == nil)
        #expect(memory.verdict(Self.key(4)) == nil)
    }

    @Test("never holds more than its limit, whatever comes", arguments: [0, 1 << 10, 64 << 10, 1 << 20])
    func bounded(limit: Int) {
        let memory = SegmentMemory(limit: limit)
        var random = SplitMix(seed: UInt64(limit))
        for number in 0..<5_000 as Range<UInt64> {
            let length = Int.random(in: 0..<2_000, using: &random)
            switch number % 3 {
            case 0: memory.remember(.allowed, for: Self.key(number))
            case 1: memory.remember(RememberedSaving(bytes: Array(repeating: 1, count: length)), for: Self.key(number))
            default:
                let edit = ContentEdit(range: 0..<1, bytes: Array(repeating: 2, count: length))
                memory.remember(RememberedVerdict(action: .mask, edits: [edit]), for: Self.key(number))
            }
        }
        let size = memory.size
        #expect(size.bytes <= limit)
        #expect(size.entries + size.evictions == 5_000)
        #expect(size.evictions > 0)
    }

    @Test("counts a remembered text with all that it holds")
    func weight() {
        let memory = SegmentMemory()
        memory.remember(.allowed, for: Self.key(1))
        let small = memory.size.bytes
        #expect(small > 0)
        #expect(small < 512)
        memory.remember(RememberedSaving(bytes: Array(repeating: 1, count: 10_000)), for: Self.key(2))
        #expect(memory.size.bytes > small + 10_000)
    }
}
