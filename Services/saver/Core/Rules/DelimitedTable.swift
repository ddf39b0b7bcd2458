/// CSV and TSV with a head: what rows share is said once, and quotes that nothing needs go.
///
/// Shared are columns that all rows have in common, that another column gives, or that hold for several rows in a row. Every
/// row and every other cell stays.
///
/// Quoting is RFC 4180's. A text whose cells hold line breaks stays as it is.
package struct DelimitedTable: Category {
    package let name = "csv"
    private static let minimumColumns = 3
    private static let minimumRows = 8
    /// Lines before the head, of a program that says what it does.
    private static let mostPrelude = 8
    private static let longestName = 64
    private static let programs: Set<String> = [
        "csvcut", "csvgrep", "csvsort", "csvsql", "csvjoin", "csvstack", "in2csv", "xsv", "qsv", "mlr", "duckdb", "bq",
        "sqlite3",
    ]

    package init() {}

    package func isNamed(by command: ShellCommand) -> Bool { command.runs(anyOf: Self.programs) }

    package func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting? {
        for separator in [UInt8(ascii: ","), .tab] {
            guard text.looks(60, { $0.contains(separator) }), let head = Self.head(text, separator) else { continue }
            return Self.table(text, head, separator)
        }
        return nil
    }

    /// The line that names the columns: the first after which lines have as many cells.
    private static func head(_ text: ToolText, _ separator: UInt8) -> Int? {
        (0..<min(mostPrelude, text.count)).first { index in
            guard index + minimumRows < text.count, let names = cells(text.bare(index), separator),
                names.count >= minimumColumns, names.allSatisfy(isName),
                Set(names.map { ByteKey($0[...]) }).count == names.count
            else { return false }
            return (1...minimumRows).allSatisfy { cells(text.bare(index + $0), separator)?.count == names.count }
        }
    }

    private static func isName(_ cell: [UInt8]) -> Bool {
        guard let first = cell.first, let last = cell.last, cell.count <= longestName else { return false }
        return !first.isBlank && !last.isBlank && cell.contains(where: \.isLetter)
            && cell.allSatisfy { !"={}<>\"';".utf8.contains($0) }
    }

    private static func table(_ text: ToolText, _ head: Int, _ separator: UInt8) -> Rewriting? {
        guard let names = cells(text.bare(head), separator) else { return nil }
        var rows: [[[UInt8]]] = []
        var end = head + 1
        while end < text.count, let row = cells(text.bare(end), separator), row.count == names.count {
            rows.append(row)
            end += 1
        }
        let lines = text.lines.indices.count { !text.bare($0).isBlankLine }
        guard Fit.holds(rows.count + 1, of: lines),
            let table = ObjectTable(names: names, rows: rows, separator: separator)
        else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(text.bytes.count)
        for index in 0..<head { out.appendLine(text[index]) }
        table.write(to: &out)
        for index in end..<text.count { out.appendLine(text[index]) }
        return Rewriting(text: out, notes: ["all rows, what they share said once, quotes only where they are needed"])
    }

    /// The cells of a line; `nil` when a quote is open at its end, or stands where none may.
    private static func cells(_ line: ArraySlice<UInt8>, _ separator: UInt8) -> [[UInt8]]? {
        var cells: [[UInt8]] = []
        var rest = line
        while true {
            let end: Int
            if rest.first == UInt8(ascii: "\"") {
                guard let quoted = quotedEnd(rest) else { return nil }
                end = quoted
                guard end == rest.endIndex || rest[end] == separator else { return nil }
            } else {
                end = rest.firstIndex(of: separator) ?? rest.endIndex
            }
            cells.append(unquoted(rest[..<end], separator))
            guard end < rest.endIndex else { return cells }
            rest = rest[(end + 1)...]
        }
    }

    /// Behind the closing quote; two quotes in a row are one of the text.
    private static func quotedEnd(_ text: ArraySlice<UInt8>) -> Int? {
        var index = text.startIndex + 1
        while index < text.endIndex {
            if text[index] == UInt8(ascii: "\"") {
                guard index + 1 < text.endIndex, text[index + 1] == UInt8(ascii: "\"") else { return index + 1 }
                index += 1
            }
            index += 1
        }
        return nil
    }

    /// A cell without its quotes, where what is inside cannot be mistaken for more than one cell, or for none.
    private static func unquoted(_ cell: ArraySlice<UInt8>, _ separator: UInt8) -> [UInt8] {
        guard cell.first == UInt8(ascii: "\""), cell.count > 2 else { return Array(cell) }
        let inner = cell.dropFirst().dropLast()
        let isPlain =
            inner.first?.isBlank == false && inner.last?.isBlank == false
            && inner.allSatisfy { $0 != separator && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: ",") }
        return Array(isPlain ? inner : cell)
    }
}
