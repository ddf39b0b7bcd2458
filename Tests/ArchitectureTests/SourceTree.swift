import Foundation

/// The repository's Swift sources, as text.
struct SourceTree {
    /// One Swift file.
    struct File {
        /// The path from the repository's root.
        let path: String
        let lines: [Substring]

        /// The modules it imports, with what stands before `import` left out.
        var imports: [String] {
            lines.compactMap { line in
                let words = line.split(separator: " ")
                guard let at = words.firstIndex(of: "import"), at <= 2, at + 1 < words.count else { return nil }
                guard words[..<at].allSatisfy({ Self.modifiers.contains($0) }) else { return nil }
                let named = Self.kinds.contains(words[at + 1]) && at + 2 < words.count ? words[at + 2] : words[at + 1]
                return named.split(separator: ".").first.map(String.init)
            }
        }

        private static let modifiers: Set<Substring> = ["package", "public", "internal", "private", "@preconcurrency"]
        private static let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "let", "var"]
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The Swift files under a folder, generated ones left out.
    static func files(under folder: String) throws -> [File] {
        let base = root + "/" + folder
        guard let walk = FileManager.default.enumerator(atPath: base) else { return [] }
        var files: [File] = []
        for case let name as String in walk where name.hasSuffix(".swift") && !name.contains("Generated/") {
            let text = try String(contentsOfFile: base + "/" + name, encoding: .utf8)
            files.append(
                File(path: folder + "/" + name, lines: text.split(separator: "\n", omittingEmptySubsequences: false))
            )
        }
        return files
    }
}
