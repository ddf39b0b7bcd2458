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
        #expect(saving.lines[0] == "01234567 Ada Example <ada@example.com>, Jan 1 2026: Change number 1")
        for number in 2...12 {
            #expect(saving.lines.contains("01234567 Jan \(number): Change number \(number) ~"))
            #expect(saving.lines.contains(" Refs: #\(number)"))
            #expect(saving.string.contains("file_\(number).c \(number)+-, other.c 2+"))
        }
        #expect(saving.lines.count { $0 == "2 files changed, 9 insertions(+), 5 deletions(-)" } == 12)
        #expect(saving.lines.count { $0.contains("The reason is said") } == 1)
    }

    @Test("an author or a day is told where it changes, a file's number where there are several")
    func changes() throws {
        let people = ["Ada Example <ada@example.com>", "Bo Example <bo@example.com>"]
        let lines = (1...20).flatMap { number in
            [
                "commit \(String(repeating: "a1b2c3d4e5", count: 4))", "Author: \(people[number / 4 % 2])",
                "Date:   Mon Jan \(1 + number / 3) 10:\(number + 10):12 2026 +0200", "", "    Change number \(number)",
                "",
                " src/file_\(number).c | \(number) +++++-----",
                number == 9 ? " a.bin | Bin 0 -> 3000 bytes" : "",
                " \(number == 9 ? 2 : 1) file\(number == 9 ? "s" : "") changed, \(number) insertions(+)", "",
            ].filter { number == 9 || !$0.isEmpty }
        }
        let saving = try #require(shrunk(lines.joined(separator: "\n"), command: "git log --stat"))
        #expect(
            saving.lines.prefix(9) == [
                "a1b2c3d4 Ada Example <ada@example.com>, Jan 1 2026: Change number 1", "src/: file_1.c",
                "1 file changed, 1 insertions(+)", "a1b2c3d4: Change number 2", "src/: file_2.c",
                "1 file changed, 2 insertions(+)", "a1b2c3d4 Jan 2: Change number 3", "src/: file_3.c",
                "1 file changed, 3 insertions(+)",
            ]
        )
        #expect(saving.lines.contains("a1b2c3d4 Bo Example <bo@example.com>: Change number 4"))
        #expect(saving.lines.contains("a1b2c3d4 Ada Example: Change number 8"))
        #expect(saving.lines.contains("src/: file_9.c 9+-") && saving.lines.contains("a.bin Bin 0 -> 3000 bytes"))
        #expect(saving.lines.last?.contains("author or day where as above") == true)
    }
}
