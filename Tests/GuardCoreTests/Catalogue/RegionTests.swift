import Contracts
import GuardCore
import Testing

/// The places that the prefilter names are all the places where something can be found.
///
/// A stream is searched without them, so what it tells must be what a whole text tells.
@Suite("Regions")
struct RegionTests {
    private static let everything = PolicyItem(
        scope: "global",
        pii: PIISection(
            enabled: true,
            direction: "both",
            action: .logOnly,
            entities: Dictionary(uniqueKeysWithValues: Catalogue.builtin.entities(of: .pii).map { ($0, "") })
        ),
        injection: InjectionSection(enabled: true, direction: "both", action: .logOnly, severity: .low)
    )

    private struct Place: Hashable {
        var entity: String
        var range: Range<Int>
    }

    @Test("whole texts and streams tell the same", arguments: ["pii.jsonl", "injection.jsonl"])
    func agree(corpus: String) throws {
        let plan = Search.plan(Self.everything, .outbound)
        let bench = Workbench()
        var count = 0
        for line in try CorpusLine.load(corpus)
        where line.text.utf8.allSatisfy({ $0 < 0x80 }) && line.text.utf8.count < 300 {
            // Behind more text than any pattern reaches over, and before as much.
            let filler = String(repeating: "lorem ipsum. ", count: 20)
            let text = "\(filler)\(line.text)\n\(filler)"
            var machine = ScanMachine(plan, window: 4096, tag: Search.tag)
            _ = machine.push(ScanChunk(channel: "c", text: text), bench)
            _ = machine.finish(bench)
            let streamed = Set(machine.findings.map { Place(entity: $0.entity, range: $0.range) })
            let whole = Set(
                Search.inspect(text, Self.everything).findings.map { Place(entity: $0.entity, range: $0.range) }
            )
            #expect(streamed == whole, "\(line.text)")
            count += whole.count
        }
        #expect(count > 200)
    }

    @Test("random shapes of numbers")
    func shapes() {
        let plan = Search.plan(Self.everything, .outbound)
        let bench = Workbench()
        var generator = SeededGenerator(state: 11)
        let units = [
            "4012888888881881", "2026-02-03", " ", ".", "-", "+", "(", ")", ":", "::", "1", "62", "08123456789", "DE35",
            "ab",
            "fe80", "192.168.1.7", "/", "no", " call ", "936590914246142686", "3174095203900012", "\n",
            "+2026-02-0312345",
        ]
        for _ in 0..<500 {
            let text = (0..<8).map { _ in units.randomElement(using: &generator) ?? "" }.joined()
            var machine = ScanMachine(plan, window: 4096, tag: Search.tag)
            _ = machine.push(ScanChunk(channel: "c", text: text), bench)
            _ = machine.finish(bench)
            let whole = Search.inspect(text, Self.everything).findings
            #expect(Set(machine.findings.map(\.range)) == Set(whole.map(\.range)), "\(text)")
        }
    }
}
