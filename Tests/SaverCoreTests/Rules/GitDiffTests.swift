import Foundation
import SaverCore
import Testing

/// Diffs: every change stays.
@Suite("git diff")
struct GitDiffTests {
    /// A diff of one file, its hunks built from their lines.
    static func diff(_ hunks: [[String]], header: [String]? = nil) -> String {
        var lines =
            header ?? [
                "diff --git a/src/a.c b/src/a.c", "index 313ffc5..c99750e 100644", "--- a/src/a.c", "+++ b/src/a.c",
            ]
        for (number, hunk) in hunks.enumerated() {
            let old = hunk.count { $0.first == " " || $0.first == "-" }
            let new = hunk.count { $0.first == " " || $0.first == "+" }
            lines.append("@@ -\(number * 100 + 1),\(old) +\(number * 100 + 1),\(new) @@ int step(void)")
            lines += hunk
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let filler = (0..<30).map { " unchanged line number \($0) of this function;" }

    @Test("changed lines, hunk headers, and what happened to a file stay; the rest goes")
    func shape() throws {
        let hunk =
            Self.filler.prefix(3) + ["-old();", "+new();"] + Self.filler.prefix(20) + ["+added();"]
            + Self.filler.suffix(3)
        let text =
            Self.diff([Array(hunk)])
            + Self.diff(
                [["+only"]],
                header: [
                    "diff --git a/old name.c b/new name.c", "similarity index 95%", "rename from old name.c",
                    "rename to new name.c", "index 1..2 100644", "--- a/old name.c", "+++ b/new name.c",
                ]
            )
            + "diff --git a/x.bin b/x.bin\nnew file mode 100755\nindex 0000000..1\nBinary files /dev/null and b/x.bin differ\n"
        let saving = try #require(shrunk(text))
        #expect(
            saving.lines.dropLast() == [
                "diff src/a.c", "@@ -1,27 +1,28 @@ int step(void)", "-old();", "+new();", "~", "+added();",
                "diff old name.c -> new name.c (similarity index 95%, rename)", "@@ -1,0 +1,1 @@ int step(void)",
                "+only",
                "diff x.bin (new file mode 100755, Binary files differ)",
                "[keirouter: left out 26 unchanged and 12 header lines, ~ marks a gap]",
            ]
        )
    }

    @Test("the function around a hunk is told once as long as it is the same; a usual mode is none")
    func sections() throws {
        let hunks = (0..<4).map { Self.filler + ["-old_\($0)();"] }
        let text =
            Self.diff(hunks)
            + Self.diff(
                [["+only"]],
                header: ["diff --git a/b.c b/b.c", "new file mode 100644", "index 0..1", "--- /dev/null", "+++ b/b.c"]
            )
        let other = text.replacingOccurrences(
            of: "@@ -201,31 +201,30 @@ int step(void)",
            with: "@@ -201,31 +201,30 @@ int stop(void)"
        )
        let saving = try #require(shrunk(other, command: "git show"))
        #expect(
            saving.lines.filter { $0.hasPrefix("@@") || $0.hasPrefix("diff") } == [
                "diff src/a.c", "@@ -1,31 +1,30 @@ int step(void)", "@@ -101,31 +101,30 @@",
                "@@ -201,31 +201,30 @@ int stop(void)", "@@ -301,31 +301,30 @@ int step(void)", "diff b.c (new file)",
                "@@ -1,0 +1,1 @@ int step(void)",
            ]
        )
    }

    @Test("content that looks like a header is content")
    func lookalikes() throws {
        let changes = ["---- a/list", "+++ b", "-@@ -1 +1 @@", "+diff --git a/x b/x", "-index 1..2", "+\\ No newline"]
        let text = Self.diff([Self.filler + changes + Self.filler])
        let saving = try #require(shrunk(text, command: "git diff"))
        for change in changes { #expect(saving.lines.contains(change), "\(change)") }
    }

    @Test("a word diff, whose changes stand inside of lines, stays as it is")
    func wordDiff() {
        let line = " total = [-old_price-]{+new_price+} * quantity of the row that is looked at"
        let text = Self.diff(Array(repeating: Self.filler + [line] + Self.filler, count: 3))
        #expect(shrunk(text) == nil)
        #expect(shrunk(text, command: "git diff --word-diff") == nil)
    }

    @Test("a diff that was cut off keeps what follows the cut")
    func cut() throws {
        let whole = Self.diff([Self.filler + ["-old();"] + Self.filler, Self.filler + ["+new();"]])
        var lines = whole.split(separator: "\n").map(String.init)
        lines.insert("... output truncated (120 lines) ...", at: 40)
        let saving = try #require(shrunk(lines.joined(separator: "\n"), command: "git diff"))
        #expect(saving.lines.contains("... output truncated (120 lines) ..."))
        #expect(saving.lines.contains("-old();") && saving.lines.contains("+new();"))
    }

    @Test("lines of commits, merges and statistics stay")
    func others() throws {
        let before = [
            "commit 1234567", "Author: A <a@example.com>", "", "    Fix the error", "", " src/a.c | 2 +-",
            " 1 file changed", "",
        ]
        let merge = [
            "diff --cc m.c", "index 1,2..3", "--- a/m.c", "+++ b/m.c", "@@@ -1,1 -1,1 +1,2 @@@", "++both", " +one",
        ]
        let text = (before + [Self.diff([Self.filler + ["-old();"] + Self.filler])] + merge).joined(separator: "\n")
        let saving = try #require(shrunk(text, command: "git show"))
        for line in before + merge { #expect(saving.lines.contains(line), "\(line)") }
    }

    @Test("control characters of the files stay, those of the colours go")
    func control() throws {
        let changes = ["+load 1%\rload 2%\rload 3%", "-say \u{1B}[31mred\u{1B}[0m"]
        let text = Self.diff([Self.filler + changes + Self.filler])
        let saving = try #require(shrunk(text))
        for change in changes { #expect(saving.lines.contains(change)) }
        let coloured = text.split(separator: "\n").map { "\u{1B}[1m\($0)\u{1B}[m" }.joined(separator: "\n")
        #expect(try #require(shrunk(coloured)).lines.contains("@@ -1,61 +1,61 @@ int step(void)"))
    }

    @Test("a patch that is made to be applied stays")
    func patch() {
        let text = Self.diff([Self.filler + ["-old();"] + Self.filler])
        #expect(shrunk(text) != nil && shrunk(text, command: "git format-patch --stdout HEAD~1") == nil)
    }

    @Test("diffs with other prefixes, or none, and plain ones")
    func prefixes() throws {
        let headers = [
            ["diff --git i/src/a.c w/src/a.c", "index 1..2", "--- i/src/a.c", "+++ w/src/a.c"],
            ["diff --git src/a.c src/a.c", "index 1..2", "--- src/a.c", "+++ src/a.c"],
            [
                "diff --git a/src/a.c b/src/a.c", "deleted file mode 100644", "index 1..0", "--- a/src/a.c",
                "+++ /dev/null",
            ],
        ]
        for header in headers {
            let saving = try #require(shrunk(Self.diff([Self.filler + ["-old();"]], header: header)))
            #expect(saving.lines[0].hasPrefix("diff src/a.c"), "\(saving.lines[0])")
        }
        let plain = Self.diff([Self.filler + ["-old();"]], header: ["--- a.c\t2026-01-01", "+++ a.c\t2026-01-02"])
        #expect(try #require(shrunk(plain)).lines[0] == "--- a.c\t2026-01-01 +++ a.c\t2026-01-02")
    }
}
