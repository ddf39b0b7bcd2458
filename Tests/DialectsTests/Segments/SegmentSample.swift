import Contracts
import Dialects
import JSON

/// A request read for its texts.
struct SegmentSample {
    let document: JSONDocument
    let facts: Dialects.RequestFacts
    let segments: RequestSegments

    init(_ json: String, _ dialect: Dialect) throws {
        document = try JSONDocument(Array(json.utf8))
        facts = try Dialects.RequestFacts.read(document, dialect: dialect)
        segments = RequestSegments.read(facts)
    }

    /// One line for each text: `turn role kind[(tool)][ flags]: text`.
    var lines: [String] {
        segments.all.map { segment in
            let tool = segment.toolName.map { "(\($0))" } ?? ""
            var flags = ""
            if segment.isError { flags += " error" }
            if segment.isLastUser { flags += " last" }
            if segment.hasCacheMark { flags += " marked" }
            if segment.isBeforeLastAssistant { flags += " old" }
            if segment.signedBlock != nil { flags += " signed" }
            return "\(segment.turn) \(segment.role) \(segment.kind.rawValue)\(tool)\(flags): \(segment.text)"
        }
    }

    func applying(_ edits: [JSONEdit]) throws -> String {
        String(decoding: try document.applying(edits), as: UTF8.self)
    }
}
