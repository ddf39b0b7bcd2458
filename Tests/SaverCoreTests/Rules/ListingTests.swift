import SaverCore
import Testing

/// Listings: names stay, but for folders that tools fill.
@Suite("Listings")
struct ListingTests {
    private static let sources = (1...30).map { "./src/module/file_\($0).swift" }
    private static let modules = (1...200).map { "./web/node_modules/package-\(($0 - 1) / 10)/file_\($0).js" }

    @Test("paths are grouped, and folders of made files are a name and a number")
    func paths() throws {
        let text = (["./README.md"] + Self.sources + Self.modules).joined(separator: "\n")
        let saving = try #require(shrunk(text, command: "find . -type f"))
        #expect(saving.rule == "paths" && saving.lines.count == 4)
        #expect(saving.lines[0] == "./README.md")
        #expect(saving.lines[1].hasPrefix("./src/module/: file_1.swift file_2.swift"))
        #expect(saving.lines[2] == "./web/node_modules/ (200 not shown)")
    }

    @Test(
        "what was asked for is shown",
        arguments: [
            "find web/node_modules -type f", "find . -name '*.js'", "find . -path '*/dist/*'", "ls -R web/node_modules",
            "find . -newer x",
        ]
    )
    func asked(_ command: String) throws {
        let text = (Self.sources + Self.modules).joined(separator: "\n")
        let saving = try #require(shrunk(text, command: command))
        #expect(saving.string.contains("file_177.js") && !saving.string.contains("not shown"))
    }

    @Test("a listing of nothing but a made folder is shown")
    func onlyMade() throws {
        let saving = try #require(shrunk(Self.modules.joined(separator: "\n")))
        #expect(saving.string.contains("file_177.js") && !saving.string.contains("not shown"))
    }

    @Test(
        "folders of common names are hidden only with proof",
        arguments: ["build", "target", "out", "dist", "env", "lib"]
    )
    func doubtful(_ folder: String) throws {
        let own = (1...60).map { "./\(folder)/steps/step_\($0).py" }
        let kept = try #require(shrunk((Self.sources + own).joined(separator: "\n")))
        #expect(kept.string.contains("step_60.py") && !kept.string.contains("not shown"))
        let made = (1...60).map { "./\(folder)/obj/unit_\($0).o" }
        let hidden = try #require(shrunk((Self.sources + made).joined(separator: "\n")))
        #expect(hidden.lines.contains("./\(folder)/ (60 not shown)"))
    }

    @Test("complaints among paths stay")
    func complaints() throws {
        let text = Self.sources + ["find: ./private: Permission denied"] + Self.modules
        let saving = try #require(shrunk(text.joined(separator: "\n"), command: "find ."))
        #expect(saving.lines.contains("find: ./private: Permission denied"))
    }

    @Test("long listings keep names, sizes and whatever is not the same for most")
    func long() throws {
        var lines = [
            "total 152", "drwxr-xr-x 12 dev dev 4096 Nov 23 07:11 .", "drwxr-xr-x  7 dev dev 4096 Nov 23 07:12 ..",
        ]
        lines += (1...30).map { "-rw-r--r-- 1 dev dev \($0 * 11) Nov 23 07:12 file \($0).txt" }
        lines += [
            "-rwxr-xr-x 1 root root 9 Nov 23 07:12 run.sh", "lrwxrwxrwx 1 dev dev 4 Jan  2  2024 link -> file 1.txt",
            "ls: cannot open directory 'x': Permission denied",
        ]
        let saving = try #require(shrunk(lines.joined(separator: "\n"), command: "ls -la"))
        #expect(saving.lines.contains("total 152") && saving.lines.contains("file 7.txt 77"))
        #expect(saving.lines.contains("run.sh 9 -rwxr-xr-x root root"))
        #expect(saving.lines.contains("link -> file 1.txt 4 lrwxrwxrwx Jan 2 2024"))
        #expect(saving.lines.contains("ls: cannot open directory 'x': Permission denied"))
        #expect(saving.lines.last?.contains("-rw-r--r-- drwxr-xr-x, dev dev, Nov 23 07:11-07:12") == true)
        let byTime = try #require(shrunk(lines.joined(separator: "\n"), command: "ls -lat"))
        #expect(byTime.lines.contains("file 7.txt 77 Nov 23 07:12"))
    }

    @Test("find -ls and ISO dates are long listings too")
    func otherLong() throws {
        let find = (1...40).map {
            "   \(1000 + $0)      4 -rw-r--r--   1 dev      dev          \($0) Nov 23 07:12 ./src/file_\($0).c"
        }
        #expect(try #require(shrunk(find.joined(separator: "\n"))).lines.contains("./src/file_9.c 9"))
        let iso = (1...40).map { "-rw-r--r-- 1 dev dev \($0) 2026-11-23 07:12 file_\($0).c" }
        #expect(try #require(shrunk(iso.joined(separator: "\n"))).lines.contains("file_9.c 9"))
    }

    @Test("sections of names are a line each")
    func names() throws {
        let made = (1...60).map { "package-\($0)" }.joined(separator: "\n")
        let sources = (1...40).map { "module_\($0).swift" }.joined(separator: "\n")
        let text = ".:\nREADME.md\nsrc\nnode_modules\n\n./src:\n\(sources)\nmy file.txt\n\n./node_modules:\n\(made)\n"
        let saving = try #require(shrunk(text, command: "ls -R"))
        #expect(saving.rule == "ls-names")
        #expect(saving.lines.contains("./node_modules/ (60 not shown)") && saving.lines.contains("./src/my file.txt"))
        let few = ".:\nsrc\ndocs\n\n./src:\n\(sources)\n\n./docs:\n\(sources)\n"
        #expect(try #require(shrunk(few)).string.contains("./docs/: module_1.swift module_2.swift"))
        #expect(shrunk(".:\n\(sources)\n\nNothing else was found\n\(sources)\n", command: "ls -R") == nil)
    }

    @Test(
        "a tree keeps every name outside made folders, and its summary",
        arguments: [("│   ", "├── "), ("|   ", "|-- ")]
    )
    func tree(_ stem: String, _ fork: String) throws {
        var lines = [".", "\(fork)src"]
        lines += (1...30).map { "\(stem)\(fork)module_\($0).swift" }
        lines += ["\(fork)node_modules"] + (1...50).map { "\(stem)\(fork)package-\($0)" }
        lines += ["", "2 directories, 80 files"]
        let saving = try #require(shrunk(lines.joined(separator: "\n"), command: "tree"))
        #expect(saving.rule == "tree" && saving.lines.contains(" module_17.swift"))
        #expect(
            saving.lines.contains("node_modules/ (50 not shown)") && saving.lines.contains("2 directories, 80 files")
        )
    }
}
