import SaverCore
import Testing

/// What is never made smaller.
@Suite("Untouchable")
struct UntouchableTests {
    @Test(
        "results of tools that read, write or give back",
        arguments: [
            "Read", "read_file", "readFile", "ReadFile", "mcp__filesystem__read_text_file", "view",
            "str_replace_editor",
            "str_replace_based_edit_tool", "Edit", "MultiEdit", "multiedit", "Write", "write_file", "NotebookEdit",
            "NotebookRead", "apply_patch", "applyPatch", "create_file", "insert_edit_into_file", "headroom_retrieve",
            "memory_search", "mcp__memory__open_nodes", "text_editor_20250124", "get_file_contents", "getFileContents",
        ]
    )
    func tools(_ name: String) {
        #expect(Untouchable.isProtected(tool: name))
    }

    @Test(
        "results of others",
        arguments: [
            "bash", "Bash", "shell", "run_command", "Grep", "Glob", "LS", "execute", "thread_list", "spreadsheet",
        ]
    )
    func otherTools(_ name: String) {
        #expect(!Untouchable.isProtected(tool: name))
    }

    @Test(
        "commands that print files",
        arguments: [
            "cat a.py", "cd x && cat a.py", "head -50 src/a.swift", "sed -n '1,80p' a.c", "bash -lc \"cat a.py\"",
            "git show HEAD:src/a.py", "git -C x show HEAD~2:a.py", "find . -name '*.py' -exec cat {} +",
            "ls | xargs cat",
            "for f in *.c; do cat $f; done", "git diff; tail -20 a.txt", "sudo cat /etc/hosts", "Get-Content a.ps1",
            "docker exec web cat /app/main.py", "jq . package.json",
        ]
    )
    func readers(_ command: String) {
        #expect(Untouchable.isProtected(command: ShellCommand(command)), "\(ShellCommand(command).steps)")
    }

    @Test(
        "commands that print something else",
        arguments: [
            "git diff | head -200", "git show HEAD", "grep -rn cat .", "make 2>&1 | tail -50", "tail -100 service.log",
            "git diff -- cat.py", "ls -la", "git log --grep 'a: b'", "echo cat", "",
        ]
    )
    func others(_ command: String) {
        #expect(!Untouchable.isProtected(command: ShellCommand(command)), "\(ShellCommand(command).steps)")
    }

    @Test("numbered files, whatever stands between number and text", arguments: ["\t", "→", ": ", " | ", "- "])
    func numbered(_ separator: String) {
        let lines = (1...400).map { "\($0)\(separator)    def handler_\($0)(self, request, response):" }
        for start in [0, 120] {
            let text = lines[start...].joined(separator: "\n")
            #expect(Untouchable.isNumberedFile(ToolText(Array(text.utf8))))
            #expect(shrunk(text) == nil)
        }
    }

    @Test("numbers that do not count on are no file")
    func search() {
        let text = (1...40).map { "\($0 * 7)\ttotal = total + row" }.joined(separator: "\n")
        #expect(!Untouchable.isNumberedFile(ToolText(Array(text.utf8))))
    }
}
