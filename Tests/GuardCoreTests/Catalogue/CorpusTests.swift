import Contracts
import GuardCore
import Testing

/// What the catalogue finds in the labelled lines, against the goals for it.
@Suite("The corpora")
struct CorpusTests {
    private static let covered: Set<String> = [
        "EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "IP_ADDRESS", "ID_NIK", "ID_NPWP", "ID_PASSPORT",
    ]

    @Test("personal data: F1 of at least 0.97 on what is covered, nothing in lines without any")
    func personalData() throws {
        let lines = try CorpusLine.load("pii.jsonl")
        try #require(lines.count > 500)
        var (hits, misses, extras, alarms) = (0, 0, 0, 0)
        var report: [String] = []
        for line in lines {
            let wanted = line.spans.filter { Self.covered.contains($0.entity) }
            let found = Search.inspect(line.text, Search.pii()).findings
            for span in wanted {
                let isFound = found.contains { $0.entity == span.entity && $0.range == span.range }
                (hits, misses) = isFound ? (hits + 1, misses) : (hits, misses + 1)
                if !isFound { report.append("missed \(span.entity) in \(line.text)") }
            }
            // Vectors of one type say nothing of others.
            guard line.labels.isEmpty || line.target == nil else { continue }
            for finding in found where !wanted.contains(where: { $0.range.overlaps(finding.range) }) {
                if line.target != nil, finding.entity != line.target { continue }
                extras += 1
                if line.labels.isEmpty { alarms += 1 }
                report.append("extra \(finding.entity) in \(line.text)")
            }
        }
        let score = 2 * Double(hits) / Double(2 * hits + misses + extras)
        #expect(
            score >= 0.97,
            "F1 \(score): \(hits) hits, \(misses) misses, \(extras) extras\n\(report.joined(separator: "\n"))"
        )
        #expect(alarms <= 2, "\(report.joined(separator: "\n"))")
    }

    @Test("injection: precision of at least 0.97 and recall of at least 0.7")
    func injection() throws {
        let policy = PolicyItem(scope: "global", injection: InjectionSection(enabled: true, action: .block))
        let lines = try CorpusLine.load("injection.jsonl")
        try #require(lines.count > 400)
        var (hits, misses, alarms) = (0, 0, 0)
        var report: [String] = []
        for line in lines {
            let isBlocked = Search.inspect(line.text, policy).action == .block
            switch (line.labels.isEmpty, isBlocked) {
            case (false, true): hits += 1
            case (false, false):
                misses += 1
                report.append("missed: \(line.text.suffix(200))")
            case (true, true):
                alarms += 1
                report.append("ALARM: \(line.text.prefix(200))")
            case (true, false): break
            }
        }
        let precision = Double(hits) / Double(hits + alarms)
        let recall = Double(hits) / Double(hits + misses)
        #expect(precision >= 0.97 && recall >= 0.7, "\(precision) \(recall)\n\(report.joined(separator: "\n"))")
    }
}
