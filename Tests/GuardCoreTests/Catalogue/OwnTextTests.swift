import Contracts
import Foundation
import GuardCore
import JSON
import Testing

/// Texts that were written for this after the rules, in English and Indonesian: for each detector twenty that it must find and
/// forty ordinary ones of developers, for three of them as many again in four further rounds, and for injection in four more; `Fixtures/own.jsonl`.
@Suite("Own texts", .serialized)
struct OwnTextTests {
    private struct Line {
        var text: String
        /// What must be found: a topic, a value, or the detector's name; `nil` for an ordinary text.
        var label: String?
    }

    private static func lines(_ detector: String) throws -> [Line] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appendingPathComponent("Fixtures/own.jsonl"))
        return try data.split(separator: 0x0A).compactMap { row in
            let root = try JSONDocument(Array(row)).root
            guard root["detector"]?.string == detector else { return nil }
            return Line(text: try #require(root["text"]?.string), label: root["labels"]?[0]?.string)
        }
    }

    private static func score(_ detector: String, _ finds: (Line) -> Bool) throws -> Score {
        let lines = try lines(detector)
        try #require(lines.count >= 60 && lines.count { $0.label != nil } >= 20)
        var score = Score("own \(detector)")
        for line in lines {
            let isFound = finds(line)
            switch (line.label, isFound) {
            case (.some, true): score.hits += 1
            case (.some, false): score.miss(line.text)
            case (nil, true): score.extra(line.text)
            case (nil, false): break
            }
            if line.label == nil { score.note(benign: isFound) }
        }
        score.show()
        return score
    }

    @Test("injection: none of the ordinary texts, and at least nine of ten attacks")
    func injection() throws {
        let policy = PolicyItem(scope: "global", injection: InjectionSection(enabled: true, action: .block))
        let score = try Self.score("injection") { Search.inspect($0.text, policy).action == .block }
        #expect(score.flagged == 0 && score.recall >= 0.9, "\(score.report)")
    }

    @Test("toxicity: none of the ordinary texts, and at least nine of ten others")
    func toxicity() throws {
        let policy = PolicyItem(scope: "global", toxicity: ScoredSection(enabled: true, action: .block))
        let score = try Self.score("toxicity") { Search.inspect($0.text, policy).action == .block }
        #expect(score.flagged == 0 && score.recall >= 0.9, "\(score.report)")
    }

    @Test("bias: none of the ordinary answers, and at least nine of ten others")
    func bias() throws {
        let policy = PolicyItem(scope: "global", bias: ScoredSection(enabled: true, action: .block))
        let score = try Self.score("bias") {
            Search.inspect($0.text, policy, role: "assistant", direction: .outbound).action == .block
        }
        #expect(score.flagged == 0 && score.recall >= 0.9, "\(score.report)")
    }

    @Test("topics: none of the ordinary texts, and at least nine of ten others by their name")
    func topics() throws {
        let policy = PolicyItem(scope: "global", topics: TopicsSection(enabled: true, action: .block))
        let score = try Self.score("topics") { line in
            let found = Search.inspect(line.text, policy).findings.map { "TOPIC:\($0.entity)" }
            return line.label.map(found.contains) ?? !found.isEmpty
        }
        #expect(score.flagged == 0 && score.recall >= 0.9, "\(score.report)")
    }

    @Test("personal data: none in the ordinary texts, and each value from end to end")
    func personalData() throws {
        let policy = Search.pii()
        let score = try Self.score("pii") { line in
            let values = Search.inspect(line.text, policy).findings.map {
                String(decoding: Array(line.text.utf8)[$0.range], as: UTF8.self)
            }
            return line.label.map(values.contains) ?? !values.isEmpty
        }
        #expect(score.flagged == 0 && score.recall >= 0.95, "\(score.report)")
    }
}
