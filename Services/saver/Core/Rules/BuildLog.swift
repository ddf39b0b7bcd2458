/// Leaves out the steps of compilers and of what drives them: make, ninja, cmake, gcc, clang, cargo, swift, javac, maven.
///
/// Every error and warning stays with its place; steps, lines that only point, and what has been said before in the same
/// words go.
package struct BuildLog: Category {
    package let name = "build"
    private static let programs: Set<String> = [
        "make", "gmake", "ninja", "cmake", "gcc", "g++", "cc", "c++", "clang", "clang++", "cargo", "rustc", "swift",
        "swiftc", "xcodebuild", "javac", "go", "tsc", "mvn", "gradle", "gradlew", "bazel", "meson", "kotlinc", "zig",
    ]

    package init() {}

    package func isNamed(by command: ShellCommand) -> Bool {
        command.runs(anyOf: Self.programs) || command.runs("docker", ["build", "buildx", "compose"])
    }

    package func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting? {
        let isNamed = isNamed(by: command) || text.looks(1, BuildLine.isDockerStep)
        guard isNamed || text.looks(1, { BuildLine.isMessage($0) || BuildLine.isStep($0) }) else { return nil }
        var reader = BuildReader(text)
        reader.run()
        let isBuild = reader.diagnostics > 0 || reader.steps >= 3
        guard isBuild, isNamed || Fit.holds(reader.fitting, of: reader.lines) else { return nil }
        var omissions = Omissions()
        reader.tell(&omissions)
        var notes: [String] = []
        let whole = InnerListings.folded(ToolText(BlankLines.joined(reader.out)), &notes)
        let out = RepeatedBlocks.folded(ToolText(whole), &omissions)
        guard !omissions.isEmpty else { return nil }
        return Rewriting(text: out, notes: omissions.notes + notes)
    }
}
