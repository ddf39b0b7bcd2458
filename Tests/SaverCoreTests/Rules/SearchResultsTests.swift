import SaverCore
import Testing

/// Searches: every match keeps its path, line and text.
@Suite("grep")
struct SearchResultsTests {
    private static func lines(_ file: String, _ numbers: [Int], _ text: String) -> [String] {
        numbers.map { "\(file):\($0):\(text)" }
    }

    @Test("a file is named once, equal lines are joined, in order")
    func grouping() throws {
        var lines: [String] = []
        for file in 1...12 {
            lines += Self.lines("src/deep/folder/module_\(file).py", [3, 9, 40], "    raise ValueError(name)")
            lines += Self.lines("src/deep/folder/module_\(file).py", [50], "        return total")
        }
        let saving = try #require(shrunk(lines.joined(separator: "\n")))
        #expect(saving.rule == "grep")
        #expect(
            saving.lines.prefix(5) == [
                "src/deep/folder/module_1.py", "3,9,40:raise ValueError(name)", "50:return total",
                "src/deep/folder/module_2.py", "3,9,40:raise ValueError(name)",
            ]
        )
    }

    @Test("context keeps its blanks and its place")
    func context() throws {
        var lines: [String] = []
        for match in 1...30 {
            let line = match * 10
            lines += [
                "lib/some/module-name.rs-\(line - 1)-    let a = 1;", "lib/some/module-name.rs:\(line):    fail(a);",
                "lib/some/module-name.rs-\(line + 1)-", "--",
            ]
        }
        let saving = try #require(shrunk(lines.joined(separator: "\n"), command: "rg -n -C1 fail"))
        #expect(saving.lines.prefix(4) == ["lib/some/module-name.rs", "9-    let a = 1;", "10:    fail(a);", "11-"])
    }

    @Test("a file shown line after line keeps its blanks: edits are made from it")
    func wholeFile() throws {
        let text = (1...80).map { "src/very/long/path/to/file.py:\($0):        value_\($0) = read(\($0))" }
        let saving = try #require(shrunk(text.joined(separator: "\n"), command: "grep -n . -H file.py"))
        #expect(saving.lines[1] == "1:        value_1 = read(1)")
    }

    @Test("lines of other kinds among them stay")
    func others() throws {
        var lines = (1...60).map { "src/deep/folder/module.py:\($0 * 3):    raise ValueError(name_\($0))" }
        lines.insert("Binary file assets.bin matches", at: 20)
        lines.insert("grep: private: Permission denied", at: 40)
        let saving = try #require(shrunk(lines.joined(separator: "\n"), command: "grep -rn ValueError ."))
        #expect(saving.lines.contains("Binary file assets.bin matches"))
        #expect(saving.lines.contains("grep: private: Permission denied"))
    }

    @Test("times, panics and stack traces are no matches")
    func lookalikes() {
        let log = (1...90).map { "12:34:\(10 + $0 % 50) worker \($0) error: cannot reach 10.0.0.\($0):5432" }
        #expect(shrunk(log.joined(separator: "\n")) == nil)
        let dated = (1...90).map { "2026-01-02 12:34:56 INFO job:\($0):done" }
        // They are a log.
        #expect(shrunk(dated.joined(separator: "\n"))?.rule == "log")
        // One place in the head does not make a search of it.
        let panic = "src/main.rs:9:5: panicked\n" + log.joined(separator: "\n")
        #expect(shrunk(panic) == nil)
    }
}
