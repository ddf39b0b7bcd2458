/// What one line of a test run's output is.
enum TestLine {
    /// What a run's own counts begin with, or hold; they always stay.
    private static let summaries = Heads([
        "test result: ", "Tests:", "Test Suites:", "Tests run:", "Ran ", "FAILED", "PASSED", "ok  \t", "FAIL\t",
        "# tests ", "# pass ", "# fail ", "1..", "ℹ tests ", "ℹ pass ", "ℹ fail ", "=====", "[==========]",
        "[  PASSED  ]", "[  FAILED  ]", "100% tests passed", "Test Suite 'All tests'", "running ", "✔ Test run with ",
        "✘ Test run with ", "Test Files ", " Test Files ", "      Tests ", "Executed ", "\t Executed ", "Passed!",
        "Failed!", "Total tests:", "OK (", "tests ", "Finished in ", "PASS",
    ])
    private static let passes = Heads([
        "=== RUN ", "=== PAUSE ", "=== CONT ", "=== NAME ", "--- PASS: ", "✔ ", "✓ ", "√ ", "◇ Test ", "◇ Suite ",
        "[ RUN      ]", "[       OK ]", "[----------]",
    ])

    static func isSummary(_ line: ArraySlice<UInt8>) -> Bool {
        summaries.begins(line) || line.contains(" passed") && line.contains(where: \.isDigit)
            || line.contains(" passing") || line.contains(" examples, ")
    }

    /// A test that passed or only began, in the words of a runner; what a test is called says nothing about how it went.
    static func isPass(_ line: ArraySlice<UInt8>) -> Bool {
        let bare = line.trimmedStart
        guard let first = bare.first else { return false }
        if passes.begins(bare) { return !bare.starts("✔ Test run with ") && !isSummary(line) }
        switch first {
        case UInt8(ascii: "t"), UInt8(ascii: "T"):
            // cargo, XCTest, unittest.
            if bare.starts("test "), line.ends(" ... ok") { return true }
            if bare.starts("Test Case '") { return line.contains("' started") || line.contains("' passed (") }
            if bare.starts("Test Suite '") { return line.contains("' started at ") }
            if bare.starts("test_") || bare.starts("test") { return line.ends(") ... ok") || isPytest(bare) }
            return isPytest(bare)
        case UInt8(ascii: "o"): return isTAP(bare)
        case UInt8(ascii: "P"): return bare.starts("Passed ") && line.ends("]") || isPytest(bare)
        default: return isPytest(bare) || isGradle(line) || isCTest(bare)
        }
    }

    /// `path::name PASSED  [ 12%]`, or `path ......  [ 12%]` of dots alone.
    private static func isPytest(_ line: ArraySlice<UInt8>) -> Bool {
        let bare = withoutShare(line)
        if bare.ends(" PASSED") { return bare.contains("::") }
        guard line.count > bare.count, let blank = bare.lastIndex(of: .space) else { return false }
        let marks = bare[(blank + 1)...]
        return bare[..<blank].contains(".py") && !marks.isEmpty && marks.allSatisfy { $0 == .dot }
    }

    /// Without `[ 12%]` at the end.
    private static func withoutShare(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard line.ends("%]"), let open = line.suffix(8).lastIndex(of: UInt8(ascii: "[")) else {
            return line.trimmedEnd
        }
        return line[..<open].trimmedEnd
    }

    /// `ok 12 - name`, unless it was skipped or is still to do.
    private static func isTAP(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.starts("ok ") else { return false }
        return line.dropFirst(3).leadingDigits > 0 && !line.contains(" # ")
    }

    /// `FooTest > does this() PASSED`.
    private static func isGradle(_ line: ArraySlice<UInt8>) -> Bool {
        line.ends(" PASSED") && line.contains(" > ")
    }

    /// ` 1/10 Test  #1: name ....   Passed    0.01 sec`, `Start  1: name`.
    private static func isCTest(_ line: ArraySlice<UInt8>) -> Bool {
        if line.starts("Start ") { return line.dropFirst(6).trimmedStart.leadingDigits > 0 && line.contains(": ") }
        return line.first?.isDigit == true && line.contains(" Test ") && line.contains("   Passed ")
            && line.ends(" sec")
    }
}
