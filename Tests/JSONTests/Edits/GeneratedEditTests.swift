import JSON
import Testing

@Suite("Generated edits")
struct GeneratedEditTests {
    @Test("replaced values change and every byte around them stays", arguments: 0..<30)
    func replacements(seed: Int) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<10 {
            let document = try JSONDocument(Tree.random(&generator).spelled(&generator))
            var targets: [JSONCursor] = []
            Self.choose(document.root, &targets, &generator)
            var edits = targets.map { JSONEdit.replace($0, with: Tree.random(&generator, depth: 1).written) }
            edits.shuffle(using: &generator)
            let outcome = try document.applying(edits)

            var expected: [UInt8] = []
            var at = 0
            for edit in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
                expected += document.bytes[at..<edit.range.lowerBound] + edit.replacement
                at = edit.range.upperBound
            }
            expected += document.bytes[at...]
            #expect(outcome == expected)
            #expect(throws: Never.self) { try JSONDocument(outcome) }
            #expect(document.splicedCount(edits) == outcome.count)

            var pieces: [UInt8] = []
            try document.withPieces(edits) { piece in
                #expect(!piece.isEmpty)
                pieces += piece
            }
            #expect(pieces == outcome)
        }
    }

    @Test(
        "children added and removed together leave what a list would hold, and the rest byte for byte",
        arguments: 500..<530
    )
    func children(seed: Int) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            guard case .object(var members) = Tree.randomObject(&generator) else { continue }
            let document = try JSONDocument(Tree.object(members).spelled(&generator))
            var edits: [JSONEdit] = []
            for index in members.indices.reversed() where generator.chance(2) {
                let name = String(decoding: members[index].name, as: UTF8.self)
                edits.append(try #require(JSONEdit.removeMember(name, from: document.root)))
                members.remove(at: index)
            }
            edits.shuffle(using: &generator)
            for index in 0..<generator.below(3) {
                let value = Tree.random(&generator, depth: 1)
                edits.insert(.insertMember("new\(index)", value.written, into: document.root), at: edits.endIndex)
                members.append(Tree.Member(name: Array("new\(index)".utf8), value: value))
            }
            let outcome = try JSONDocument(try document.applying(edits))
            #expect(Tree(outcome.root) == Tree.object(members).normal)
            for member in outcome.root.members {
                let name = try #require(member.name.string)
                guard let before = document.root[name] else { continue }
                #expect(before.raw.elementsEqual(member.value.raw))
            }
        }
    }

    @Test("elements added and removed together leave what a list would hold", arguments: 700..<720)
    func elements(seed: Int) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            var elements = (0..<generator.below(6)).map { _ in Tree.random(&generator, depth: 1) }
            let document = try JSONDocument(Tree.array(elements).spelled(&generator))
            var edits: [JSONEdit] = []
            for index in elements.indices.reversed() where generator.chance(2) {
                edits.append(try #require(JSONEdit.removeElement(at: index, from: document.root)))
                elements.remove(at: index)
            }
            for index in 0..<generator.below(3) {
                edits.append(.appendElement(Array("\(index)".utf8), to: document.root))
                elements.append(.integer(index))
            }
            #expect(Tree(try JSONDocument(try document.applying(edits)).root) == Tree.array(elements).normal)
        }
    }

    /// Values of which none is inside another.
    private static func choose(_ cursor: JSONCursor, _ targets: inout [JSONCursor], _ generator: inout SeededGenerator)
    {
        if generator.chance(4) {
            targets.append(cursor)
            return
        }
        for element in cursor.elements { choose(element, &targets, &generator) }
        for member in cursor.members { choose(member.value, &targets, &generator) }
    }
}
