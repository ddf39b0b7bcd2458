/// Tables drawn with bars and rulers: Markdown's, psql's, mysql's.
///
///     | id | name |        id | name         +----+------+
///     |---:|------|       ----+------        | id | name |
///     |  1 | ada  |         1 | ada          +----+------+
///
/// Padding and rulers go, and what rows share is said once; every row, every other cell and every line beside a table stay.
package struct RuledTable: Category {
    package let name = "ruled-table"
    private static let minimumRows = 5
    private static let programs: Set<String> = [
        "psql", "mysql", "mariadb", "sqlite3", "csvlook", "duckdb", "bq", "trino",
    ]

    package init() {}

    package func isNamed(by command: ShellCommand) -> Bool { command.runs(anyOf: Self.programs) }

    package func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting? {
        guard text.looks(40, { $0.contains(UInt8(ascii: "|")) }) else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(text.bytes.count)
        var (lines, fitting, tables) = (0, 0, 0)
        var index = 0
        while index < text.count {
            if let (table, end) = Self.table(text, from: index) {
                tables += 1
                lines += end - index
                fitting += end - index
                table.write(to: &out)
                index = end
            } else {
                if !text.bare(index).isBlankLine { lines += 1 }
                out.appendLine(text[index])
                index += 1
            }
        }
        guard tables > 0, isNamed(by: command) || Fit.holds(fitting, of: lines) else { return nil }
        return Rewriting(text: out, notes: ["all rows without padding and rulers, what they share said once"])
    }

    /// Whether a head and its ruler are the first lines.
    static func begins(_ text: ToolText) -> Bool {
        guard text.count > 2, let ruler = rulerColumns(text.bare(1)), ruler >= 2 else { return false }
        return cells(text.bare(0)).count == ruler
    }

    /// The table that begins here, and the line behind it.
    private static func table(_ text: ToolText, from start: Int) -> (ObjectTable, Int)? {
        let frame = text.bare(start).first == UInt8(ascii: "+") ? rulerColumns(text.bare(start)) : nil
        let head = frame == nil ? start : start + 1
        guard head + 1 + minimumRows < text.count, let ruler = rulerColumns(text.bare(head + 1)), ruler >= 2,
            case let names = cells(text.bare(head)), names.count == ruler, frame.map({ $0 == ruler }) ?? true,
            Set(names.map { ByteKey($0) }).count == names.count
        else { return nil }
        var rows: [[[UInt8]]] = []
        var end = head + 2
        while end < text.count {
            let row = cells(text.bare(end))
            guard row.count == ruler else { break }
            rows.append(row.map { Array($0) })
            end += 1
        }
        if frame != nil, end < text.count, rulerColumns(text.bare(end)) == ruler { end += 1 }
        guard rows.count >= minimumRows,
            let table = ObjectTable(names: names.map { Array($0) }, rows: rows, separator: UInt8(ascii: "|"))
        else { return nil }
        return (table, end)
    }

    /// Between the bars, without blanks; no cells without a bar.
    ///
    /// A bar behind a backslash is text.
    private static func cells(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var bare = line.trimmedStart.trimmedEnd
        if bare.first == UInt8(ascii: "|") {
            bare = bare.dropFirst()
            if bare.last == UInt8(ascii: "|"), bare.dropLast().last != UInt8(ascii: "\\") { bare = bare.dropLast() }
        }
        var cells: [ArraySlice<UInt8>] = []
        var start = bare.startIndex
        for index in bare.indices where bare[index] == UInt8(ascii: "|") {
            if index > bare.startIndex, bare[index - 1] == UInt8(ascii: "\\") { continue }
            cells.append(bare[start..<index].trimmedStart.trimmedEnd)
            start = index + 1
        }
        cells.append(bare[start...].trimmedStart.trimmedEnd)
        return cells.count < 2 ? [] : cells
    }

    /// How many columns a line of hyphens, with bars or crosses between them, rules; `nil` for another line.
    private static func rulerColumns(_ line: ArraySlice<UInt8>) -> Int? {
        var (columns, hyphens) = (0, 0)
        var isInColumn = false
        for byte in line.trimmedEnd {
            switch byte {
            case .hyphen, .colon, UInt8(ascii: "="):
                if byte != .colon { hyphens += 1 }
                if !isInColumn { columns += 1 }
                isInColumn = true
            case UInt8(ascii: "|"), UInt8(ascii: "+"): isInColumn = false
            case .space: continue
            default: return nil
            }
        }
        return hyphens >= columns && columns > 0 ? columns : nil
    }
}
