import SaverCore
import Testing

/// Terminal output as the terminal showed it.
@Suite("Normalizer")
struct NormalizerTests {
    private func plain(_ text: String, command: String? = nil) -> String {
        String(decoding: Normalizer.plain(Array(text.utf8), ShellCommand(command)).text, as: UTF8.self)
    }

    @Test(
        "control sequences go, everything else stays",
        arguments: [
            ("\u{1B}[31mred\u{1B}[0m", "red"), ("\u{1B}[1;38;5;208mx\u{1B}[m", "x"), ("a\u{1B}[2K\u{1B}[1Gb", "ab"),
            ("\u{1B}]8;;https://x.example\u{07}link\u{1B}]8;;\u{07}", "link"), ("\u{1B}]0;t\u{1B}\\x", "x"),
            ("\u{1B}(Bx", "x"), ("a\u{1B}", "a\u{1B}"), ("a\u{1B}[", "a\u{1B}["), ("\u{1B}]open", "\u{1B}]open"),
            ("caf\u{E9} \u{2713}", "caf\u{E9} \u{2713}"), ("[31m", "[31m"),
        ]
    )
    func escapes(_ text: String, _ expected: String) {
        #expect(plain(text) == expected)
    }

    @Test(
        "of a line that counts on, the last state stays",
        arguments: [
            ("get:  1%\rget: 50%\rget: 100% done\n", "get: 100% done\n"),
            ("a 1/3\ra 2/3\ra 3/3\r\n", "a 3/3\r\n"), ("read 1 KiB\rread 2 MiB\n", "read 2 MiB\n"),
            ("x\r\ny\r\n", "x\r\ny\r\n"), ("plain\n", "plain\n"),
            ("load 10%\rERROR: disk full\rload 20%\n", "load 10%\rERROR: disk full\rload 20%\n"),
            ("first words\rother things\n", "first words\rother things\n"),
        ]
    )
    func progress(_ text: String, _ expected: String) {
        #expect(plain(text) == expected)
    }

    @Test("no error is lost among the states of a bar")
    func errors() throws {
        let bar = (0...300).map { "fetch \($0)/300 [\(String(repeating: "#", count: $0 / 10))]" }.joined(
            separator: "\r"
        )
        let saving = try #require(shrunk(bar + "\rWARNING: retrying shard 7\rfetch 300/300 done\n"))
        #expect(saving.string.contains("WARNING: retrying shard 7") && saving.string.contains("fetch 300/300 done"))
        #expect(saving.saver == "normalizer" && saving.string.contains("earlier progress states]"))
    }

    @Test("colours that alone tell added from removed stay")
    func wordDiff() {
        let body = "diff --git a/x b/x\n@@ -1,2 +1,2 @@\n same \u{1B}[31mold\u{1B}[m\u{1B}[32mnew\u{1B}[m words\n"
        let text = String(repeating: body, count: 60)
        #expect(shrunk(text) == nil)
        #expect(plain("\u{1B}[31mold\u{1B}[m", command: "git diff --color-words") == "\u{1B}[31mold\u{1B}[m")
        #expect(plain("\u{1B}[31m-old\u{1B}[m\n", command: "git diff") == "-old\n")
    }
}
