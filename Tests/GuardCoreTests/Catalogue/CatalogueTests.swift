import Contracts
import Foundation
import GuardCore
import Patterns
import Testing

extension DetectorEntry: CustomTestStringConvertible {
    package var testDescription: String { id }
}

/// Every entry keeps what it promises about its own examples.
@Suite("The catalogue")
struct CatalogueTests {
    static let entries = Catalogue.builtin.entries

    @Test("an entry matches what it must and nothing that it must not", arguments: entries)
    func examples(entry: DetectorEntry) throws {
        let compiled = try CompiledEntry(entry)
        #expect(compiled.pattern.isNative)
        #expect(!entry.hits.isEmpty && !entry.misses.isEmpty)
        #expect(entry.reason.count > 10, "an entry says why it is as it is")
        let wrong = CatalogueCheck.firstWrong(compiled)
        #expect(wrong == nil, "\(wrong?.field ?? ""): \(wrong?.text ?? "")")
    }

    @Test("every file can be read, and none is left out")
    func files() throws {
        for source in BuiltinCatalogue.sources { _ = try CatalogueFile(source.bytes, name: source.name) }
        #expect(Catalogue.builtin.files.count == BuiltinCatalogue.sources.count)
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Services/guard/Core/Catalogues").path()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".json") }
        #expect(Set(BuiltinCatalogue.sources.map(\.name)) == Set(names), "a file that nobody reads")
    }

    @Test("ids are unique, and a pattern of letters says so to the prefilter")
    func ids() {
        #expect(Set(Self.entries.map(\.id)).count == Self.entries.count)
        for entry in Self.entries where entry.detector == .injection && entry.trigger != .invisible {
            guard case .literals(let words) = entry.trigger else {
                Issue.record("\(entry.id) runs everywhere")
                continue
            }
            #expect(words.allSatisfy { $0.utf8.count >= 2 }, "\(entry.id)")
        }
    }

    @Test("the version changes with the entries")
    func version() {
        #expect(Catalogue.builtin.version == Catalogue(Catalogue.builtin.files).version)
        #expect(Catalogue.builtin.version != Catalogue(Array(Catalogue.builtin.files.dropFirst())).version)
    }

    @Test("an entry of the product is never left out: three hostile requests would switch it off")
    func builtinStays() throws {
        let rule = try #require(Catalogue.builtin.compiled(.injection).first)
        #expect(!rule.quarantine.isClosed)
        let own = try CompiledEntry(rule.entry)
        let builtin = try CompiledEntry(rule.entry, isBuiltin: true)
        for _ in 0..<Quarantine.limit {
            own.quarantine.note()
            builtin.quarantine.note()
        }
        #expect(own.quarantine.isClosed && !builtin.quarantine.isClosed)
        // Those of the product keep their place when an operator adds to them.
        let file = try #require(Catalogue.builtin.files.last)
        let added = Catalogue(Array(Catalogue.builtin.files.dropLast())).adding([file])
        let entry = try #require(file.entries.first)
        let compiled = try #require(added.compiled(entry.detector).first { $0.entry.id == entry.id })
        for _ in 0..<Quarantine.limit { compiled.quarantine.note() }
        #expect(compiled.quarantine.isClosed)
    }

    @Test("an entry gives up after three faults")
    func quarantine() throws {
        let item = PolicyItem(scope: "global", custom: [CustomPattern(name: "bad", pattern: "(a+)+$", action: .mask)])
        let plan = Search.plan(item)
        let text = String(repeating: "a", count: 64) + "!"
        let rule = try #require(plan.rules.first)
        for count in 1...5 {
            #expect(Self.found(text, plan).isEmpty)
            #expect(rule.compiled.quarantine.count == min(count, Quarantine.limit))
        }
        #expect(rule.compiled.quarantine.isClosed)
    }

    static func found(_ text: String, _ plan: DetectionPlan) -> [String] {
        var item = InspectRequest(requestID: "r", direction: .inbound, scope: Search.scope)
        item.segments = [InspectSegment(id: 0, role: "user", kind: .text, text: text)]
        let prepared = PolicyBook.Prepared(plan: plan, policy: EffectivePolicy())
        return Inspector(prepared, tag: Search.tag).inspect(item, Workbench()).findings.map(\.entity)
    }
}
