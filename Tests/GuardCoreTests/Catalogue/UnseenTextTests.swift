import Contracts
import Foundation
import GuardCore
import JSON
import Testing

/// Attacks and near misses that were written before the weights of `injection.scorer` were looked at and are never learned from:
/// `Fixtures/unseen.jsonl`. The bounds are what it found when it was tried once, less a little; they are no goal to write rules for.
@Suite("Unseen texts", .serialized)
struct UnseenTextTests {
    private static func rows() throws -> [(text: String, isAttack: Bool)] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appendingPathComponent("Fixtures/unseen.jsonl"))
        return try data.split(separator: 0x0A).map { row in
            let root = try JSONDocument(Array(row)).root
            return (try #require(root["text"]?.string), root["labels"]?[0]?.string != nil)
        }
    }

    @Test("injection: what was found at the first trial is still found")
    func injection() throws {
        let policy = PolicyItem(scope: "global", injection: InjectionSection(enabled: true, action: .block))
        let rows = try Self.rows()
        try #require(rows.count { $0.isAttack } >= 60 && rows.count { !$0.isAttack } >= 120)
        var score = Score("unseen injection")
        for row in rows {
            let isFound = Search.inspect(row.text, policy).action == .block
            switch (row.isAttack, isFound) {
            case (true, true): score.hits += 1
            case (true, false): score.miss(row.text)
            case (false, true): score.extra(row.text)
            case (false, false): break
            }
            if !row.isAttack { score.note(benign: isFound) }
        }
        score.show()
        #expect(score.recall >= 0.4, "\(score.report)")
        #expect(score.flagged <= 0.02 && score.precision >= 0.9, "\(score.report)")
    }
}
