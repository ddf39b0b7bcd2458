/// Makes input that is wrong on purpose; the same for the same seed.
package enum Malformed {
    static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// Bytes of which the first is never one that begins anything.
    static func noise(_ generator: inout SeededGenerator, upTo limit: Int = 60) -> [UInt8] {
        [0x01] + generator.bytes(generator.number(1...limit))
    }

    /// A copy with some bytes changed, cut out or doubled.
    static func mutated(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<generator.number(1...6) where bytes.count > 2 {
            let place = generator.number(0...(bytes.count - 1))
            switch generator.number(0...3) {
            case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(bytes[place], at: place)
            default: bytes.removeSubrange(place..<min(bytes.count, place + generator.number(1...8)))
            }
        }
        return bytes
    }
}
