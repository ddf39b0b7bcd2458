import SaverCore
import Testing

/// `git status` and `git log`: paths, states, subjects and counts stay.
@Suite("git status and log")
struct GitTextTests {
    @Test("each path stays under its state, advice goes")
    func status() throws {
        var lines = [
            "On branch main", "Your branch is ahead of 'origin/main' by 2 commits.",
            "  (use \"git push\" to publish your local commits)", "", "Changes not staged for commit:",
            "  (use \"git add <file>...\" to update what will be committed)",
        ]
        lines += (1...30).map { "\tmodified:   src/module_\($0).c" }
        lines += ["\tdeleted:    src/old.c", "\tmodified:   src/last.c", "", "Untracked files:"]
        lines += ["  (use \"git add <file>...\" to include in what will be committed)", "\tmy notes.txt", ""]
        let saving = try #require(shrunk(lines.joined(separator: "\n"), command: "git status"))
        #expect(saving.rule == "git-status")
        let text = saving.string
        #expect(text.contains("deleted:\nsrc/old.c\nmodified:\nsrc/last.c\nUntracked files:\nmy notes.txt\n"))
        for file in 1...30 { #expect(saving.lines.contains("src/module_\(file).c")) }
        #expect(text.contains("ahead of 'origin/main' by 2 commits") && !text.contains("(use \"git"))
    }

    @Test("names, authors, days, subjects, references and counts of commits stay")
    func log() throws {
        let lines = (1...12).flatMap { number in
            [
                "commit \(String(repeating: "0123456789abcdef", count: 3).prefix(38))\(number + 10)",
                "Author: Ada Example <ada@example.com>", "Date:   Mon Jan \(number) 10:11:12 2026 +0200", "",
                "    Change number \(number)", "    ", "    The reason is said at some length here, once for all.",
                "    Refs: #\(number)", "    Signed-off-by: Ada Example <ada@example.com>", "",
                " src/a/b/c/file_\(number).c | \(number) +++++-----", " src/a/b/c/other.c | 2 ++",
                " 2 files changed, 9 insertions(+), 5 deletions(-)", "",
            ]
        }
        let saving = try #require(shrunk(lines.joined(separator: "\n"), command: "git log --stat"))
        #expect(saving.rule == "git-log")
        #expect(saving.lines[0] == "0123456789 Ada Example <ada@example.com>, Jan 1 2026: Change number 1")
        for number in 2...12 {
            #expect(saving.lines.contains("0123456789 Ada Example, Jan \(number): Change number \(number)"))
            #expect(saving.lines.contains(" Refs: #\(number)"))
            #expect(saving.string.contains("file_\(number).c \(number)+-, other.c 2+"))
        }
        #expect(saving.lines.count { $0 == "2 files changed, 9 insertions(+), 5 deletions(-)" } == 12)
        #expect(saving.lines.count { $0.contains("The reason is said") } == 1)
    }
}
