import JSON

/// Breaks JSON into lines for people, two spaces a level; what fits a short line and holds no object stays on one.
enum PrettyPrinter {
    private static let longestLine = 100

    /// The text in lines, or as it is when it is not JSON.
    static func print(_ bytes: [UInt8]) -> [UInt8] {
        guard let document = try? JSONDocument(bytes) else { return bytes }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count * 2)
        print(document.root, level: 0, to: &output)
        output.append(UInt8(ascii: "\n"))
        return output
    }

    private static func print(_ value: JSONCursor, level: Int, to output: inout [UInt8]) {
        switch value.kind {
        case .object where value.count > 0:
            output.append(UInt8(ascii: "{"))
            for (index, member) in value.members.enumerated() {
                breakLine(before: index, level: level + 1, to: &output)
                output.append(contentsOf: member.name.raw)
                output.append(contentsOf: ": ".utf8)
                print(member.value, level: level + 1, to: &output)
            }
            breakLine(before: 0, level: level, to: &output)
            output.append(UInt8(ascii: "}"))
        case .array where value.count > 0 && !fitsOneLine(value):
            output.append(UInt8(ascii: "["))
            for (index, element) in value.elements.enumerated() {
                breakLine(before: index, level: level + 1, to: &output)
                print(element, level: level + 1, to: &output)
            }
            breakLine(before: 0, level: level, to: &output)
            output.append(UInt8(ascii: "]"))
        default:
            output.append(contentsOf: value.raw)
        }
    }

    private static func breakLine(before index: Int, level: Int, to output: inout [UInt8]) {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        output.append(UInt8(ascii: "\n"))
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: level * 2))
    }

    private static func fitsOneLine(_ array: JSONCursor) -> Bool {
        array.range.count <= longestLine
            && array.elements.allSatisfy { $0.kind != .object && $0.kind != .array }
    }
}
