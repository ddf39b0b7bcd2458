import Contracts
import Foundation
import GuardCore
import JSON
import Testing

/// Attacks in words of their own and near misses, `Fixtures/unseen.jsonl`: no rule was made from them, and none may be.
///
/// What is found of the attacks is shown and held; it is far from the goal, and says what to expect of an attacker who writes himself.
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
        #expect(score.recall >= 0.07, "\(score.report)")
        #expect(score.flagged == 0 && score.precision == 1, "\(score.report)")
    }
}
