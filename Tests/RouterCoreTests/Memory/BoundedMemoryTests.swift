import RouterCore
import Testing

@Suite("A bounded memory")
struct BoundedMemoryTests {
    /// A plain list that does the same slowly: the newest use last.
    private struct Model {
        var entries: [(key: MemoryKey, value: Int, cost: Int)] = []

        var bytes: Int { entries.reduce(0) { $0 + $1.cost } }

        mutating func value(of key: MemoryKey) -> Int? {
            guard let place = entries.firstIndex(where: { $0.key == key }) else { return nil }
            entries.append(entries.remove(at: place))
            return entries[entries.count - 1].value
        }

        mutating func insert(_ value: Int, for key: MemoryKey, limit: Int) {
            entries.removeAll { $0.key == key }
            entries.append((key, value, BoundedMemory<Int>.overhead + value))
            while bytes > limit { entries.removeFirst() }
        }
    }

    private static func key(_ number: Int) -> MemoryKey {
        // The lower halves meet on purpose: a table must tell such keys apart.
        MemoryKey(high: UInt64(number), low: UInt64(number % 3))
    }

    @Test("does what a plain list does", arguments: 0..<40)
    func property(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        let limit = Int.random(in: 0...30 * BoundedMemory<Int>.overhead, using: &random)
        var memory = BoundedMemory<Int>(limit: limit) { $0 }
        var model = Model()
        for _ in 0..<600 {
            let key = Self.key(Int.random(in: 0..<60, using: &random))
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let value = Int.random(in: 0..<2 * BoundedMemory<Int>.overhead, using: &random)
                memory.insert(value, for: key)
                model.insert(value, for: key, limit: limit)
            case 5:
                memory.remove(key)
                model.entries.removeAll { $0.key == key }
            default:
                #expect(memory.value(of: key) == model.value(of: key))
            }
            #expect(memory.bytes == model.bytes)
            #expect(memory.bytes <= limit)
            #expect(memory.count == model.entries.count)
        }
        for entry in model.entries { #expect(memory.value(of: entry.key) == entry.value) }
    }

    @Test("what is too large for it is not kept, and takes nothing else's place for longer")
    func tooLarge() {
        var memory = BoundedMemory<Int>(limit: 4 * BoundedMemory<Int>.overhead) { $0 }
        memory.insert(1_000_000, for: Self.key(1))
        #expect(memory.count == 0)
        #expect(memory.bytes == 0)
        memory.insert(1, for: Self.key(2))
        #expect(memory.value(of: Self.key(2)) == 1)
    }

    @Test("a value that grows in place is weighed again")
    func growth() {
        var memory = BoundedMemory<Int>(limit: 3 * BoundedMemory<Int>.overhead + 10) { $0 }
        memory.insert(0, for: Self.key(1))
        memory.insert(0, for: Self.key(2))
        memory.insert(0, for: Self.key(3))
        memory.update(Self.key(3), or: 0) { $0 = 11 }
        #expect(memory.value(of: Self.key(1)) == nil)
        #expect(memory.value(of: Self.key(3)) == 11)
        #expect(memory.evictions == 1)
    }
}

/// A generator whose numbers depend on its seed alone.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
