import SaverCore
import Testing

/// Texts of no kind, and of every kind at once: valid text comes out, smaller, and in linear time.
@Suite("Any text")
struct AnyTextTests {
    /// Beginnings, middles and ends that categories look for.
    private static let pieces = [
        "diff --git a/a b/a\n", "@@ -1,2 +1,2 @@\n", "+x\n", " y\n",
        "commit 0123456789012345678901234567890123456789\n",
        "Author: A <a@b>\n", "    message\n", " a/b.c | 2 +-\n", "On branch main\n", "\tmodified:   a\n",
        "  (use \"git x\")\n",
        "a/b.c:12:text\n", "a/b.c-13-text\n", "--\n", "total 8\n", "-rw-r--r-- 1 a b 1 Jan 1 1:1 x\n", "./a:\n",
        "├── x\n",
        "[{\"a\":1},{\"a\":2},{\"a\":3},{\"a\":4}]", "{\"a\":[1,2]}\n", "NAME  READY  STATUS\n", "a  1/1  Running\n",
        "test a ... ok\n", "✔ a (1ms)\n", "1 passed, 1 failed\n", "Collecting x\n", "npm error x\n",
        "F401 x\n  --> a.py:1:2\n",
        "1 | x\n  | ^\n", "a.c:1:2: error: x\n", "[1/9] Compiling\n", "Step 1/2 : RUN x\n",
        "2026-01-02T03:04:05Z INFO x 5\n",
        "2026-01-02T03:04:05Z ERROR x\n", "\tat a.b(C.java:1)\n", "  File \"a.py\", line 1\n    x\n", "é✓漢\n",
        "\u{1B}[31m", "\r",
        "-----BEGIN X-----\n", "MIIDPTCCAiWgAwIBAgIUC9hsgJgAB4wVKBlk1dFEsEvc6NAwDQYJKoZIhvcNAQEL\n",
        "ab:cd:ef:01:23:45:67:89:\n", "Certificate:\n", "        X509v3 Key Usage: critical\n",
        "src/a.ts(1,2): error TS7: x\n",
        "src/a.ts:1:2 - error TS7: x\n", "| a | b |\n", "|---|---|\n", "a,b,c\n", "1,\"2\",3\n", "a\tb\tc\n",
        "\n", "    ", "same line\n", "[keirouter", "~ 3\n", "\u{0}", "\"", "\\",
    ]

    @Test("mixtures: the result is valid, smaller by the rules' bounds, the same again, and final")
    func mixtures() {
        for seed in 0..<80 {
            var random = SeededGenerator(seed: seed)
            let some = (0..<Int.random(in: 1...6, using: &random)).compactMap { _ in
                Self.pieces.randomElement(using: &random)
            }
            let text = (0..<Int.random(in: 20...400, using: &random)).compactMap { _ in
                Int.random(in: 0..<20, using: &random) == 0
                    ? Self.pieces.randomElement(using: &random) : some.randomElement(using: &random)
            }.joined()
            check(Array(text.utf8), seed)
        }
    }

    @Test("bytes: whatever they are, nothing traps, and valid text stays valid")
    func bytes() {
        for seed in 0..<60 {
            var random = SeededGenerator(seed: seed)
            let alphabet: [UInt8] = (0..<Int.random(in: 2...40, using: &random)).map { _ in
                .random(in: 0...255, using: &random)
            }
            let bytes = (0..<Int.random(in: 0...6000, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            check(bytes, seed)
        }
    }

    private func check(_ text: [UInt8], _ seed: Int) {
        for command in [nil, "pytest", "make"] {
            let result = ToolResult(text: text, toolName: "bash", command: command)
            guard let saving = engine.shrink(result) else { continue }
            #expect(saving.tokensBefore - saving.tokensAfter >= SaverEngine.minimumSaved, "\(seed)")
            #expect(saving.tokensAfter == engine.count(saving.text), "\(seed)")
            #expect(engine.shrink(result) == saving, "\(seed)")
            #expect(engine.shrink(ToolResult(text: saving.text, command: command)) == nil, "\(seed)")
            if String(validating: text, as: UTF8.self) != nil {
                #expect(String(validating: saving.text, as: UTF8.self) != nil, "\(seed), \(saving.rule)")
            }
        }
    }

    /// Large texts that some rule could take too long over.
    private static let largeTexts: [@Sendable () -> String] = [
        { String(repeating: "x", count: 1 << 20) }, { String(repeating: "a:1:", count: 1 << 18) },
        {
            "[" + (0..<4000).map { #"{"a":\#($0),"b":"x\#($0 % 7)","c":{"d":"y\#($0)"}}"# }.joined(separator: ",") + "]"
        },
        {
            "["
                + (0..<600).map { row in
                    "{" + (0..<90).map { #""k\#($0)":"v\#(row * $0)""# }.joined(separator: ",") + "}"
                }
                .joined(separator: ",") + "]"
        },
        { "[" + (0..<3000).map { #"{"k\#($0)":1}"# }.joined(separator: ",") + "]" },
        { String(repeating: "[", count: 1 << 17) }, { String(repeating: #"{"a":"#, count: 1 << 15) },
        { "NAME  READY  STATUS  X\n" + (0..<9000).map { "pod-\($0)  1/1  Running  \($0)\n" }.joined() },
        { (0..<9000).map { "2026-01-02T03:04:05Z INFO w\($0) \(String($0, radix: 36))x\n" }.joined() },
        { (0..<9000).map { "2026-01-02T03:04:05Z WARN \($0 % 500)\n" }.joined() },
        { (0..<9000).map { "line \($0 % 5)\n" }.joined() }, { (0..<9000).map { "line \($0 * $0 % 97)\n" }.joined() },
        { String(repeating: "\tat a.b.c(D.java:1)\n", count: 9000) },
        { String(repeating: "ab:cd:ef:01:23:45:67:89:\n", count: 9000) + "x" },
        { "x" + String(repeating: "Ab1", count: 1 << 17) + "\n" + String(repeating: "y z\n", count: 99) },
        { String(repeating: "F4 x\n  --> a.py:1:2\n  |\n1 | x\n  | ^\n\n", count: 3000) },
        { String(repeating: "commit 0123456789012345678901234567890123456789\n    m\n a/b | 1 +\n", count: 3000) },
        { "a,b,c\n" + (0..<9000).map { "\($0),x\($0 % 9),\"y\"\n" }.joined() },
        { "| a | b |\n|---|---|\n" + (0..<9000).map { "| \($0) | x\($0 % 9) |\n" }.joined() },
        { (0..<9000).map { "src/a\($0 % 50).ts(\($0),1): error TS7: x\($0 % 70)\n" }.joined() },
        { "Certificate:\n" + String(repeating: "            X509v3 Key Usage:\n                A\n", count: 9000) },
        { String(repeating: "On branch a\n\tmodified:   b\n  (use \"git add\")\n", count: 4000) },
    ]

    @Test("large texts cost linear time", arguments: largeTexts.indices)
    func linear(_ index: Int) {
        let text = Array(Self.largeTexts[index]().utf8)
        let counting = SaverEngine { $0.count / 4 }
        let time = ContinuousClock().measure { _ = counting.shrink(ToolResult(text: text)) }
        // A debug build on a busy machine; what is not linear takes minutes.
        #expect(time < .seconds(30), "\(time)")
    }
}
