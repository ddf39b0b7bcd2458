import Dialects
import JSON
import RouterCore
import Synchronization
import Testing

@Suite("What texts have been counted to")
struct CountMemoryTests {
    /// Counts a byte as a token, and keeps how many bytes it has looked at.
    private final class Counter: Sendable {
        private let seen = Mutex(0)
        var bytes: Int { seen.withLock { $0 } }

        func count(_ text: ArraySlice<UInt8>) -> Int {
            seen.withLock { $0 += text.count }
            return text.count
        }
    }

    /// Spreads texts well enough for a test, whose texts nobody chose to meet.
    private static func hash(_ text: ArraySlice<UInt8>) -> MemoryKey {
        var (high, low) = (UInt64(0xCBF2_9CE4_8422_2325), UInt64(text.count))
        for byte in text {
            high = (high ^ UInt64(byte)) &* 0x100_0000_01B3
            low = (low &+ UInt64(byte)) &* 0x9E37_79B9_7F4A_7C15
        }
        return MemoryKey(high: high ^ high >> 32, low: low)
    }

    private static func turn(_ number: Int, _ role: String) -> String {
        "\(role) in turn \(number) says so much: " + String(repeating: "word \(number) ", count: 80)
    }

    @Test("turn N of a conversation of 50 counts its new texts alone, and comes to the same count")
    func conversation() throws {
        let (memory, counter, plain) = (CountMemory(hash: Self.hash), Counter(), Counter())
        let system = "You are a careful assistant. " + String(repeating: "Be exact. ", count: 400)
        var messages: [String] = []
        for number in 1...50 {
            let added = number == 1 ? ["user"] : ["assistant", "user"]
            for role in added { messages.append(#"{"role":"\#(role)","content":"\#(Self.turn(number, role))"}"#) }
            let list = messages.joined(separator: ",")
            let body = #"{"model":"m","max_tokens":1,"system":"\#(system)","messages":[\#(list)]}"#
            let request = try CountRequest(JSONDocument(Array(body.utf8)), dialect: .anthropicMessages, path: nil)
            let before = (counter.bytes, plain.bytes)
            let count = try request.counted { memory.count($0, in: 0, by: counter.count) }
            let whole = try request.counted { plain.count($0) }
            #expect(count == whole, "turn \(number)")
            let new = added.reduce(number == 1 ? system.utf8.count : 0) { $0 + Self.turn(number, $1).utf8.count }
            #expect(counter.bytes - before.0 == new, "turn \(number)")
            #expect(plain.bytes - before.1 >= new)
        }
        // All texts once, where each turn counted all of them before.
        #expect(counter.bytes * 15 < plain.bytes, "\(counter.bytes) of \(plain.bytes) bytes")
    }

    @Test("a short text is counted each time, and equal texts of different length are not mixed up")
    func short() {
        let (memory, counter) = (CountMemory(hash: Self.hash), Counter())
        let short = Array(repeating: UInt8(ascii: "a"), count: CountMemory.shortest - 1)
        for _ in 0..<3 { #expect(memory.count(short[...], in: 0, by: counter.count) == short.count) }
        #expect(counter.bytes == 3 * short.count && memory.bytes == 0)
        for length in [CountMemory.shortest, CountMemory.shortest + 1, 4096] {
            let text = Array(repeating: UInt8(ascii: "a"), count: length)
            for _ in 0..<2 { #expect(memory.count(text[...], in: 0, by: counter.count) == length) }
        }
    }

    @Test("a text that is remembered for one vocabulary is counted for another")
    func vocabularies() {
        let memory = CountMemory(hash: Self.hash)
        let text = Array(Self.turn(1, "user").utf8)
        for vocabulary in [0, 1, 0, 1] as [UInt64] {
            let count = memory.count(text[...], in: vocabulary) { $0.count + Int(vocabulary) }
            #expect(count == text.count + Int(vocabulary))
        }
    }

    @Test("it stays within its bytes, whatever is counted")
    func bounded() {
        let limit = 64 << 10
        let (memory, counter) = (CountMemory(limit: limit, hash: Self.hash), Counter())
        for number in 0..<20_000 {
            let text = Array(Self.turn(number, "user").utf8.prefix(64))
            #expect(memory.count(text[...], in: 0, by: counter.count) == text.count)
        }
        #expect(memory.bytes <= limit && memory.bytes > limit / 4)
    }
}
