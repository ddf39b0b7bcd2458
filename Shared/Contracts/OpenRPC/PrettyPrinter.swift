import JSON

/// Breaks JSON into lines for people, two spaces a level; a short container that holds no other stays on one line.
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
        guard value.count > 0 else { return output.append(contentsOf: value.raw) }
        let isObject = value.kind == .object
        let inner = fitsOneLine(value) ? nil : level + 1
        output.append(isObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
        if isObject {
            for (index, member) in value.members.enumerated() {
                separate(index, level: inner, to: &output)
                output.append(contentsOf: member.name.raw)
                output.append(contentsOf: ": ".utf8)
                print(member.value, level: level + 1, to: &output)
            }
        } else {
            for (index, element) in value.elements.enumerated() {
                separate(index, level: inner, to: &output)
                print(element, level: level + 1, to: &output)
            }
        }
        if inner != nil { breakLine(level: level, to: &output) }
        output.append(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
    }

    /// Goes to the next child: on a line of its own, or after a space.
    private static func separate(_ index: Int, level: Int?, to output: inout [UInt8]) {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        if let level {
            breakLine(level: level, to: &output)
        } else if index > 0 {
            output.append(UInt8(ascii: " "))
        }
    }

    private static func breakLine(level: Int, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\n"))
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: level * 2))
    }

    private static func fitsOneLine(_ value: JSONCursor) -> Bool {
        value.range.count <= longestLine
            && value.elements.allSatisfy { $0.count == 0 }
            && value.members.allSatisfy { $0.value.count == 0 }
    }
}
