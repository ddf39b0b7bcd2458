/// What TypeScript's compiler reports, in its plain form (`path(12,5): error TS2345: …`) and its pretty one
/// (`path:12:5 - error TS2345: …`, with the source below): errors in the same words stand together, the words once.
///
/// Every place stays as it was written, so do the words with all that explains them, other lines, and the count at the end.
package struct TypeErrors: Category {
    package let name = "tsc"
    private static let programs: Set<String> = ["tsc", "vue-tsc", "tspc", "tsgo"]

    package init() {}

    package func isNamed(by command: ShellCommand) -> Bool {
        command.steps.contains { step in
            Self.programs.contains(step.program) || step.arguments.contains(where: Self.programs.contains)
        }
    }

    package func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting? {
        guard text.looks(1, { TypeError($0) != nil }) else { return nil }
        var reader = TypeErrorReader(text)
        reader.run()
        guard reader.isWorthIt, isNamed(by: command) || Fit.holds(reader.fitting, of: reader.lines) else { return nil }
        var omissions = Omissions()
        omissions.add(reader.repeats, "repeated message")
        omissions.add(reader.pointers, "pointer line")
        omissions.add(reader.sources, "source line of repeated messages", "source lines of repeated messages")
        return Rewriting(text: reader.text, notes: ["errors in the same words grouped"] + omissions.notes)
    }
}

/// The first line of a report.
private struct TypeError {
    /// `path(12,5)` or `path:12:5`.
    var place: ArraySlice<UInt8>
    /// `error TS2345: …`.
    var message: ArraySlice<UInt8>
    var isPretty: Bool
    /// Where the line number begins.
    var row: ArraySlice<UInt8>

    private static let longestPlace = 1024

    init?(_ line: ArraySlice<UInt8>) {
        guard let first = line.first, !first.isBlank, let kind = Self.kind(line) else { return nil }
        place = line[..<kind.start]
        isPretty = kind.isPretty
        message = line[kind.end...]
        guard Self.isCode(message) else { return nil }
        let position = isPretty ? place : place.dropLast()
        let separator: UInt8 = isPretty ? .colon : UInt8(ascii: ",")
        guard let column = position.lastIndex(of: separator), position[(column + 1)...].number != nil else {
            return nil
        }
        let opening: UInt8 = isPretty ? .colon : UInt8(ascii: "(")
        guard let start = position[..<column].lastIndex(of: opening), start > line.startIndex else { return nil }
        row = position[(start + 1)..<column]
        guard row.number != nil else { return nil }
    }

    /// Where the place ends and the message begins.
    private static func kind(_ line: ArraySlice<UInt8>) -> (start: Int, end: Int, isPretty: Bool)? {
        let head = line.prefix(longestPlace)
        for word: StaticString in ["error TS", "warning TS", "message TS"] {
            guard let found = head.position(of: word) else { continue }
            let before = head[..<found]
            if before.ends("): ") { return (found - 2, found, false) }
            if before.ends(" - ") { return (found - 3, found, true) }
        }
        return nil
    }

    /// `error TS` and digits.
    private static func isCode(_ message: ArraySlice<UInt8>) -> Bool {
        guard let start = message.position(of: "TS") else { return false }
        let rest = message[(start + 2)...]
        return rest.leadingDigits > 0 && rest.dropFirst(rest.leadingDigits).first == .colon
    }
}

/// Reads a report error by error; what was in the same words before is added to it.
private struct TypeErrorReader {
    private static let minimumErrors = 3

    private struct Group {
        /// The first of them, as it was written.
        var first: [ArraySlice<UInt8>]
        var others: [ArraySlice<UInt8>] = []
    }

    private enum Item {
        case line(ArraySlice<UInt8>)
        case group(Int)
    }

    private let source: ToolText
    private var items: [Item] = []
    private var groups: [Group] = []
    private var known: [ByteKey: Int] = [:]
    private var errors = 0
    private(set) var lines = 0
    private(set) var fitting = 0
    private(set) var repeats = 0
    private(set) var pointers = 0
    private(set) var sources = 0

