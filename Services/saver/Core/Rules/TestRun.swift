/// Leaves out the tests that passed: pytest, unittest, jest, vitest, node, mocha, TAP, go, cargo, XCTest, Swift Testing,
/// gtest, ctest, gradle, dotnet.
///
/// Every failure, skip, message, place and count stays. What the compiler said before is treated as a build, failures
/// that are told a second time in the same words are marked, and so are frames of the runtime.
package struct TestRun: Category {
    package let name = "tests"
    private static let runners: Set<String> = [
        "pytest", "py.test", "tox", "nox", "jest", "vitest", "mocha", "ctest", "xctest", "playwright", "rspec",
        "phpunit",
    ]
    /// Programs that run tests when they are asked to.
    private static let drivers: Set<String> = [
        "npm", "pnpm", "yarn", "bun", "deno", "make", "cargo", "go", "swift", "mvn", "mvnw", "gradle", "gradlew",
        "dotnet",
        "bazel", "just", "task", "xcodebuild", "mix", "npx", "uv", "poetry",
    ]
    private static let words: Set<String> = ["test", "t", "nextest", "pytest", "check", "verify"]
    /// Fewer passes than this are shown.
    private static let minimumPasses = 3

    package init() {}

    package func isNamed(by command: ShellCommand) -> Bool {
        command.steps.contains { step in
            if Self.runners.contains(step.program) { return true }
            if step.program == "npx", step.subcommand.map(Self.runners.contains) == true { return true }
            if step.program.hasPrefix("python") {
                return step.has("pytest") || step.has("unittest")
                    || step.arguments.contains { $0.hasSuffix("manage.py") }
            }
            if step.program == "node" { return step.has("--test") }
            return Self.drivers.contains(step.program)
                && step.arguments.contains { Self.words.contains($0) || $0.hasPrefix("test:") || $0.hasSuffix(":test") }
        }
    }

    package func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting? {
        var omissions = Omissions()
        guard let failures = Self.withoutPasses(text, isNamed: isNamed(by: command), &omissions) else { return nil }
        let own = StackFrames.folded(ToolText(failures), &omissions)
        var reader = BuildReader(ToolText(own))
        reader.run()
        reader.tell(&omissions)
        let out = RepeatedBlocks.folded(ToolText(BlankLines.joined(reader.out)), &omissions)
        return Rewriting(text: out, notes: omissions.notes)
    }

    /// The text without tests that passed; `nil` when it is no test run.
    private static func withoutPasses(_ text: ToolText, isNamed: Bool, _ omissions: inout Omissions) -> [UInt8]? {
        guard isNamed || text.looks(5, { TestLine.isPass($0) || TestLine.isSummary($0) }) else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(text.bytes.count)
        var (passes, summaries) = (0, 0)
        var index = 0
        while index < text.count {
            let line = text.bare(index)
            if TestLine.isPass(line) {
                passes += 1
                index += 1
                skipDiagnosis(of: line, text, &index)
            } else if let end = passedSuite(text, index) {
                index = end
                omissions.add(1, "passed suite")
            } else {
                if TestLine.isSummary(line) { summaries += 1 }
                out.appendLine(text[index])
                index += 1
            }
        }
        guard passes >= minimumPasses, summaries > 0 else { return nil }
        omissions.add(passes, "line on passing tests", "lines on passing tests")
        return out
    }

    /// TAP's block of details below a test that passed.
    private static func skipDiagnosis(of pass: ArraySlice<UInt8>, _ text: ToolText, _ index: inout Int) {
        guard pass.trimmedStart.starts("ok "), index < text.count, text.bare(index).trimmedStart.equals("---") else {
            return
        }
        var end = index + 1
        while end < text.count, end < index + 16, !text.bare(end).trimmedStart.equals("...") { end += 1 }
        if end < text.count, text.bare(end).trimmedStart.equals("...") { index = end + 1 }
    }

    /// XCTest's two lines about a suite without failures, unless they are those of the whole run.
    private static func passedSuite(_ text: ToolText, _ index: Int) -> Int? {
        guard index + 1 < text.count, text[index].starts("Test Suite '"), text[index].contains("' passed at "),
            !text[index].contains("'All tests'"), text[index + 1].contains(", with 0 failures (0 unexpected)")
        else { return nil }
        return index + 2
    }
}
