/// Makes of a terminal's output what the terminal showed at the end: no colours, the last state of each progress bar.
///
/// That is all that is safe for any text. Blanks at line ends and runs of empty lines are a category's business, where it
/// knows that they mean nothing.
package enum Normalizer {
    package struct Result: Sendable {
        package var text: [UInt8]
        package var notes: [String]
        package var isChanged: Bool
    }

    package static func plain(_ bytes: [UInt8], _ command: ShellCommand) -> Result {
        var text = bytes
        var isChanged = false
        // What a diff shows is files, line by line: only its own colours go, and they colour its headers too.
        if bytes.holds(.escape), !isDiff(bytes), !isColourMeaning(bytes, command) {
            text = withoutEscapes(bytes)
            isChanged = text.count != bytes.count
        }
        var notes: [String] = []
        if !isDiff(text), let lasting = ProgressStates.lasting(text) {
            text = lasting.text
            isChanged = true
            notes.append("left out " + Marker.count(lasting.dropped, "earlier progress state"))
        }
        return Result(text: text, notes: notes, isChanged: isChanged)
    }

    /// Whether the text has hunks: then each of its lines is a file's.
    static func isDiff(_ bytes: [UInt8]) -> Bool {
        bytes[...].contains("\n@@ -") || bytes[...].starts("@@ -")
    }

    /// A word diff tells what was added and removed by colour alone.
    private static func isColourMeaning(_ bytes: [UInt8], _ command: ShellCommand) -> Bool {
        for step in command.steps
        where step.arguments.contains(where: { $0.hasPrefix("--color-words") || $0.hasPrefix("--word-diff") }) {
            return true
        }
        guard bytes[...].contains("@@"), bytes[...].contains("\u{1B}[31m"), bytes[...].contains("\u{1B}[32m") else {
            return false
        }
        let plain = withoutEscapes(bytes)
        return !plain[...].contains("\n+") || !plain[...].contains("\n-")
    }

    /// Without control sequences of terminals (ECMA-48): CSI, OSC and those of two bytes.
    private static func withoutEscapes(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == .escape, let end = endOfEscape(bytes, index) {
                index = end
            } else {
                out.append(bytes[index])
                index += 1
            }
        }
        return out
    }

    /// Where the sequence that begins here ends; `nil` when it is none, or is cut off.
    private static func endOfEscape(_ bytes: [UInt8], _ start: Int) -> Int? {
        guard start + 1 < bytes.count else { return nil }
        switch bytes[start + 1] {
        case UInt8(ascii: "["):
            var index = start + 2
            let limit = min(bytes.count, index + 64)
            while index < limit, (0x20...0x3F).contains(bytes[index]) { index += 1 }
            return index < limit && (0x40...0x7E).contains(bytes[index]) ? index + 1 : nil
        case UInt8(ascii: "]"):
            var index = start + 2
            let limit = min(bytes.count, index + 2048)
            while index < limit, bytes[index] != .newline {
                if bytes[index] == .bell { return index + 1 }
                if bytes[index] == .escape {
                    return index + 1 < limit && bytes[index + 1] == UInt8(ascii: "\\") ? index + 2 : nil
                }
                index += 1
            }
            return nil
        case UInt8(ascii: "("), UInt8(ascii: ")"):
            return start + 2 < bytes.count ? start + 3 : nil
        case 0x37, 0x38, 0x3D, 0x3E, UInt8(ascii: "M"), UInt8(ascii: "c"):
            return start + 2
        default:
            return nil
        }
    }
}
