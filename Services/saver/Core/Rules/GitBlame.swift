/// `git blame`: who and when stand above the lines of a commit, not in each of them.
///
/// Every line of the file stays as it is, with its number.
package struct GitBlame: Category {
    package let name = "git-blame"

    package init() {}

    package func isNamed(by command: ShellCommand) -> Bool { command.runs("git", ["blame", "annotate"]) }

    package func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting? {
        guard text.count >= 3, text.looks(80, { BlameLine($0) != nil }) else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(text.bytes.count)
        var last: BlameLine?
        var told: Set<ByteKey> = []
        for index in 0..<text.count {
            guard let line = BlameLine(text[index]) else {
                last = nil
                out.appendLine(text[index])
                continue
            }
            if last.map({ !$0.commit.elementsEqual(line.commit) || !$0.path.elementsEqual(line.path) }) ?? true {
                out.append(contentsOf: line.commit)
                if !line.path.isEmpty {
                    out.append(.space)
                    out.append(contentsOf: line.path)
                }
                if told.insert(ByteKey(line.commit)).inserted {
                    out.append(.space)
                    out.append(contentsOf: line.author)
                    out.append(.space)
                    out.append(contentsOf: line.day)
                }
                out.append(.newline)
            }
            last = line
            out.append(contentsOf: line.number)
            out.append(UInt8(ascii: ")"))
            out.appendLine(line.content)
        }
        return Rewriting(text: out, notes: ["lines below their commit, author and day told once, times left out"])
    }
}

/// `a1b2c3d4e path (Author 2026-01-24 22:26:19 +0700  12) text`.
private struct BlameLine {
    let commit: ArraySlice<UInt8>
    /// Where it was then, if that was another file.
    let path: ArraySlice<UInt8>
    let author: ArraySlice<UInt8>
    let day: ArraySlice<UInt8>
    let number: ArraySlice<UInt8>
    /// With the blank in front of it.
    let content: ArraySlice<UInt8>

    init?(_ line: ArraySlice<UInt8>) {
        let marked = line.first == UInt8(ascii: "^") ? line.dropFirst() : line
        let digits = marked.prefix { $0.isDigit || $0 >= 0x61 && $0 <= 0x66 }
        guard (7...64).contains(digits.count), marked.dropFirst(digits.count).first == .space,
            let open = marked.firstIndex(of: UInt8(ascii: "(")), open - marked.startIndex < 512
        else { return nil }
        commit = line[line.startIndex..<digits.endIndex]
        path = marked[digits.endIndex..<open].trimmedStart.trimmedEnd
        // An author's name may hold a parenthesis: the date is what tells its end.
        var close = open
        repeat {
            guard let next = line[(close + 1)...].firstIndex(of: UInt8(ascii: ")")), next - open < 256 else {
                return nil
            }
            close = next
            let fields = line[(open + 1)..<close].fields(64)
            guard fields.count >= 5, let last = fields.last, last.number != nil else { continue }
            let date = fields[fields.count - 4]
            guard date.count == 10, date.leadingDigits == 4, fields[fields.count - 3].contains(.colon) else { continue }
            author = line[(open + 1)..<date.startIndex].trimmedEnd
            day = date
            number = last
            content = line[(close + 1)...]
            return
        } while true
    }
}
