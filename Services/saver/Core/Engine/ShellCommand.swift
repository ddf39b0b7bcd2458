/// One program that a command line runs, as far as a rule must know it.
package struct ShellStep: Hashable, Sendable {
    /// The program's name without its folder.
    package var program: String
    package var arguments: [String]
    /// Whether it reads what another one writes.
    package var isPiped: Bool

    package func has(_ argument: String) -> Bool { arguments.contains(argument) }

    /// The first argument that is no option.
    package var subcommand: String? {
        var rest = arguments[...]
        while let first = rest.first, first.hasPrefix("-") {
            // These two of git's have a value of their own.
            rest = rest.dropFirst(program == "git" && (first == "-C" || first == "-c") ? 2 : 1)
        }
        return rest.first
    }
}

/// The command that a tool ran, taken apart.
///
/// It is only a hint: whatever it says, a rule looks at the whole text.
package struct ShellCommand: Hashable, Sendable {
    /// A command is looked at up to here; what follows is data more often than not.
    static let maximumLength = 4096
    private static let wrappers: Set<String> = [
        "sudo", "time", "nice", "nohup", "command", "exec", "env", "timeout", "stdbuf", "builtin", "unbuffer", "rtk",
        "do", "then", "else", "if", "while", "until", "!",
    ]
    private static let shells: Set<String> = ["bash", "sh", "zsh", "dash", "ksh"]

    package var text: String
    package var steps: [ShellStep]

    package init(_ command: String?) {
        let text = String((command ?? "").prefix(Self.maximumLength))
        self.text = text
        steps = Self.parse(text, depth: 0)
    }

    /// Whether one of the programs runs; with a word, whether that is what it is asked for.
    package func runs(_ program: String, _ words: Set<String> = []) -> Bool {
        steps.contains { step in
            step.program == program && (words.isEmpty || step.subcommand.map(words.contains) == true)
        }
    }

    package func runs(anyOf programs: Set<String>) -> Bool {
        steps.contains { programs.contains($0.program) }
    }

    private static func parse(_ text: String, depth: Int) -> [ShellStep] {
        var steps: [ShellStep] = []
        for part in split(text) {
            var words = part.words[...]
            while let first = words.first, isPrelude(first) {
                words = words.dropFirst()
                guard wrappers.contains(name(first)) else { continue }
                while let next = words.first, next.hasPrefix("-") || next.first?.isNumber == true {
                    words = words.dropFirst()
                }
            }
            guard let first = words.first, !first.isEmpty else { continue }
            let rest = Array(words.dropFirst())
            if shells.contains(name(first)), depth < 2, let option = rest.firstIndex(where: isInlineOption) {
                let inner = rest[(option + 1)...].joined(separator: " ")
                steps += parse(inner, depth: depth + 1)
            } else {
                steps.append(ShellStep(program: name(first), arguments: rest, isPiped: part.isPiped))
            }
        }
        return steps
    }

    private static func isInlineOption(_ word: String) -> Bool {
        word.hasPrefix("-") && !word.hasPrefix("--") && word.hasSuffix("c")
    }

    /// Assignments before a program, and programs that run another one.
    private static func isPrelude(_ word: String) -> Bool {
        if wrappers.contains(name(word)) { return true }
        guard let equals = word.firstIndex(of: "="), equals > word.startIndex else { return false }
        return word[..<equals].utf8.allSatisfy(\.isWordByte)
    }

    private static func name(_ word: String) -> String {
        let base = word.split(separator: "/").last.map(String.init) ?? word
        return base.hasSuffix(".exe") ? String(base.dropLast(4)) : base
    }
}

// MARK: Words

extension ShellCommand {
    private struct Part {
        var words: [String] = []
        var isPiped = false
    }

    /// Words between the signs that join programs; quotes hold words together, a here-document ends the command.
    private static func split(_ text: String) -> [Part] {
        var splitter = Splitter()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == "<", rest.first == "<", splitter.quote == nil { break }
            splitter.take(scalar, next: rest.first)
        }
        return splitter.finish()
    }

    private struct Splitter {
        var parts: [Part] = []
        var part = Part()
        var word = ""
        var hasWord = false
        var quote: Unicode.Scalar?
        var isEscaped = false

        mutating func take(_ scalar: Unicode.Scalar, next: Unicode.Scalar?) {
            if isEscaped {
                isEscaped = false
                add(scalar)
            } else if let open = quote {
                if scalar == open {
                    quote = nil
                } else if scalar == "\\", open == "\"" {
                    isEscaped = true
                } else {
                    add(scalar)
                }
            } else {
                takePlain(scalar, next: next)
            }
        }

        private mutating func takePlain(_ scalar: Unicode.Scalar, next: Unicode.Scalar?) {
            switch scalar {
            case "\\": isEscaped = true
            case "'", "\"":
                quote = scalar
                hasWord = true
            case " ", "\t": endWord()
            case ";", "\n", "(", ")", "{", "}": endPart(pipes: false)
            case "|": endPart(pipes: next != "|" && !(part.words.isEmpty && !hasWord))
            // The second half of `|&`.
            case "&" where part.isPiped && part.words.isEmpty && !hasWord: break
            case "&" where next != ">" && word.last != ">" && word.last != "<": endPart(pipes: false)
            default: add(scalar)
            }
        }

        private mutating func add(_ scalar: Unicode.Scalar) {
            word.unicodeScalars.append(scalar)
            hasWord = true
        }

        private mutating func endWord() {
            if hasWord { part.words.append(word) }
            word = ""
            hasWord = false
        }

        private mutating func endPart(pipes: Bool) {
            endWord()
            if !part.words.isEmpty { parts.append(part) }
            part = Part(isPiped: pipes)
        }

        mutating func finish() -> [Part] {
            endPart(pipes: false)
            return parts
        }
    }
}
