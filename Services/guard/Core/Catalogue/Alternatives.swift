/// The alternatives of a pattern as one expression.
///
/// Where each of them begins with `\b`, it is asked once and not by every one of them: a pattern of ten is tried at each byte of a
/// region, and most bytes stand within a word.
enum Alternatives {
    private static let boundary = "\\b"

    static func joined(_ parts: [String]) -> String {
        let plain = parts.joined(separator: "|")
        guard let all = split(plain), all.count > 1, all.allSatisfy(beginsWithBoundary) else { return plain }
        return boundary + "(?:" + all.map { $0.dropFirst(boundary.count) }.joined(separator: "|") + ")"
    }

    private static func beginsWithBoundary(_ part: String) -> Bool {
        guard part.hasPrefix(boundary) else { return false }
        return !["?", "*", "+", "{"].contains(part.dropFirst(boundary.count).first)
    }

    /// The parts between the bars that stand in no parentheses; `nil` where the source has what this does not read.
    private static func split(_ source: String) -> [String]? {
        // Quoted text, comments and named classes, in which a bracket is none.
        guard ["\\Q", "(?#", "[:"].allSatisfy({ !source.contains($0) }) else { return nil }
        var parts: [String] = []
        var part = String.UnicodeScalarView()
        var depth = 0
        var isEscaped = false
        // How many characters of a class were read, but for the sign that turns it round.
        var inClass: Int?
        for scalar in source.unicodeScalars {
            if scalar == "|", depth == 0, inClass == nil, !isEscaped {
                parts.append(String(part))
                part.removeAll()
                continue
            }
            part.append(scalar)
            if isEscaped || scalar == "\\" {
                isEscaped.toggle()
                inClass = inClass.map { $0 + 1 }
            } else if let count = inClass {
                inClass = scalar == "]" && count > 0 ? nil : scalar == "^" && count == 0 ? 0 : count + 1
            } else if scalar == "[" {
                inClass = 0
            } else {
                depth += scalar == "(" ? 1 : scalar == ")" ? -1 : 0
            }
        }
        parts.append(String(part))
        return depth == 0 ? parts : nil
    }
}
