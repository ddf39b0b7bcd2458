import CVocabulary

/// The ranks of all tokens and the classes of all characters, read where they lie in the program.
///
/// Nothing is built at the start: a look-up goes to the bucket of the token's hash, which holds three tokens on average.
///
/// `@unchecked`: the pointers are to constants of the program, which nobody can write.
struct Vocabulary: @unchecked Sendable {
    /// No token.
    static let none = UInt32.max
    /// In a token's length of six bits: the length stands in a byte of its own.
    private static let lengthElsewhere = 63
    private static let rankBits: UInt32 = 18

    /// The longest token's bytes.
    let longest: Int

    private let shift: UInt64
    private let pages: UnsafeRawPointer
    private let classes: UnsafeRawPointer
    private let buckets: UnsafeRawPointer
    private let tokens: UnsafeRawPointer

    static let o200k = Vocabulary(UnsafeRawPointer(keirouter_o200k()))
    static let cl100k = Vocabulary(UnsafeRawPointer(keirouter_cl100k()))

    /// - Parameter file: What `scripts/make-vocabulary` wrote; it describes the places.
    private init(_ file: UnsafeRawPointer) {
        func number(_ index: Int) -> Int {
            Int(UInt32(littleEndian: file.loadUnaligned(fromByteOffset: 8 + 4 * index, as: UInt32.self)))
        }
        longest = number(1)
        shift = UInt64(64 - number(2))
        pages = file + number(3)
        classes = file + number(4)
        buckets = file + number(5)
        tokens = file + number(6)
    }

    // MARK: Tokens

    /// The rank of a token, which is its id too; ``none`` when these bytes are none.
    @inline(__always)
    func rank(_ bytes: UnsafeRawPointer, _ count: Int) -> UInt32 {
        guard count <= longest, count > 0 else { return Self.none }
        let bucket = Int(truncatingIfNeeded: TokenHash.of(bytes, count) >> shift) * 3
        var entry = tokens + Int(Self.number24(buckets + bucket))
        let end = tokens + Int(Self.number24(buckets + bucket + 3))
        while entry < end {
            let head = Self.number24(entry)
            entry += 3
            var length = Int(head >> Self.rankBits)
            if length == Self.lengthElsewhere {
                length = Int(entry.load(as: UInt8.self))
                entry += 1
            }
            if length == count, Self.equal(entry, bytes, count) { return head & ((1 << Self.rankBits) - 1) }
            entry += length
        }
        return Self.none
    }

    @inline(__always)
    private static func number24(_ place: UnsafeRawPointer) -> UInt32 {
        UInt32(place.load(as: UInt8.self))
            | UInt32(place.load(fromByteOffset: 1, as: UInt8.self)) << 8
            | UInt32(place.load(fromByteOffset: 2, as: UInt8.self)) << 16
    }

    @inline(__always)
    private static func equal(_ one: UnsafeRawPointer, _ other: UnsafeRawPointer, _ count: Int) -> Bool {
        var offset = 0
        while offset + 8 <= count {
            let left = one.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            guard left == other.loadUnaligned(fromByteOffset: offset, as: UInt64.self) else { return false }
            offset += 8
        }
        while offset < count {
            let left = one.load(fromByteOffset: offset, as: UInt8.self)
            guard left == other.load(fromByteOffset: offset, as: UInt8.self) else { return false }
            offset += 1
        }
        return true
    }

    // MARK: Characters

    /// The class of an ASCII character: the first block of classes begins with them.
    @inline(__always)
    func characterClass(ascii byte: UInt8) -> CharacterClass {
        let pair = classes.load(fromByteOffset: Int(byte >> 1), as: UInt8.self)
        return Self.characterClass(pair, byte & 1)
    }

    /// The class of a Unicode scalar, by its number.
    @inline(__always)
    func characterClass(scalar: UInt32) -> CharacterClass {
        let block = Int(pages.load(fromByteOffset: Int(scalar >> 8), as: UInt8.self)) << 7
        let pair = classes.load(fromByteOffset: block + Int(scalar & 0xFF) >> 1, as: UInt8.self)
        return Self.characterClass(pair, UInt8(scalar & 1))
    }

    @inline(__always)
    private static func characterClass(_ pair: UInt8, _ half: UInt8) -> CharacterClass {
        CharacterClass(rawValue: (pair >> (half << 2)) & 0x0F) ?? .other
    }
}
