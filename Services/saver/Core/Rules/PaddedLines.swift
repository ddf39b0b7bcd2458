/// Lines that are padded to columns although each can be read without: `kubectl describe` and its like (`Name:    value`),
/// `eslint` (`12:5  error  message  rule`) and `ps` (no cell is empty).
///
/// One blank is left of each stretch of them, fields that say they have no value go, threads of the kernel are named on one
/// line, digests are cut to twelve digits. Everything else stays.
package struct PaddedLines: Category {
    package let name = "padding"
    private static let minimumLines = 8

    package init() {}

    package func isNamed(by command: ShellCommand) -> Bool {
        command.runs(anyOf: ["ps", "eslint"]) || command.runs("kubectl", ["describe"])
            || command.runs("npx", ["eslint"])
    }

    package func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting? {
        guard text.count >= Self.minimumLines,
            text.looks(40, { Self.isField($0) || Self.isFinding($0) || $0.count > 60 })
        else { return nil }
        var padding = Padding(isProcessList: Self.isProcessHead(text.bare(0)))
        for index in 0..<text.count { padding.take(text[index]) }
        // Without the command, the padding itself must be what most lines are like.
        guard isNamed(by: command) || Fit.holds(padding.padded * 2, of: padding.lines),
            Fit.holds(padding.fitting + padding.lines / 4, of: padding.lines)
        else { return nil }
        return padding.rewriting
    }

    /// `Name:    value`, indented or not.
    static func isField(_ line: ArraySlice<UInt8>) -> Bool {
        let bare = line.trimmedStart
        guard let colon = bare.prefix(48).firstIndex(of: .colon), colon > bare.startIndex,
            bare[..<colon].allSatisfy({ $0.isWordByte || $0 == .space || $0 == .hyphen || $0 == .slash || $0 == .dot })
        else { return false }
        let value = bare[(colon + 1)...]
        return value.isBlankLine || value.first?.isBlank == true
    }

    /// `  12:5   error  message  rule`.
    static func isFinding(_ line: ArraySlice<UInt8>) -> Bool {
        let bare = line.trimmedStart
        guard line.count > bare.count, case let row = bare.leadingDigits, row > 0 else { return false }
        let rest = bare.dropFirst(row)
        guard rest.first == .colon, case let column = rest.dropFirst().leadingDigits, column > 0 else { return false }
        let word = rest.dropFirst(column + 1).trimmedStart
        return word.starts("error ") || word.starts("warning ")
    }

    private static func isProcessHead(_ line: ArraySlice<UInt8>) -> Bool {
        let words = line.fields(24)
        return words.contains { $0.equals("PID") }
            && words.last.map { $0.equals("COMMAND") || $0.equals("CMD") || $0.equals("ARGS") } == true
    }
}

/// Takes blanks out line by line.
private struct Padding {
    private static let absent: [StaticString] = ["<none>", "<unset>"]
    private static let digestLength = 12
    private let isProcessList: Bool
    private var out: [UInt8] = []
    private var threads: [ArraySlice<UInt8>] = []
    private var omissions = Omissions()
    private(set) var lines = 0
    private(set) var fitting = 0
    /// Lines with a stretch of blanks inside.
    private(set) var padded = 0

    init(isProcessList: Bool) {
        self.isProcessList = isProcessList
    }

    mutating func take(_ line: ArraySlice<UInt8>) {
        guard !line.isBlankLine else { return out.append(.newline) }
        lines += 1
        if line.trimmedStart.trimmedEnd.contains("  ") { padded += 1 }
        if isProcessList {
            takeProcess(line)
        } else if PaddedLines.isFinding(line) {
            fitting += 1
            append(line.trimmedStart)
        } else if PaddedLines.isField(line) {
            fitting += 1
            let bare = line.trimmedEnd
            for word in Self.absent where bare.suffix(8).trimmedStart.ends(word) {
                return omissions.add(1, "field without a value", "fields without a value")
            }
            append(line)
        } else {
            out.appendLine(line)
        }
    }

    private mutating func takeProcess(_ line: ArraySlice<UInt8>) {
        fitting += 1
        let command = line.trimmedEnd.lastIndex(of: .space).map { line.trimmedEnd[($0 + 1)...] } ?? line
        if lines > 1, command.first == UInt8(ascii: "["), command.last == UInt8(ascii: "]") {
            omissions.add(1, "row of the kernel's threads", "rows of the kernel's threads")
            threads.append(command)
        } else {
            append(line)
        }
    }

    /// The indent as it is, then one blank for each stretch of them, and digests cut.
    private mutating func append(_ line: ArraySlice<UInt8>) {
        let bare = line.trimmedStart
        out.append(contentsOf: line[line.startIndex..<bare.startIndex])
        var rest = bare.trimmedEnd
        while let found = rest.position(of: "sha256:") {
            let digits = rest[(found + 7)...].prefix { $0.isDigit || $0 >= 0x61 && $0 <= 0x66 }
            guard digits.count == 64 else { break }
            appendJoined(rest[rest.startIndex..<(found + 7 + Self.digestLength)])
            out.append(UInt8(ascii: "~"))
            omissions.add(1, "end of a digest", "ends of digests")
            rest = rest[digits.endIndex...]
        }
        appendJoined(rest)
        out.append(.newline)
    }

    private mutating func appendJoined(_ bytes: ArraySlice<UInt8>) {
        var wasBlank = false
        for byte in bytes {
            if byte.isBlank {
                if !wasBlank { out.append(.space) }
            } else {
                out.append(byte)
            }
            wasBlank = byte.isBlank
        }
    }

    var rewriting: Rewriting {
        var text = out
        if !threads.isEmpty {
            text.append("threads of the kernel: ")
            text.appendLine(Array(threads.joined(separator: ", ".utf8)))
        }
        return Rewriting(text: text, notes: ["blanks joined"] + omissions.notes)
    }
}
