/// The one place that says which texts are never made smaller.
package enum Untouchable {
    /// What a tool's name may not have as one of its words: the agent copies exact bytes from their results, or they give
    /// back what was left out before.
    private static let words: Set<String> = [
        "read", "view", "open", "edit", "editor", "write", "create", "insert", "replace", "patch", "notebook",
        "retrieve",
        "retrieval", "memory", "recall", "remember",
    ]
    private static let joined: Set<String> = [
        "readfile", "writefile", "editfile", "multiedit", "applypatch", "strreplace", "notebookread", "notebookedit",
        "readmanyfiles", "filecontents", "getfilecontents", "viewfile", "openfile", "createfile",
    ]
    /// Programs that print files as they are.
    private static let readers: Set<String> = [
        "cat", "head", "tail", "sed", "less", "more", "bat", "batcat", "nl", "awk", "gawk", "tac", "type",
        "get-content",
        "gc", "xxd", "od", "hexdump", "jq", "yq", "view", "strings",
    ]

    /// Programs that may have such a one run.
    private static let carriers: Set<String> = [
        "find", "xargs", "ssh", "docker", "podman", "kubectl", "parallel", "watch",
    ]

    /// Whether the result of a tool of that name stays as it is.
    package static func isProtected(tool name: String?) -> Bool {
        guard let name, !name.isEmpty else { return false }
        let tool = name.split(separator: "__").last.map(String.init) ?? name
        let parts = split(tool)
        return parts.contains(where: words.contains) || joined.contains(parts.joined())
            || parts.contains(where: joined.contains)
    }

    /// Whether the command prints files as they are: a reader that nothing is piped into, logs excepted.
    package static func isProtected(command: ShellCommand) -> Bool {
        command.steps.contains { step in
            if step.program == "git" {
                return step.subcommand == "cat-file"
                    || step.subcommand == "show" && step.arguments.contains(where: isBlob)
            }
            if carriers.contains(step.program) { return step.arguments.contains(where: readers.contains) }
            guard readers.contains(step.program.lowercased()), !step.isPiped else { return false }
            let files = step.arguments.filter { !$0.hasPrefix("-") && !$0.allSatisfy(\.isNumber) }
            return files.isEmpty || !files.allSatisfy { $0.hasSuffix(".log") }
        }
    }

    /// Whether the text is a numbered file: line after line a number one higher than the one before.
    ///
    /// A table whose first column counts its rows is none: it has a head and a ruler.
    package static func isNumberedFile(_ text: ToolText) -> Bool {
        guard text.count >= 3, !RuledTable.begins(text) else { return false }
        var (fitting, lines) = (0, 0)
        var last: Int?
        for index in 0..<text.count {
            let line = text.bare(index)
            guard !line.isBlankLine else { continue }
            lines += 1
            let number = lineNumber(line)
            if let number, last == nil || last == number - 1 { fitting += 1 }
            last = number ?? last.map { $0 + 1 }
        }
        return Fit.holds(fitting, of: lines)
    }

    private static func lineNumber(_ line: ArraySlice<UInt8>) -> Int? {
        let text = line.trimmedStart
        let digits = text.leadingDigits
        guard digits > 0, let number = text.prefix(digits).number else { return nil }
        let rest = text.dropFirst(digits)
        guard let next = rest.first else { return number }
        let isSeparated =
            next == .tab || next == UInt8(ascii: "|") || next == .colon || next == .hyphen || rest.starts("→")
            || rest.starts(" |")
        return isSeparated ? number : nil
    }

    /// `REVISION:path`.
    private static func isBlob(_ argument: String) -> Bool {
        !argument.hasPrefix("-") && !argument.hasPrefix(":") && argument.contains(":")
    }

    /// The words of a name that is written with capitals, hyphens or underscores.
    private static func split(_ name: String) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        var wasLower = false
        func end() {
            if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
            word = []
        }
        for byte in name.utf8.prefix(256) {
            let isUpper = byte >= 0x41 && byte <= 0x5A
            if !byte.isLetter || isUpper && wasLower { end() }
            if byte.isLetter { word.append(byte.lowered) }
            wasLower = byte.isLetter && !isUpper
        }
        end()
        return words
    }
}
