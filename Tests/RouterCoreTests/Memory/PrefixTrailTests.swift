import Testing

@testable import RouterCore

@Suite("Where consecutive requests part")
struct PrefixTrailTests {
    private static let now = ContinuousClock.now

    private static func trail(_ texts: [String], changes: [UInt64] = [], after: Duration = .zero) -> PrefixTrail {
        var trail = PrefixTrail(now: now + after)
        for (index, text) in texts.enumerated() {
            let change = changes.indices.contains(index) ? changes[index] : 0
            add(Array(text.utf8), change: change, to: &trail)
        }
        return trail
    }

    private static func add(_ text: [UInt8], change: UInt64, to trail: inout PrefixTrail) {
        let blocks = stride(from: 0, to: max(1, text.count), by: PrefixTrail.pieceLength).map { start in
            let block = text[start..<min(start + PrefixTrail.pieceLength, text.count)]
            return UInt32(truncatingIfNeeded: block.withUnsafeBytes { QuickHash.of($0) })
        }
        trail.add(blocks[...], length: text.count, change: change)
    }

    private static let long = String(repeating: "0123456789abcdef", count: 256)

    @Test("a request that goes on where the last one ended has lost nothing")
    func goesOn() {
        let first = Self.trail(["sys", Self.long, "q"])
        #expect(Self.trail(["sys", Self.long, "q", "a", "q2"]).difference(from: first) == nil)
        #expect(first.difference(from: first) == nil && first.difference(from: Self.trail([])) == nil)
    }

    @Test(
        "the piece of a kilobyte is told in which the first byte differs, wherever it is in it",
        arguments: [0, 1, 1023, 1024, 2000, 4095]
    )
    func place(_ offset: Int) {
        var bytes = Array(Self.long.utf8)
        bytes[offset] ^= 1
        let changed = String(decoding: bytes, as: UTF8.self)
        let first = Self.trail(["sys", Self.long, "end"])
        let difference = Self.trail(["sys", changed, "end"]).difference(from: first)
        let piece = offset / 1024
        #expect(difference == .init(piece: 1 + piece, isOurs: false, lostBytes: 4096 - piece * 1024 + 3))
    }

    @Test("what is cut off, put in between or empty differs where it stands")
    func shapes() {
        let first = Self.trail(["sys", "a", "b"])
        #expect(Self.trail(["sys", "a"]).difference(from: first) == .init(piece: 2, isOurs: false, lostBytes: 1))
        #expect(Self.trail(["sys", "x", "a", "b"]).difference(from: first)?.piece == 1)
        #expect(Self.trail(["sys", "", "a", "b"]).difference(from: first)?.piece == 1)
        #expect(Self.trail(["sysa", "b"]).difference(from: first)?.piece == 0)
    }

    @Test("where the client wrote the same and we sent something else, it is ours")
    func ours() {
        let first = Self.trail(["sys", "result"], changes: [0, 7])
        #expect(Self.trail(["sys", "result"], changes: [0, 9]).difference(from: first)?.isOurs == true)
        #expect(Self.trail(["sys", "result"]).difference(from: first)?.isOurs == true)
        #expect(Self.trail(["sys", "resulT"], changes: [0, 7]).difference(from: first)?.isOurs == false)
    }

    @Test("the table compares with the last request alone, as long as a cache lives, and stays inside its budget")
    func table() {
        let table = PrefixTable(limit: 50_000)
        let key = MemoryKey(high: 1, low: 1)
        #expect(table.note(Self.trail(["a", "b"]), for: key) == nil)
        #expect(table.note(Self.trail(["a", "c"], after: .seconds(299)), for: key)?.piece == 1)
        #expect(table.note(Self.trail(["x"], after: .seconds(600)), for: key) == nil, "forgotten by then")
        for number in 0..<1000 {
            _ = table.note(Self.trail([Self.long, Self.long]), for: MemoryKey(high: 2, low: UInt64(number)))
        }
        #expect(table.bytes <= 50_000 && table.bytes > 20_000)
        #expect(table.note(Self.trail(["y"], after: .seconds(601)), for: key) == nil, "gone")
    }

    @Test("a huge request is followed as far as pieces go")
    func huge() {
        var trail = PrefixTrail(now: Self.now)
        let megabyte = [UInt8](repeating: 7, count: 1 << 20)
        for _ in 0..<24 { Self.add(megabyte, change: 0, to: &trail) }
        #expect(trail.count == PrefixTrail.maximumPieces)
    }
}
