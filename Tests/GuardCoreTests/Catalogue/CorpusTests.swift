import Contracts
import GuardCore
import Testing

/// What the detectors find in the labelled lines, against the goals for them; `swift test --filter CorpusTests` prints the table.
@Suite("The corpora", .serialized)
struct CorpusTests {
    /// The nine types that goals are set for.
    private static let covered: Set<String> = [
        "EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "IP_ADDRESS", "URL", "ID_NIK", "ID_NPWP",
        "ID_PASSPORT",
    ]

    @Test("personal data: F1 of at least 0.97 on nine types, at most 2 % of the lines without any flagged")
    func personalData() throws {
        let lines = try CorpusLine.load("pii.jsonl")
        try #require(lines.count > 500)
        let entities = Dictionary(uniqueKeysWithValues: Catalogue.builtin.entities(of: .pii).map { ($0, "mask") })
        let policy = Search.pii(entities: entities)
        var score = Score("pii")
        for line in lines {
            let wanted = line.spans.filter { Self.covered.contains($0.entity) }
            let found = Search.inspect(line.text, policy).findings
            for span in wanted {
                let isFound = found.contains { $0.entity == span.entity && $0.range == span.range }
                if isFound { score.hits += 1 } else { score.miss("\(span.entity) in \(line.text)") }
            }
            // Vectors of one type say nothing of others.
            var isAlarm = false
            for finding in found where !line.spans.contains(where: { $0.range.overlaps(finding.range) }) {
                if line.target != nil, finding.entity != line.target { continue }
                score.extra("\(finding.entity) in \(line.text)")
                isAlarm = true
            }
            if line.labels.isEmpty { score.note(benign: isAlarm) }
        }
        score.show()
        #expect(score.f1 >= 0.97, "\(score.report)")
        #expect(score.flagged <= 0.02, "\(score.report)")
    }

    @Test("injection: precision of at least 0.97, recall of at least 0.8, at most 3 % of the benign lines flagged")
    func injection() throws {
        let policy = PolicyItem(scope: "global", injection: InjectionSection(enabled: true, action: .block))
        let lines = try CorpusLine.load("injection.jsonl")
        try #require(lines.count > 400)
        let score = Score("injection", lines) { Search.inspect($0.text, policy).action == .block }
        score.show()
        #expect(score.precision >= 0.97 && score.recall >= 0.8, "\(score.report)")
        #expect(score.flagged <= 0.03, "\(score.report)")
    }

    @Test("toxicity: F1 of at least 0.85")
    func toxicity() throws {
        let policy = PolicyItem(scope: "global", toxicity: ScoredSection(enabled: true, action: .block))
        let lines = try CorpusLine.load("toxicity.jsonl")
        try #require(lines.count > 80)
        let score = Score("toxicity", lines) { Search.inspect($0.text, policy).action == .block }
        score.show()
        #expect(score.f1 >= 0.85, "\(score.report)")
    }

    @Test("bias in answers: F1 of at least 0.8")
    func bias() throws {
        let policy = PolicyItem(scope: "global", bias: ScoredSection(enabled: true, action: .block))
        let lines = try CorpusLine.load("bias.jsonl")
        try #require(lines.count > 80)
        let score = Score("bias", lines) {
            Search.inspect($0.text, policy, role: "assistant", direction: .outbound).action == .block
        }
        score.show()
        #expect(score.f1 >= 0.8, "\(score.report)")
        #expect(Search.inspect("Men are all lazy.", policy).findings.isEmpty, "a request is not looked at")
    }

    @Test("topics: F1 of at least 0.9, each by its name")
    func topics() throws {
        let policy = PolicyItem(scope: "global", topics: TopicsSection(enabled: true, action: .block))
        let lines = try CorpusLine.load("topics.jsonl")
        try #require(lines.count > 80)
        let score = Score("topics", lines) { line in
            let found = Search.inspect(line.text, policy).findings.map { "TOPIC:\($0.entity)" }
            return line.labels.isEmpty ? !found.isEmpty : line.labels.contains { found.contains($0) }
        }
        score.show()
        #expect(score.f1 >= 0.9, "\(score.report)")
    }
}

/// Counts of right and wrong findings.
struct Score {
    let name: String
    var hits = 0
    private(set) var misses = 0
    private(set) var extras = 0
    private(set) var benign = 0
    private(set) var alarms = 0
    private var lines: [String] = []

    init(_ name: String) {
        self.name = name
    }

    /// Judges whole lines.
    init(_ name: String, _ lines: [CorpusLine], _ isFlagged: (CorpusLine) -> Bool) {
        self.name = name
        for line in lines {
            let isFlagged = isFlagged(line)
            if line.labels.isEmpty {
                note(benign: isFlagged)
                if isFlagged { extra(String(line.text.prefix(200))) }
            } else if isFlagged {
                hits += 1
            } else {
                miss(String(line.text.suffix(200)))
            }
        }
    }

    mutating func miss(_ text: String) {
        misses += 1
        lines.append("missed: \(text)")
    }

    mutating func extra(_ text: String) {
        extras += 1
        lines.append("EXTRA: \(text)")
    }

    mutating func note(benign isFlagged: Bool) {
        benign += 1
        if isFlagged { alarms += 1 }
    }

    var precision: Double { Double(hits) / Double(max(1, hits + extras)) }
    var recall: Double { Double(hits) / Double(max(1, hits + misses)) }
    var f1: Double { 2 * Double(hits) / Double(max(1, 2 * hits + misses + extras)) }
    /// The share of lines without a label that were flagged.
    var flagged: Double { Double(alarms) / Double(max(1, benign)) }
    var report: String { row + "\n" + lines.joined(separator: "\n") }

    /// One row of the table in docs/detectors.md.
    var row: String {
        func text(_ value: Double) -> String { String(Double(Int(value * 1000 + 0.5)) / 1000) }
        return "| \(name) | \(text(precision)) | \(text(recall)) | \(text(f1)) | \(alarms) of \(benign) |"
    }

    func show() { print(row) }
}
