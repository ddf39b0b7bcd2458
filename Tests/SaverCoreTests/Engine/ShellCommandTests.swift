import SaverCore
import Testing

/// Commands taken apart.
@Suite("Shell commands")
struct ShellCommandTests {
    @Test(
        "programs and what they are asked for",
        arguments: [
            ("git diff", ["git diff"]), ("cd /repo && git diff HEAD~1 -- a.c", ["cd /repo", "git diff HEAD~1 -- a.c"]),
            ("FOO=1 BAR='a b' make -k | tail -5", ["make -k", "tail -5"]), ("/usr/bin/git status", ["git status"]),
            ("timeout 60 cargo build", ["cargo build"]), ("bash -lc 'cd x; rg -n foo'", ["cd x", "rg -n foo"]),
            ("bash -lc git diff", ["git diff"]), ("echo \"a; b\" ; ls", ["echo a; b", "ls"]),
            ("python3 - <<'E'\nprint('git diff')\nE", ["python3 -"]), ("make 2>&1 || true", ["make 2>&1", "true"]),
            ("(cd a && ls -la) &", ["cd a", "ls -la"]), ("", []), ("   ", []), ("'", []), ("\\", []), ("&&||;|", []),
            ("if make; then ls; fi", ["make", "ls", "fi"]), ("env -i A=1 sudo git log", ["git log"]),
        ]
    )
    func steps(_ command: String, _ expected: [String]) {
        let steps = ShellCommand(command).steps.map { ([$0.program] + $0.arguments).joined(separator: " ") }
        #expect(steps == expected)
    }

    @Test("what is piped is known")
    func pipes() {
        let steps = ShellCommand("git diff | cat; ls || cat a |& less").steps
        #expect(steps.map(\.isPiped) == [false, true, false, false, true])
    }

    @Test("a long command costs no more than its start")
    func long() {
        let command = ShellCommand(String(repeating: "bash -c '", count: 1_000_000))
        #expect(command.text.count == 4096)
    }
}
