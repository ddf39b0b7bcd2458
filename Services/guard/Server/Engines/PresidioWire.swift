import GuardCore
import JSON

/// The messages of Presidio's analyzer, in the form for several texts at once.
enum PresidioWire {
    static func request(_ texts: [String], entities: [String], minimumScore: Double, _ language: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { fields in
            fields.array("text") { items in for text in texts { items.string(text) } }
            fields.string("language", language)
            fields.array("entities") { items in for entity in entities { items.string(entity) } }
            fields.double("score_threshold", minimumScore)
        }
        return writer.bytes
    }

    /// Reads an answer: for each text a list of what was found in it.
    ///
    /// - Returns: Ranges in bytes; `nil` for anything but one list for each text, or for a place outside its text.
    static func matches(_ answer: [UInt8], of texts: [String]) -> [[ExternalMatch]]? {
        guard let root = (try? JSONDocument(answer))?.root, root.kind == .array, root.count == texts.count else {
            return nil
        }
        var lists: [[ExternalMatch]] = []
        for (list, text) in zip(root.elements, texts) {
            guard list.kind == .array else { return nil }
            guard list.count > 0 else {
                lists.append([])
                continue
            }
            let places = CodePoints(text)
            var matches: [ExternalMatch] = []
            for item in list.elements {
                guard let entity = item["entity_type"]?.string, let score = item["score"]?.double,
                    let start = item["start"]?.integer, let end = item["end"]?.integer,
                    let range = places.bytes(from: start, to: end)
                else { return nil }
                matches.append(ExternalMatch(entity: entity, range: range, score: min(1, max(0, score))))
            }
            lists.append(matches)
        }
        return lists
    }
}

/// Where each code point of a text starts in its UTF-8: Presidio counts as Python does.
struct CodePoints {
    private let starts: [Int]

    init(_ text: String) {
        var starts: [Int] = []
        var place = 0
        for byte in text.utf8 {
            if byte & 0xC0 != 0x80 { starts.append(place) }
            place += 1
        }
        starts.append(place)
        self.starts = starts
    }

    /// `nil` for a range that does not lie in the text.
    func bytes(from start: Int, to end: Int) -> Range<Int>? {
        guard start >= 0, start <= end, end < starts.count else { return nil }
        return starts[start]..<starts[end]
    }
}
