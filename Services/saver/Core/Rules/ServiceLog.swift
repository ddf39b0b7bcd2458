/// Leaves out of a service's log what it says again and again: of calm lines that differ in numbers and paths alone the
/// first stays, with the number of those like it.
///
/// Errors and lines without a level that sound like one stay, each text once; so do warnings, three of a kind.
package struct ServiceLog: Category {
    package let name = "log"
    private static let minimumLines = 20
    /// Warnings that differ in numbers alone.
    private static let warningsOfKind = 3

    package init() {}

    package func isNamed(by command: ShellCommand) -> Bool {
        command.runs(anyOf: ["journalctl", "dmesg", "tail", "stern"])
            || command.runs("docker", ["logs", "compose"]) || command.runs("kubectl", ["logs"])
    }

    package func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting? {
        // What was searched for is what somebody wants to see.
        guard !SearchResults().isNamed(by: command), text.count >= Self.minimumLines,
            text.looks(50, { LogLine($0) != nil })
        else { return nil }
        var fold = LogFold()
        for index in 0..<text.count { fold.take(text.bare(index), index) }
        guard fold.folded > 0, Fit.holds(fold.understood, of: fold.lines) else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(text.bytes.count / 8)
        for kept in fold.kept {
            out.append(contentsOf: text.bare(kept.line))
            if kept.alike > 0 { out.append(contentsOf: " (+\(kept.alike) alike)".utf8) }
            out.append(.newline)
        }
        var omissions = Omissions()
        omissions.add(fold.folded, "line like one that is shown", "lines like one that is shown")
        return Rewriting(text: RepeatedBlocks.folded(ToolText(out), &omissions), notes: omissions.notes)
    }

    /// Groups lines by what they say.
    private struct LogFold {
        private(set) var kept: [(line: Int, alike: Int)] = []
        private(set) var lines = 0
        private(set) var understood = 0
        private(set) var folded = 0
        private var places: [LogShape: Int] = [:]
        private var kinds: [LogShape: Int] = [:]

        mutating func take(_ line: ArraySlice<UInt8>, _ index: Int) {
            guard !line.isBlankLine else { return }
            lines += 1
            guard let entry = LogLine(line) else {
                // The rest of an entry of several lines.
                if line.first?.isBlank == true || !kept.isEmpty { understood += line.first?.isBlank == true ? 1 : 0 }
                kept.append((index, 0))
                return
            }
            understood += 1
            let isGrave = entry.level == .error || entry.level == .unknown && Alarm.sounds(in: entry.message)
            if isGrave {
                fold(LogShape(exact: entry.message), index)
            } else if entry.level == .warning {
                takeWarning(entry.message, index)
            } else {
                fold(LogShape(of: entry.message), index)
            }
        }

        private mutating func takeWarning(_ message: ArraySlice<UInt8>, _ index: Int) {
            let exact = LogShape(exact: message)
            let kind = LogShape(of: message)
            if places[exact] == nil, let known = kinds[kind], known >= ServiceLog.warningsOfKind,
                let place = places[kind]
            {
                places[exact] = place
            }
            if places[exact] == nil { kinds[kind, default: 0] += 1 }
            fold(exact, index)
            if places[kind] == nil { places[kind] = places[exact] }
        }

        private mutating func fold(_ shape: LogShape, _ index: Int) {
            if let place = places[shape] {
                kept[place].alike += 1
                folded += 1
            } else {
                places[shape] = kept.count
                kept.append((index, 0))
            }
        }
    }
}

/// What a log line says, apart from its numbers.
private struct LogShape: Hashable {
    private let words: [UInt8]

    /// The text itself.
    init(exact message: ArraySlice<UInt8>) {
        words = [0] + message
    }

    /// Words with a digit are one, words with a slash are one; the class of a status after a path stays, for a failed
    /// request is not like one that went well.
    init(of message: ArraySlice<UInt8>) {
        var words: [UInt8] = []
        var rest = message.prefix(512).trimmedStart
        var wasPath = false
        while !rest.isEmpty {
            let word = rest.prefix { !$0.isBlank }
            let isPath = word.contains(.slash)
            if wasPath, word.count == 3, word.leadingDigits == 3 {
                words.append(word[word.startIndex])
            } else if isPath {
                words.append(.slash)
            } else if word.contains(where: \.isDigit) {
                // `seq=5`: the name before the number.
                words.append(contentsOf: word.prefix { !$0.isDigit && $0 != UInt8(ascii: "=") })
                words.append(UInt8(ascii: "#"))
            } else {
                words.append(contentsOf: word)
            }
            words.append(.space)
            wasPath = isPath
            rest = rest.dropFirst(word.count).trimmedStart
        }
        self.words = words
    }
}
