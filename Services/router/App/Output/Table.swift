/// Rows in aligned columns, for people.
package struct Table: Sendable {
    package enum Alignment: Hashable, Sendable {
        case left
        case right
    }

    /// One column: its heading and where its cells stand.
    package struct Column: Hashable, Sendable {
        package var title: String
        package var alignment: Alignment

        package init(_ title: String, _ alignment: Alignment = .left) {
            self.title = title
            self.alignment = alignment
        }
    }

    private static let gap = "  "

    package let columns: [Column]
    private var rows: [[String]] = []

    package init(_ columns: [Column]) {
        self.columns = columns
    }

    package var isEmpty: Bool { rows.isEmpty }

    /// Adds a row; what is missing at its end stays empty.
    package mutating func add(_ cells: [String]) {
        let cells = cells.prefix(columns.count).map(Self.oneLine)
        rows.append(cells + Array(repeating: "", count: columns.count - cells.count))
    }

    /// The lines: the headings in capitals, then the rows; without trailing spaces.
    package var text: String {
        let heading = columns.map { $0.title.uppercased() }
        let widths = columns.indices.map { column in
            ([heading] + rows).map { $0[column].count }.max() ?? 0
        }
        let lines = ([heading] + rows).map { cells in
            let padded = columns.indices.map { pad(cells[$0], to: widths[$0], columns[$0].alignment) }
            var line = padded.joined(separator: Self.gap)
            while line.last == " " { line.removeLast() }
            return line
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func pad(_ cell: String, to width: Int, _ alignment: Alignment) -> String {
        let space = String(repeating: " ", count: max(0, width - cell.count))
        return alignment == .left ? cell + space : space + cell
    }

    /// Names come from outside: a control character must neither break the table nor reach the terminal.
    private static func oneLine(_ text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            line.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
        }
        return line
    }
}
