import JSON
import Testing

@Suite("Limits")
struct JSONLimitsTests {
    static func nested(_ depth: Int, _ open: String = "[", _ close: String = "]", core: String = "") -> [UInt8] {
        Array((String(repeating: open, count: depth) + core + String(repeating: close, count: depth)).utf8)
    }

    @Test("512 levels are accepted and 513 refused at the bracket that is one too many")
    func depth() throws {
        #expect(try JSONDocument(Self.nested(512)).root.count == 1)
        #expect(try JSONDocument(Self.nested(512, "{\"a\":", "}", core: "0")).root.count == 1)
        #expect(throws: JSONError(.tooDeep, at: 512)) { try JSONDocument(Self.nested(513)) }
        #expect(throws: JSONError(.tooDeep, at: 512 * 5)) {
            try JSONDocument(Self.nested(513, "{\"a\":", "}", core: "0"))
        }
    }

    @Test("levels are counted where they are open, not altogether")
    func breadth() throws {
        let text = "[" + Array(repeating: "[[]]", count: 1000).joined(separator: ",") + "]"
        #expect(try JSONDocument(Array(text.utf8), limits: JSONLimits(maximumDepth: 3)).root.count == 1000)
        #expect(throws: JSONError(.tooDeep, at: 2)) {
            try JSONDocument(Array(text.utf8), limits: JSONLimits(maximumDepth: 2))
        }
    }

    @Test("a limit of no levels leaves scalars")
    func scalarsOnly() throws {
        #expect(try JSONDocument(Array("7".utf8), limits: JSONLimits(maximumDepth: 0)).root.integer == 7)
        #expect(throws: JSONError(.tooDeep, at: 0)) {
            try JSONDocument(Array("[]".utf8), limits: JSONLimits(maximumDepth: 0))
        }
    }

    @Test("nesting takes no stack: a million levels are read and let go")
    func noRecursion() throws {
        let document = try JSONDocument(Self.nested(1_000_000), limits: JSONLimits(maximumDepth: 1_000_000))
        #expect(document.root.range == 0..<2_000_000)
        #expect(document.root.elements.first { _ in true }?.range == 1..<1_999_999)
    }

    @Test("a document of the permitted size is accepted and one byte more refused before it is read")
    func size() throws {
        let limits = JSONLimits(maximumBytes: 10)
        #expect(try JSONDocument(Array("[12345678]".utf8), limits: limits).root.count == 1)
        #expect(throws: JSONError(.tooLarge, at: 10)) { try JSONDocument(Array("[123456789]".utf8), limits: limits) }
        #expect(throws: JSONError(.tooLarge, at: 10)) { try JSONDocument(Array("broken text".utf8), limits: limits) }
        #expect(JSONLimits.standard.maximumBytes == 67_108_864)
    }

    @Test("offsets and lengths of a document of 64 MiB fit the tape")
    func largest() throws {
        let half = (64 << 20) / 2 - 2
        let number = [UInt8](repeating: UInt8(ascii: "7"), count: half)
        let text = [UInt8(ascii: "[")] + number + [UInt8(ascii: ",")] + number + [UInt8(ascii: "]")]
        let root = try JSONDocument(text + [0x20]).root
        #expect(root.range == 0..<text.count)
        #expect(root.elements.map(\.range) == [1..<half + 1, half + 2..<2 * half + 2])
        #expect(throws: JSONError(.tooLarge, at: 64 << 20)) { try JSONDocument(text + [0x20, 0x20]) }
    }

    @Test(
        "a repeated name is refused where it repeats, whatever its spelling",
        arguments: [
            (#"{"a":1,"a":2}"#, 7),
            (#"{"a":1,"\u0061":2}"#, 7),
            (#"{"\u0061":1,"a":2}"#, 12),
            (#"{"\u0061":1,"\u0061":2}"#, 12),
            (#"{"":1,"":2}"#, 6),
            (#"{"\ud83d\ude00":1,"😀":2}"#, 18),
            (#"[{"b":{"c":[],"d":0,"c":1}}]"#, 20),
        ]
    )
    func duplicate(text: String, offset: Int) throws {
        let limits = JSONLimits(duplicateKeys: .reject)
        #expect(throws: JSONError(.duplicateKey, at: offset)) { try JSONDocument(Array(text.utf8), limits: limits) }
        #expect(throws: Never.self) { try JSONDocument(Array(text.utf8)) }
    }

    @Test(
        "a name repeated late in a large object is found, and names that differ are not",
        arguments: [3, 15, 16, 17, 18, 5000]
    )
    func duplicateAmongMany(count: Int) throws {
        let limits = JSONLimits(duplicateKeys: .reject)
        let members = (0..<count).map { $0 % 7 == 3 ? "\"name\\u0030\($0)\":{\"x\":[]}" : "\"name\($0)\":[{}]" }
        let distinct = "{" + members.joined(separator: ",")
        #expect(try JSONDocument(Array((distinct + "}").utf8), limits: limits).root.count == count)
        #expect(throws: JSONError(.duplicateKey, at: distinct.utf8.count + 1)) {
            try JSONDocument(Array((distinct + ",\"name\(count - 2)\":0}").utf8), limits: limits)
        }
    }

    @Test("the same name in different objects is no repetition")
    func sameNameElsewhere() throws {
        let text = #"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}"#
        #expect(throws: Never.self) { try JSONDocument(Array(text.utf8), limits: JSONLimits(duplicateKeys: .reject)) }
    }
}