    init(_ text: ToolText) {
        source = text
    }

    var isWorthIt: Bool { errors >= Self.minimumErrors && (repeats > 0 || pointers > 0) }

    mutating func run() {
        var index = 0
        while index < source.count {
            let line = source.bare(index)
            if let error = TypeError(line) {
                index = take(error, from: index)
                continue
            }
            if !line.isBlankLine {
                lines += 1
                if Self.isSummary(line) { fitting += 1 }
                items.append(.line(source[index]))
            }
            index += 1
        }
    }

    private static func isSummary(_ line: ArraySlice<UInt8>) -> Bool {
        line.starts("Found ") || line.starts("Errors  Files") || line.trimmedStart.leadingDigits > 0
    }

    /// Takes an error with what belongs to it; returns the line after.
    private mutating func take(_ error: TypeError, from start: Int) -> Int {
        errors += 1
        lines += 1
        fitting += 1
        var body: [ArraySlice<UInt8>] = []
        // What explains the error is part of its words; the source is not.
        var words = Array(error.message)
        var shown: [ArraySlice<UInt8>] = []
        var index = start + 1
        while index < source.count {
            let line = source.bare(index)
            if line.isBlankLine {
                guard error.isPretty, belongs(index + 1, to: error) else { break }
                index += 1
                continue
            }
            guard belongs(index, to: error) else { break }
            index += 1
            lines += 1
            fitting += 1
            if error.isPretty, Self.isPointer(line) {
                pointers += 1
            } else if error.isPretty, Self.isSource(line) {
                shown.append(line)
                body.append(line)
            } else {
                words.append(.newline)
                words.append(contentsOf: line)
                body.append(line)
            }
        }
        let key = ByteKey(words[...])
        if let group = known[key] {
            groups[group].others.append(error.place)
            repeats += 1
            sources += shown.count
        } else {
            known[key] = groups.count
            items.append(.group(groups.count))
            groups.append(Group(first: [source.bare(start)] + body))
        }
        return index
    }

    /// Whether the line is indented below an error, or its source: `12   code`, the number that of its place.
    private func belongs(_ index: Int, to error: TypeError) -> Bool {
        guard index < source.count, let first = source.bare(index).first else { return false }
        if first.isBlank { return !Self.isCount(source.bare(index)) }
        guard error.isPretty, first.isDigit else { return false }
        let line = source.bare(index)
        return Self.isSource(line) && abs((line.prefix(line.leadingDigits).number ?? 0) - (error.row.number ?? 0)) < 8
    }

    /// `    40  src/cart.ts:14` of the list of files at the end.
    private static func isCount(_ line: ArraySlice<UInt8>) -> Bool {
        let bare = line.trimmedStart
        let rest = bare.dropFirst(bare.leadingDigits)
        guard bare.leadingDigits > 0, rest.starts("  "), let colon = rest.lastIndex(of: .colon) else { return false }
        return rest[(colon + 1)...].trimmedEnd.number != nil
    }

    private static func isSource(_ line: ArraySlice<UInt8>) -> Bool {
        let bare = line.trimmedStart
        let digits = bare.leadingDigits
        return digits > 0 && (bare.count == digits || bare.dropFirst(digits).first?.isBlank == true)
    }

    private static func isPointer(_ line: ArraySlice<UInt8>) -> Bool {
        line.allSatisfy { $0.isBlank || $0 == UInt8(ascii: "~") }
    }

    // MARK: Text

    var text: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(source.bytes.count)
        for item in items {
            switch item {
            case .line(let line): out.appendLine(line)
            case .group(let index):
                let group = groups[index]
                for line in group.first { out.appendLine(line) }
                guard !group.others.isEmpty else { continue }
                out.append("  also ")
                out.appendLine(Array(group.others.joined(separator: ", ".utf8)))
            }
        }
        return out
    }
}
