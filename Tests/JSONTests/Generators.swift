import JSON

/// SplitMix64: the same documents on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: Int) {
        state = UInt64(truncatingIfNeeded: seed)
        // Neighbouring seeds would else give the same sequence, one step apart.
        state = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ limit: Int) -> Int {
        Int.random(in: 0..<limit, using: &self)
    }

    mutating func chance(_ one: Int) -> Bool {
        below(one) == 0
    }
}

/// A value beside the module under test.
///
/// Texts are UTF-8, because `String` calls different spellings equal.
indirect enum Tree: Equatable {
    struct Member: Equatable {
        var name: [UInt8]
        var value: Tree
    }

    case null
    case boolean(Bool)
    case integer(Int)
    case double(Double)
    case string([UInt8])
    case array([Tree])
    case object([Member])

    static func random(_ generator: inout SeededGenerator, depth: Int = 5) -> Tree {
        switch generator.below(depth > 0 ? 9 : 6) {
        case 0: return .null
        case 1: return .boolean(generator.chance(2))
        case 2: return .integer(Int(truncatingIfNeeded: generator.next()) >> generator.below(64))
        case 3: return .double(randomDouble(&generator))
        case 4, 5: return .string(randomText(&generator))
        case 6, 7:
            let count = generator.below(5)
            return .object(
                (0..<count).map {
                    Member(
                        name: randomText(&generator) + Array("\($0)".utf8),
                        value: random(&generator, depth: depth - 1)
                    )
                }
            )
        default:
            let count = generator.below(5)
            return .array((0..<count).map { _ in random(&generator, depth: depth - 1) })
        }
    }

    static func randomObject(_ generator: inout SeededGenerator) -> Tree {
        let count = generator.below(6)
        return .object((0..<count).map { Member(name: Array("k\($0)".utf8), value: random(&generator, depth: 2)) })
    }

    static func randomText(_ generator: inout SeededGenerator) -> [UInt8] {
        let pool: [String] = [
            "a", "key", "\"", "\\", "/", "\n", "\t", "\r", "\u{8}", "\u{C}", "\u{0}", "\u{1F}", "\u{7F}", "é", "中", "😀",
            "\u{FFFF}",
            "\u{10FFFF}", "\u{2028}", " ", "twenty bytes or more of it", "\\u0041", "\u{800}", "\u{E000}", "\u{D7FF}",
        ]
        let length = generator.chance(8) ? 40 : generator.below(6)
        return (0..<length).flatMap { _ in Array(pool[generator.below(pool.count)].utf8) }
    }

    private static func randomDouble(_ generator: inout SeededGenerator) -> Double {
        if generator.chance(2) { return Double(generator.below(2_000_000) - 1_000_000) / 64 }
        let value = Double(bitPattern: generator.next())
        // A whole double past 2⁵³ has a shorter text than its value, which an integer read exactly would show.
        return value.isFinite && Int(exactly: value) == nil ? value : 0.1
    }

    /// What a cursor shows, read through the public face.
    init(_ cursor: JSONCursor) {
        switch cursor.kind {
        case .null: self = .null
        case .boolean: self = .boolean(cursor.boolean ?? false)
        case .number:
            // What no double holds, such as 1e999, is compared by its text.
            let number = cursor.integer.map { Tree.integer($0) } ?? cursor.double.map { .double($0) }
            self = number ?? .string(Array(cursor.raw))
        case .string: self = .string(Array(cursor.utf8 ?? []))
        case .array: self = .array(cursor.elements.map { Tree($0) })
        case .object:
            self = .object(cursor.members.map { Member(name: Array($0.name.utf8 ?? []), value: Tree($0.value)) })
        }
    }

    /// The same tree with doubles that are whole as integers, as a reader cannot tell the two apart.
    var normal: Tree {
        switch self {
        case .double(let value): Int(exactly: value).map { .integer($0) } ?? self
        case .array(let elements): .array(elements.map(\.normal))
        case .object(let members): .object(members.map { Member(name: $0.name, value: $0.value.normal) })
        default: self
        }
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .boolean(let value): writer.boolean(value)
        case .integer(let value): writer.integer(value)
        case .double(let value): writer.double(value)
        case .string(let text): writer.string(String(decoding: text, as: UTF8.self))
        case .array(let elements):
            writer.array { items in
                for element in elements { items.value { element.write(to: &$0) } }
            }
        case .object(let members):
            writer.object { fields in
                for member in members {
                    fields.value(String(decoding: member.name, as: UTF8.self)) { member.value.write(to: &$0) }
                }
            }
        }
    }

    var written: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }

    /// The tree as someone else might spell it: white space anywhere, any escape that says the same.
    func spelled(_ generator: inout SeededGenerator) -> [UInt8] {
        let before = Self.space(&generator)
        let after = Self.space(&generator)
        return before + core(&generator) + after
    }

    private func core(_ generator: inout SeededGenerator) -> [UInt8] {
        switch self {
        case .null, .boolean, .integer, .double:
            return written
        case .string(let text):
            return Self.quoted(text, &generator)
        case .array(let elements):
            var parts: [[UInt8]] = []
            for element in elements { parts.append(element.spelled(&generator)) }
            return Self.enclose("[", parts, "]", &generator)
        case .object(let members):
            var parts: [[UInt8]] = []
            for member in members {
                let name = Self.space(&generator) + Self.quoted(member.name, &generator) + Self.space(&generator)
                parts.append(name + [UInt8(ascii: ":")] + member.value.spelled(&generator))
            }
            return Self.enclose("{", parts, "}", &generator)
        }
    }

    private static func enclose(
        _ open: String,
        _ parts: [[UInt8]],
        _ close: String,
        _ generator: inout SeededGenerator
    ) -> [UInt8] {
        let inside = parts.isEmpty ? space(&generator) : Array(parts.joined(separator: [UInt8(ascii: ",")]))
        return Array(open.utf8) + inside + Array(close.utf8)
    }

    private static func space(_ generator: inout SeededGenerator) -> [UInt8] {
        guard generator.chance(4) else { return [] }
        let count = generator.chance(6) ? 40 : generator.below(4)
        return (0..<count).map { _ in [0x20, 0x0A, 0x0D, 0x09][generator.below(4)] }
    }

    private static func quoted(_ text: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var result = "\""
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            let short = ["\"": "\\\"", "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "/": "\\/"][scalar]
            if let short, generator.chance(2) {
                result += short
            } else if scalar.value < 0x20 || scalar == "\"" || scalar == "\\" || generator.chance(4) {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: generator.chance(2))
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return Array(result.utf8) + [UInt8(ascii: "\"")]
    }
}
