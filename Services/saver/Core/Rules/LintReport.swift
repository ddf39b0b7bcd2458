/// Reports of linters that show the source below each finding (ruff, clippy, flake8-like "full" formats): each finding is
/// one line below its file's name, with its rule and message, and the line that it is about.
///
/// Lines around it and lines that only point go; a source line and an advice are shown once. Changes that a linter
/// proposes stay.
package struct LintReport: Category {
    package let name = "lint"
    private static let programs: Set<String> = ["ruff", "pylint", "flake8", "eslint", "biome", "oxlint", "shellcheck"]
    private static let minimumFindings = 3

    package init() {}

    package func isNamed(by command: ShellCommand) -> Bool { command.runs(anyOf: Self.programs) }

    package func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting? {
        guard text.looks(1, { $0.trimmedStart.starts("--> ") || Self.isMargin($0) }) else { return nil }
        var reader = LintReader(text)
        reader.run()
        guard reader.findings >= Self.minimumFindings, Fit.holds(reader.fitting, of: reader.lines) else { return nil }
        return Rewriting(text: reader.out, notes: ["grouped by file"] + reader.omissions.notes)
    }

    /// `   |`, `12 | text`.
    static func isMargin(_ line: ArraySlice<UInt8>) -> Bool {
        let bare = line.trimmedStart
        let rest = bare.dropFirst(bare.leadingDigits).trimmedStart
        return rest.first == UInt8(ascii: "|")
    }
}

/// Walks through a report finding by finding.
private struct LintReader {
    let text: ToolText
    private(set) var out: [UInt8] = []
    private(set) var findings = 0
    private(set) var lines = 0
    private(set) var fitting = 0
    private(set) var omissions = Omissions()

    private var file: ArraySlice<UInt8> = []
    private var shownRows: Set<ByteKey> = []
    private var shownAdvice: Set<ByteKey> = []
    private var index = 0

    init(_ text: ToolText) {
        self.text = text
        out.reserveCapacity(text.bytes.count)
    }

    mutating func run() {
        while index < text.count {
            let line = text.bare(index)
            if let place = place(after: index), let first = line.first, !first.isBlank, !isRustHead(line) {
                takeFinding(line, place)
            } else {
                if !line.isBlankLine {
                    lines += 1
                    out.appendLine(text[index])
                }
                index += 1
            }
        }
    }

    /// rustc's findings explain in their margins; the build rules know them.
    private func isRustHead(_ line: ArraySlice<UInt8>) -> Bool { BuildLine.isRustHead(line) }

    private struct Place {
        var path: ArraySlice<UInt8>
        var row: ArraySlice<UInt8>
        /// Row and column as they were written.
        var position: ArraySlice<UInt8>
    }

    /// `--> path:12:5` in the line after that one.
    private func place(after head: Int) -> Place? {
        guard head + 1 < text.count else { return nil }
        let line = text.bare(head + 1).trimmedStart
        guard line.starts("--> "), case let rest = line.dropFirst(4) else { return nil }
        guard let column = rest.lastIndex(of: .colon), let row = rest[..<column].lastIndex(of: .colon),
            row > rest.startIndex
        else { return nil }
        let number = rest[(row + 1)..<column]
        guard number.number != nil else { return nil }
        return Place(path: rest[..<row], row: number, position: rest[(row + 1)...])
    }

    private mutating func takeFinding(_ head: ArraySlice<UInt8>, _ place: Place) {
        findings += 1
        lines += 2
        fitting += 2
        index += 2
        if !place.path.elementsEqual(file) {
            file = place.path
            shownRows.removeAll(keepingCapacity: true)
            out.appendLine(place.path)
        }
        out.append(contentsOf: place.position)
        out.append(.space)
        out.appendLine(head)
        var isInAdvice = false
        while index < text.count {
            let line = text.bare(index)
            guard !line.isBlankLine else { break }
            let isAdvice = line.starts("help: ") || line.trimmedStart.starts("= ")
            let isChange = isInAdvice && isChanged(line)
            guard LintReport.isMargin(line) || isAdvice || isChange else { break }
            lines += 1
            fitting += 1
            index += 1
            if isAdvice {
                isInAdvice = true
                takeAdvice(line)
            } else if isChange {
                out.appendLine(line.trimmedStart)
            } else {
                takeMargin(line, place, isInAdvice: isInAdvice)
            }
        }
    }

    /// `4 + text`, `  - text`: a change that is proposed.
    private func isChanged(_ line: ArraySlice<UInt8>) -> Bool {
        let bare = line.trimmedStart
        let rest = bare.dropFirst(bare.leadingDigits).trimmedStart
        return (rest.first == UInt8(ascii: "+") || rest.first == .hyphen)
            && rest.dropFirst().first.map(\.isBlank) ?? true
    }

    private mutating func takeAdvice(_ line: ArraySlice<UInt8>) {
        if shownAdvice.insert(ByteKey(line)).inserted {
            out.appendLine(line.trimmedStart)
        } else {
            omissions.add(1, "repeated advice", "repeated advices")
        }
    }

    /// The line that the finding is about, and words below it.
    private mutating func takeMargin(_ line: ArraySlice<UInt8>, _ place: Place, isInAdvice: Bool) {
        let bare = line.trimmedStart
        let number = bare.prefix(bare.leadingDigits)
        let content = bare.dropFirst(number.count).trimmedStart.dropFirst()
        if number.isEmpty {
            // Words that explain what is pointed at.
            let words = content.drop { $0.isBlank || "^~|_-/".utf8.contains($0) }
            if words.contains(where: \.isLetter) { out.appendLine(words) } else { omissions.add(1, "pointer line") }
            return
        }
        let marked = content.trimmedStart.first
        let isSpan = marked == UInt8(ascii: "|") || marked == .slash
        guard !isInAdvice, number.elementsEqual(place.row) || isSpan else {
            omissions.add(1, "line around a finding", "lines around findings")
            return
        }
        guard shownRows.insert(ByteKey(bare)).inserted else {
            omissions.add(1, "repeated source line")
            return
        }
        out.append(.space)
        out.appendLine(isSpan ? content.trimmedStart.dropFirst().trimmedStart : content.trimmedStart)
    }
}
