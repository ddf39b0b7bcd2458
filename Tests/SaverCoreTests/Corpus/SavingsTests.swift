import Foundation
import SaverCore
import Testing
import Tokens

/// The figures of docs/savers.md: `make savings` prints them.
@Suite("Savings")
struct SavingsTests {
    private struct Row {
        var name: String
        var before: Int
        var after: Int
        var facts: Int
        var kept: Int

        var percent: Double { 100 * Double(before - after) / Double(max(1, before)) }
    }

    /// One output with its command, or without any hint.
    private static func row(_ name: String, _ command: String?) throws -> Row {
        let text = try Fixture.bytes(name + ".txt")
        let saving = engine.shrink(ToolResult(text: text, toolName: "bash", command: command))
        let facts = try Fixture.facts(name)
        let kept = Facts(saving?.text ?? text)
        let before = TokenCounter.o200k.count(text)
        if let folder = ProcessInfo.processInfo.environment["KEIROUTER_SAVINGS_OUT"] {
            let file = URL(fileURLWithPath: folder).appendingPathComponent(name + ".txt")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(saving?.text ?? text).write(to: file)
        }
        return Row(
            name: name,
            before: before,
            after: saving?.tokensAfter ?? before,
            facts: facts.count,
            kept: facts.count { kept.hold($0) }
        )
    }

    @Test("over the whole corpus 68 % of the tokens go and every fact stays")
    func total() throws {
        for isKnown in [true, false] {
            var rows = try CorpusOutput.all.map { try Self.row($0.name, isKnown ? $0.command : nil) }
            rows.append(try Self.row("file-read/cat-n-python", isKnown ? "cat -n orderdesk/order.py" : nil))
            Self.print(rows, isKnown ? "command known" : "text alone")
            let (before, after) = (rows.reduce(0) { $0 + $1.before }, rows.reduce(0) { $0 + $1.after })
            #expect(rows.count == 30)
            #expect((before - after) * 100 >= before * 68)
            #expect(rows.allSatisfy { $0.kept == $0.facts && $0.after <= $0.before })
        }
    }

    private static func print(_ rows: [Row], _ title: String) {
        var lines = ["\(title): output, tokens before and after, saved, facts kept"]
        for row in rows.sorted(by: { $0.name < $1.name }) {
            let name = row.name.padding(toLength: 32, withPad: " ", startingAt: 0)
            lines.append("\(name) \(row.before) -> \(row.after)  \(Int(row.percent)) %  \(row.kept)/\(row.facts)")
        }
        let (before, after) = (rows.reduce(0) { $0 + $1.before }, rows.reduce(0) { $0 + $1.after })
        let whole = rows.count { $0.kept == $0.facts }
        let percent = 100 * Double(before - after) / Double(max(1, before))
        lines.append(
            "all \(before) -> \(after)  \((percent * 10).rounded() / 10) %  \(whole)/\(rows.count) outputs whole"
        )
        Swift.print(lines.joined(separator: "\n"))
    }
}
