import SaverCore
import Testing

/// Builds and installations: everything that went wrong stays.
@Suite("Builds")
struct BuildTests {
    @Test("steps go, errors, warnings, places and summaries stay")
    func make() throws {
        var lines = ["make: Entering directory '/w'"]
        for unit in 1...30 {
            lines.append("cc -std=c11 -Wall -Werror=format -O2 -c src/unit_\(unit).c -o build/unit_\(unit).o")
        }
        let facts = [
            "src/unit_9.c:8:11: warning: comparison of integer expressions [-Wsign-compare]",
            "src/unit_12.c:17:30: error: 'row_t' has no member named 'missing'",
            "/usr/bin/ld: build/unit_9.o: undefined reference to `total'", "collect2: error: ld returned 1 exit status",
            "make: *** [Makefile:10: app] Error 1",
        ]
        for (index, fact) in facts.enumerated() { lines.insert(fact, at: 5 * index + 3) }
        for command in ["make", nil] {
            let saving = try #require(shrunk(lines.joined(separator: "\n"), command: command))
            for fact in facts { #expect(saving.lines.contains(fact), "\(fact)") }
            #expect(!saving.string.contains("-std=c11") && saving.string.contains("Entering directory"))
        }
    }

    @Test("the same message again is told once; another place is another message")
    func repeats() throws {
        let block = { (file: String) in
            [
                "/w/Sources/\(file).swift:21:13: warning: 'spare' was never used", "20 |     func f() {",
                "21 |         let spare = 1", "   |             `- warning: 'spare' was never used", "22 |     }", "",
            ]
        }
        var lines: [String] = []
        for step in 1...8 { lines += ["[\(step)/8] Compiling App File\(step).swift"] + block("A") + block("B") }
        let saving = try #require(shrunk(lines.joined(separator: "\n"), command: "swift build"))
        #expect(saving.lines.count { $0.contains("A.swift:21:13") } == 1)
        #expect(saving.lines.count { $0.contains("B.swift:21:13") } == 1)
        #expect(saving.string.contains("14 repeated messages"))
    }

    @Test("counted lines that are no steps stay")
    func counted() throws {
        var lines = (1...40).map { "[\($0)/80] Compiling unit_\($0).cpp with the usual options" }
        lines += ["[41/80] error: unit_41.cpp is missing", "[42/80] 3 of 5 checks", "[x/y] Compiling"]
        let saving = try #require(shrunk(lines.joined(separator: "\n"), command: "ninja"))
        #expect(
            saving.lines.dropLast() == [
                "[41/80] error: unit_41.cpp is missing", "[42/80] 3 of 5 checks", "[x/y] Compiling",
            ]
        )
    }

    @Test("rustc's places stay, what only points goes, tables do not")
    func rust() throws {
        var lines: [String] = []
        for file in 1...12 {
            lines += [
                "error[E0308]: mismatched types", "  --> src/m\(file).rs:29:12", "   |",
                "29 |     return best_\(file);", "   |            ^^^^^^^", "   |",
                "   = note: expected `Some` in m\(file)", "",
            ]
        }
        lines += ["error: could not compile", "| a | b |", "|---|---|", "| 1 | 2 |"]
        let saving = try #require(shrunk(lines.joined(separator: "\n"), command: "cargo build"))
        for file in 1...12 { #expect(saving.lines.contains("--> src/m\(file).rs:29:12")) }
        #expect(saving.lines.contains("|---|---|") && !saving.string.contains("^^^"))
    }

    @Test("labels under code stay, their marks as one sign; how to have a code explained goes")
    func labels() throws {
        var lines: [String] = []
        for file in 1...9 {
            lines += [
                "error[E0308]: mismatched types", " --> src/m\(file).rs:9:12", "  |",
                "9 |     let first\(file): &mut u32 = out;",
                "  |                 --------   ^^^ types --differ-- in \(file)", "  |                 |",
                "  |                 expected due to this", "",
            ]
        }
        lines += [
            "Some errors have detailed explanations: E0277, E0308.",
            "For more information about an error, try `rustc --explain E0277`.",
            "For more information about us, write.",
            "error: could not compile `m` (lib) due to 9 previous errors",
        ]
        let saving = try #require(shrunk(lines.joined(separator: "\n"), command: "cargo build"))
        for file in 1...9 { #expect(saving.lines.contains("| - ^ types --differ-- in \(file)")) }
        #expect(!saving.string.contains("--explain") && !saving.string.contains("detailed explanations"))
        #expect(saving.lines.contains("For more information about us, write."))
        #expect(saving.string.contains("2 lines of advice"))
    }

    @Test("npm's errors stay; lines of its own name alone go, and where its log is stands in fewer words")
    func npm() throws {
        let steps = (1...40).map {
            "npm http fetch GET 200 https://registry.example.com/package-\($0) 31ms (cache hit)"
        }
        let said = [
            "npm notice", "npm notice New major version of npm available! 10.8.2 -> 11.0.0", "npm notice",
            "npm error code ERESOLVE", "npm error ERESOLVE could not resolve", "npm error",
            "npm error While resolving: shop@1.0.0", "npm error network", "npm warn EBADENGINE",
            "npm error A complete log of this run can be found in: /home/dev/.npm/_logs/2026-debug-0.log",
        ]
        let saving = try #require(shrunk((steps + said).joined(separator: "\n"), command: "npm install"))
        #expect(
            saving.lines.dropLast() == [
                said[1], said[3], said[4], said[6], said[7], said[8],
                "npm error log: /home/dev/.npm/_logs/2026-debug-0.log",
            ]
        )
        #expect(saving.lines.last == "[keirouter: left out 43 lines of the package manager]")
    }

    @Test("prose and logs with the word error are no build", arguments: ["error: cannot reach", "warning: slow"])
    func prose(_ head: String) {
        let lines = (1...80).map { "Line \($0) of a report, which says nothing of a compiler at all." }
        #expect(shrunk(([head] + lines).joined(separator: "\n")) == nil)
    }

    @Test("package managers: warnings, results and what was asked for stay")
    func install() throws {
        var lines = (1...60).map { "Collecting package-\($0)>=1.0 (from -r requirements.txt)" }
        lines += (1...60).map { "Requirement already satisfied: dep-\($0) in /usr/lib/python3 (from package-1) (1.0)" }
        let facts = [
            "Requirement already satisfied: flask in /usr/lib/python3 (3.0)", "WARNING: pip is old",
            "ERROR: No matching distribution found for nothing==9", "Successfully installed package-1-1.0",
        ]
        for (index, fact) in facts.enumerated() { lines.insert(fact, at: index * 25) }
        let saving = try #require(shrunk(lines.joined(separator: "\n"), command: "pip install -r requirements.txt"))
        #expect(saving.lines.dropLast() == facts.map { $0 })
        #expect(saving.rule == "install")
    }

    @Test("what npm runs is not npm's")
    func runners() {
        let lines = (1...60).map { "Processing file \($0): changed \($0 * 2) lines of it and kept the others" }
        #expect(shrunk(lines.joined(separator: "\n"), command: "npm run format") == nil)
    }
}
