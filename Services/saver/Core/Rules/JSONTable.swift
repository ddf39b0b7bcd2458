import JSON

/// JSON documents and lines of JSON: no white space, and arrays of objects as tables that name each member once.
///
/// Nothing is lost: columns that are the same in all rows, that another column gives, or that hold for several rows in a
/// row, are said once.
package struct JSONTable: Category {
    package let name = "json"
    /// Objects in an array before it is a table.
    static let minimumRows = 4
    private static let limits = JSONLimits(maximumBytes: 8 << 20, maximumDepth: 48, duplicateKeys: .reject)

    package init() {}

    package func isNamed(by command: ShellCommand) -> Bool { command.runs(anyOf: ["jq", "gh", "aws"]) }

    package func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting? {
        guard let document = Self.document(text) else { return nil }
        var writer = CompactWriter()
        writer.write(document.root)
        let notes = writer.tables > 0 ? ["JSON as tables, what rows share said once"] : ["JSON without white space"]
        return Rewriting(text: writer.out, notes: notes)
    }

    /// The whole text as a document, or its lines as an array of documents.
    private static func document(_ text: ToolText) -> JSONDocument? {
        let start = text.bytes.first { !$0.isBlank && $0 != .newline && $0 != .carriageReturn }
        guard start == UInt8(ascii: "{") || start == UInt8(ascii: "[") else { return nil }
        if let document = try? JSONDocument(text.bytes, limits: limits) { return document }
        guard start == UInt8(ascii: "{"), text.looks(100, { $0.first == UInt8(ascii: "{") }) else { return nil }
        var lines: [UInt8] = [UInt8(ascii: "[")]
        lines.reserveCapacity(text.bytes.count + 2)
        for index in 0..<text.count where !text.bare(index).isBlankLine {
            if lines.count > 1 { lines.append(UInt8(ascii: ",")) }
            lines.append(contentsOf: text.bare(index))
        }
        lines.append(UInt8(ascii: "]"))
        return try? JSONDocument(lines, limits: limits)
    }
}

/// Writes a document without white space, its tables on lines of their own.
private struct CompactWriter {
    private(set) var out: [UInt8] = []
    private(set) var tables = 0

    mutating func write(_ value: JSONCursor) {
        switch value.kind {
        case .array:
            if let table = ObjectTable(value) {
                tables += 1
                if !out.isEmpty, out.last != .newline { out.append(.newline) }
                table.write(to: &out)
            } else {
                out.append(UInt8(ascii: "["))
                for (index, element) in value.elements.enumerated() {
                    if index > 0 { out.append(UInt8(ascii: ",")) }
                    write(element)
                }
                out.append(UInt8(ascii: "]"))
            }
        case .object:
            out.append(UInt8(ascii: "{"))
            for (index, member) in value.members.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                out.append(contentsOf: member.name.raw)
                out.append(.colon)
                write(member.value)
            }
            out.append(UInt8(ascii: "}"))
        default: out.append(contentsOf: value.raw)
        }
    }
}
