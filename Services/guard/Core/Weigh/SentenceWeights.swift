import Contracts
import JSON

/// What words weigh together: the data of `injection-weights.json`, ready to be looked up.
///
/// A sentence is told by which words stand in it, which classes of words (setting aside, rules, whose, makers, showing …) and which
/// classes before which others. Each of these features has a weight in hundredths; what it is worth was learned by
/// `scripts/train-injection` from texts written for it. The sum of integers is the same on every machine.
package struct SentenceWeights: Sendable {
    /// The classes that a word may have; a pair of classes is a place in a square table.
    static let mostClasses = 128

    /// What a word is.
    struct Word: Sendable {
        /// Its own feature, or none.
        var feature: UInt16 = 0
        /// Its classes, counted from one; 0 for none.
        var first: UInt8 = 0
        var second: UInt8 = 0
    }

    let bias: Int32
    /// What a window must weigh more than.
    let threshold: Int32
    /// What each feature weighs; the first is that of nothing.
    private(set) var weights: [Int32] = [0]
    private(set) var words: WordTable<Word>
    /// Features of two words next to each other, by both.
    private(set) var neighbours: WordTable<UInt16>
    /// Features by class.
    private(set) var singles: [UInt16]
    private(set) var openers: [UInt16]
    /// Features by the class before and the class behind.
    private(set) var pairs: [UInt16]
    /// Changes with everything that may change a verdict.
    let version: String

    /// What the program comes with; its tests see to it that it can be read.
    package static let builtin: SentenceWeights = {
        let bytes = PackageResources.injection_weights_json
        return (try? SentenceWeights(bytes)) ?? SentenceWeights()
    }()

    /// Weighs nothing.
    private init() {
        (bias, threshold, version) = (0, .max, "")
        words = WordTable(capacity: 0, empty: Word())
        neighbours = WordTable(capacity: 0, empty: 0)
        (singles, openers, pairs) = ([0], [0], [0])
    }

    /// Reads the data.
    package init(_ bytes: [UInt8]) throws {
        let root = try JSONDocument(bytes).root
        bias = Int32(try root.integer("bias"))
        threshold = Int32(try root.integer("threshold"))
        var hash = FingerprintHash()
        for byte in bytes { hash.add(byte) }
        version = hash.hexadecimal
        let classes = try root.required("classes").members.map { ($0.name.string ?? "", $0.value.string ?? "") }
        guard classes.count < Self.mostClasses else { throw root.error("classes", "too many") }
        let numbers = Dictionary(classes.enumerated().map { ($1.0, $0 + 1) }) { first, _ in first }
        singles = [UInt16](repeating: 0, count: Self.mostClasses)
        openers = singles
        pairs = [UInt16](repeating: 0, count: Self.mostClasses * Self.mostClasses)
        let own = Array(try root.required("words").members)
        let next = Array(try root.required("next").members)
        words = WordTable(capacity: own.count + classes.reduce(0) { $0 + $1.1.utf8.count / 4 }, empty: Word())
        neighbours = WordTable(capacity: next.count, empty: 0)
        for (number, (_, list)) in classes.enumerated() { addClass(UInt8(number + 1), list) }
        for member in own {
            let feature = addFeature(member.value)
            words.update(WordHash(member.name.string ?? "").value) { $0.feature = feature }
        }
        for member in next {
            let feature = addFeature(member.value)
            let both = (member.name.string ?? "").split(separator: " ").map { WordHash(String($0)).value }
            guard both.count == 2 else { continue }
            neighbours.update(WordHash.joined(both[0], both[1])) { $0 = feature }
        }
        for member in try root.required("single").members {
            singles[numbers[member.name.string ?? ""] ?? 0] = addFeature(member.value)
        }
        for member in try root.required("first").members {
            openers[numbers[member.name.string ?? ""] ?? 0] = addFeature(member.value)
        }
        for before in try root.required("pairs").members {
            let row = (numbers[before.name.string ?? ""] ?? 0) * Self.mostClasses
            for behind in before.value.members {
                pairs[row + (numbers[behind.name.string ?? ""] ?? 0)] = addFeature(behind.value)
            }
        }
    }

    private mutating func addClass(_ number: UInt8, _ list: String) {
        for word in list.split(separator: " ") {
            words.update(WordHash(String(word)).value) {
                if $0.first == 0 { $0.first = number } else { $0.second = number }
            }
        }
    }

    private mutating func addFeature(_ value: JSONCursor) -> UInt16 {
        weights.append(Int32(value.double ?? 0))
        return UInt16(truncatingIfNeeded: weights.count - 1)
    }
}

/// FNV-1a of 64 bits over the lowercased bytes of a word.
struct WordHash {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    init() {}

    init(_ word: String) {
        for byte in word.utf8 { add(byte) }
    }

    @inline(__always)
    mutating func add(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x100_0000_01B3
    }

    /// One of two words in their order.
    @inline(__always)
    static func joined(_ first: UInt64, _ second: UInt64) -> UInt64 {
        (first &* 0x9E37_79B9_7F4A_7C15) ^ second
    }
}

/// Values by the hash of a word, found in a look or two; the data is fixed, so nobody can make words collide in it to slow it down.
struct WordTable<Value: Sendable>: Sendable {
    private var keys: [UInt64]
    private var values: [Value]
    private let shift: UInt64
    private let empty: Value

    init(capacity: Int, empty: Value) {
        var bits = 4
        while 1 << bits < 2 * capacity + 16 { bits += 1 }
        keys = [UInt64](repeating: 0, count: 1 << bits)
        values = [Value](repeating: empty, count: 1 << bits)
        shift = UInt64(64 - bits)
        self.empty = empty
    }

    @inline(__always)
    subscript(hash: UInt64) -> Value {
        var place = start(hash)
        while keys[place] != 0 {
            if keys[place] == hash { return values[place] }
            place = (place + 1) & (keys.count - 1)
        }
        return empty
    }

    mutating func update(_ hash: UInt64, _ change: (inout Value) -> Void) {
        var place = start(hash)
        while keys[place] != 0, keys[place] != hash { place = (place + 1) & (keys.count - 1) }
        keys[place] = hash
        change(&values[place])
    }

    @inline(__always)
    private func start(_ hash: UInt64) -> Int { Int((hash &* 0x9E37_79B9_7F4A_7C15) >> shift) }
}
