import SaverCore
import Synchronization
import Testing

/// When the original stays.
@Suite("Thresholds")
struct ThresholdTests {
    /// A diff of one file with so many unchanged lines around each of its changes.
    private static func diff(changes: Int, unchanged: Int, words: Int = 3, short: Bool = false) -> String {
        var lines = ["diff --git a/x b/x", "index 1..2 100644", "--- a/x", "+++ b/x"]
        let text = (0..<words).map { "word\($0)" }.joined(separator: " ")
        for change in 0..<changes {
            lines.append("@@ -\(change * 50 + 1),\(unchanged) +\(change * 50 + 1),\(unchanged + 1) @@")
            lines.append("+\(text) \(change)")
            lines += (0..<unchanged).map { short ? " }" : " \(text) \($0)" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    @Test("under 200 tokens nothing happens, whatever could be saved")
    func short() {
        let short = Self.diff(changes: 2, unchanged: 5)
        #expect(engine.count(Array(short.utf8)) < SaverEngine.minimumTokens && shrunk(short) == nil)
        let long = Self.diff(changes: 2, unchanged: 40)
        #expect(engine.count(Array(long.utf8)) >= SaverEngine.minimumTokens && shrunk(long) != nil)
    }

    @Test("less than a tenth saved is not worth it")
    func tenth() {
        #expect(shrunk(Self.diff(changes: 60, unchanged: 1, words: 60, short: true), command: "git diff") == nil)
        #expect(shrunk(Self.diff(changes: 60, unchanged: 4, words: 60), command: "git diff") != nil)
    }

    @Test("a text that carries our line already is left alone, wherever the line stands")
    func marker() {
        let diff = Self.diff(changes: 5, unchanged: 40)
        #expect(shrunk(diff) != nil)
        #expect(shrunk("[keirouter: left out 3 lines]\n" + diff) == nil)
        #expect(shrunk(diff + "[keirouter: left out 3 lines]\n") == nil)
        // Inside a line it is somebody's text.
        #expect(shrunk(diff + "+see [keirouter: x]\n") != nil)
    }

    @Test("tokens are only counted for texts that a rule has changed")
    func counting() {
        let counted = Mutex(0)
        let counting = SaverEngine { text in
            counted.withLock { $0 += 1 }
            return text.count / 4
        }
        let prose = (1...200).map {
            "Nothing in line \($0) is of any kind that a rule knows, and it goes on for long.\n"
        }
        .joined()
        #expect(counting.shrink(ToolResult(text: Array(prose.utf8))) == nil)
        #expect(counted.withLock { $0 } == 0)
        #expect(counting.shrink(ToolResult(text: Array(Self.diff(changes: 9, unchanged: 40).utf8))) != nil)
        #expect(counted.withLock { $0 } == 2)
    }
}
