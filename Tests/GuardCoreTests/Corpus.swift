import Foundation
import JSON
import Testing

/// A labelled line of the corpus in Fixtures; spans are bytes here, scalars in the file.
struct CorpusLine: Sendable {
    var text: String
    var labels: [String]
    var target: String?
    var spans: [(range: Range<Int>, entity: String)]

    static func load(_ name: String) throws -> [CorpusLine] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
        let data = try Data(contentsOf: folder.appendingPathComponent(name))
        return try data.split(separator: 0x0A).map { line in
            let root = try JSONDocument(Array(line)).root
            let text = try #require(root["text"]?.string)
            var spans: [(range: Range<Int>, entity: String)] = []
            for span in root["spans"].map({ Array($0.elements) }) ?? [] {
                let parts = Array(span.elements)
                let (start, end) = (parts[0].integer ?? 0, parts[1].integer ?? 0)
                spans.append((bytes(start, text)..<bytes(end, text), parts[2].string ?? ""))
            }
            return CorpusLine(
                text: text,
                labels: (root["labels"].map { Array($0.elements) } ?? []).compactMap(\.string),
                target: root["target"]?.string,
                spans: spans
            )
        }
    }

    private static func bytes(_ scalars: Int, _ text: String) -> Int {
        text.unicodeScalars.prefix(scalars).reduce(0) { $0 + UTF8.width($1) }
    }
}

/// The same numbers at every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
