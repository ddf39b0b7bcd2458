import Foundation
import Testing

/// A text and the ids that OpenAI's own tokenizer gives it in each vocabulary.
struct Sample: Decodable, Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var o200k: [Int]
    var cl100k: [Int]

    var testDescription: String { name }

    /// Made by `scripts/make-token-counts`.
    static func all() throws -> [Sample] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
        let data = try Data(contentsOf: folder.appending(path: "counts.json"))
        return try JSONDecoder().decode([Sample].self, from: data)
    }
}
