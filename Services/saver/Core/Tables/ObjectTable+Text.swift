/// How a table of objects is written.
///
///     table of 70 rows
///     in all rows: locked=false, milestone=null
///     url=https://api.example.com/issues/{number}
///     name by code: F405 undefined-name, E501 line-too-long
///     code,row,message
///     filename=src/a.py
///     F405,12,…
///
/// A cell of a JSON document is a JSON value; a string has quotes only where it could be mistaken for something else. An empty cell means that
/// the object lacks the member.
extension ObjectTable {
    func write(to out: inout [UInt8]) {
        out.append(contentsOf: "table of \(count) rows\n".utf8)
        writeShared(to: &out)
        let listed = columns.indices.filter { columns[$0].role == .listed && $0 != heading }
        out.append(contentsOf: listed.map { columns[$0].name }.joined(separator: CollectionOfOne(separator)))
        out.append(.newline)
        for row in 0..<count {
            if let heading, row == 0 || columns[heading].cells[row] != columns[heading].cells[row - 1] {
                out.append(contentsOf: columns[heading].name)
                out.append(UInt8(ascii: "="))
                out.append(contentsOf: columns[heading].cells[row] ?? [])
                out.append(.newline)
            }
            for (offset, column) in listed.enumerated() {
                if offset > 0 { out.append(separator) }
                out.append(contentsOf: columns[column].cells[row] ?? [])
            }
            out.append(.newline)
        }
    }

    private func writeShared(to out: inout [UInt8]) {
        let constants = columns.filter { $0.role == .constant }
        if !constants.isEmpty {
            let texts = constants.map { $0.name + [UInt8(ascii: "=")] + ($0.cells[0] ?? []) }
            out.append("in all rows: ")
            out.appendLine(Array(texts.joined(separator: ", ".utf8)))
        }
        for column in columns {
            switch column.role {
            case .listed, .constant: continue
            case .pattern(let before, let other, let after):
                out.append(contentsOf: column.name)
                out.append(UInt8(ascii: "="))
                out.append(contentsOf: before)
                out.append(UInt8(ascii: "{"))
                out.append(contentsOf: columns[other].name)
                out.append(UInt8(ascii: "}"))
                out.appendLine(after)
            case .dictionary(let other, let values):
                out.append(contentsOf: column.name)
                out.append(" by ")
                out.append(contentsOf: columns[other].name)
                out.append(": ")
                let texts = values.map { $0.key + [.space] + $0.value }
                out.appendLine(Array(texts.joined(separator: ", ".utf8)))
            }
        }
    }
}
