/// The one line at the end of a smaller text: what was left out of it, in plain words and no language's comment.
package enum Marker {
    private static let opening: StaticString = "[keirouter: "

    package static func line(_ notes: [String]) -> [UInt8] {
        Array("[keirouter: \(notes.joined(separator: ", "))]".utf8)
    }

    /// Whether a text has been through here.
    package static func isIn(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while let found = rest.position(of: opening) {
            if found == bytes.startIndex || bytes[found - 1] == .newline { return true }
            rest = bytes[(found + 1)...]
        }
        return false
    }

    /// "1 line", "2 lines".
    package static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
        "\(number) \(number == 1 ? one : many ?? one + "s")"
    }
}
