import SaverCore
import Testing

/// Test runs: what failed stays, with its message and place, and so do the counts.
@Suite("Test runs")
struct TestRunTests {
    private func folded(_ lines: [String], _ command: String? = nil) throws -> [String] {
        let saving = try #require(shrunk(lines.joined(separator: "\n"), command: command))
        #expect(saving.rule == "tests")
        return saving.lines
    }

    @Test(
        "of each runner the passing tests go and everything else stays",
        arguments: [
            (
                "pytest -v", "tests/test_a.py::test_works_%@ PASSED     [ 12%]",
                ["tests/test_a.py::test_errors FAILED  [ 50%]", "E   assert 1 == 2", "1 failed, 60 passed in 0.31s"]
            ),
            (
                "python -m unittest -v", "test_works_%@ (mod.Case) ... ok",
                ["test_bad (mod.Case) ... FAIL", "Ran 61 tests in 0.001s", "FAILED (failures=1)"]
            ),
            (
                "cargo test", "test module::works_%@ ... ok",
                ["test module::bad ... FAILED", "test result: FAILED. 60 passed; 1 failed; 0 ignored"]
            ),
            (
                "go test -v ./...", "--- PASS: TestWorks%@ (0.00s)",
                ["--- FAIL: TestBad (0.01s)", "    a_test.go:12: got 1", "FAIL\texample.com/a\t0.1s"]
            ),
            (
                "npm test", "ok %@ - works as it should",
                ["not ok 61 - bad", "ok 62 - later # SKIP no network", "1..62", "# fail 1"]
            ),
            (
                "npx vitest run", " ✓ src/a.test.ts > works %@ 3ms",
                [" ✗ src/a.test.ts > bad 4ms", " Test Files  1 failed (1)", "      Tests  1 failed | 60 passed (61)"]
            ),
            (
                "swift test", "Test Case 'A.testWorks%@' passed (0.001 seconds)",
                ["/w/A.swift:9: error: A.testBad : failed", "\t Executed 61 tests, with 1 failure (0 unexpected)"]
            ),
            (
                "ctest", " %@/61 Test  #3: works_fine ....................   Passed    0.01 sec",
                [" 61/61 Test #61: bad ....***Failed    0.01 sec", "98% tests passed, 1 tests failed out of 61"]
            ),
        ]
    )
    func runners(_ command: String, _ pass: String, _ others: [String]) throws {
        var lines = (10...69).map { pass.replacing("%@", with: String($0)) }
        for (index, other) in others.enumerated() { lines.insert(other, at: index * 15 + 5) }
        for command in [command, nil] {
            #expect(try folded(lines, command).dropLast() == others[...], "\(command ?? "text alone")")
        }
    }

    @Test("a failure that is told twice is told once, under its name both times")
    func repeats() throws {
        let failure = { (name: String) in
            ["✖ \(name) (1.2ms)"] + (1...9).map { "  detail \($0) of \(name), which says what was expected" } + [""]
        }
        let passes = (1...40).map { "✔ works \($0) (0.1ms)" }
        let lines = passes + failure("a") + failure("b") + ["ℹ tests 42", "ℹ fail 2", "✖ failing tests:", ""]
        let result = try folded(lines + failure("a") + failure("b"), "node --test")
        #expect(result.count { $0.hasPrefix("✖ a ") } == 2 && result.count { $0.contains("detail 3 of a") } == 1)
    }

    @Test("frames of the runtime go where others are left, and stay where they are all there is")
    func frames() throws {
        let own = "    at check (/w/src/a.js:31:10)"
        let runtime = (1...12).map { "    at Test.run (node:internal/test_runner/test:\($0):5)" }
        let text = (1...6).flatMap { ["Error: number \($0)", own] + runtime }.joined(separator: "\n")
        let saving = try #require(shrunk(text))
        #expect(saving.rule == "stack" && saving.lines.count { $0 == own } == 6)
        #expect(!saving.string.contains("node:internal"))
        let bare = (1...6).flatMap { ["Error: number \($0)"] + runtime }.joined(separator: "\n")
        #expect(try #require(shrunk(bare)).string.contains("node:internal/test_runner/test:12:5"))
    }

    @Test("ticks without a run of tests are somebody's list")
    func ticks() {
        let lines = (1...60).map { "✔ Container app-\($0) started on host \($0 * 7)" }
        #expect(shrunk(lines.joined(separator: "\n"), command: "docker compose up -d") == nil)
    }
}
