import Contracts
import JSON
import Patterns

/// The members that a catalogue's file and its entries may have.
enum CatalogueFields {
    static let file: Set<String> = ["detector", "languages", "define", "entries", "about"]
    static let entry: Set<String> = [
        "id", "entity", "reason", "languages", "pattern", "options", "literals", "shape", "form", "lead", "reach",
        "before",
        "after", "peek", "check", "score", "context", "severity", "opt_in", "hits", "misses",
    ]
    static let context: Set<String> = ["words", "score", "span"]

    /// Refuses members that nobody reads: a mistyped one would be a rule that is not there.
    static func check(_ object: JSONCursor, _ known: Set<String>) throws(WireError) {
        try object.requireObject()
        for member in object.members {
            guard let name = member.name.string else { continue }
            guard known.contains(name) else { throw object.error(name, "there is no such field") }
        }
    }
}

/// Reads one entry of a catalogue.
struct EntryReader {
    private let item: JSONCursor
    private let fragments: FragmentTable
    private let detector: Detector
    private let languages: [String]

    init(_ item: JSONCursor, _ fragments: FragmentTable, detector: Detector, languages: [String]) {
        self.item = item
        self.fragments = fragments
        self.detector = detector
        self.languages = languages
    }

    func entry() throws(WireError) -> DetectorEntry {
        try CatalogueFields.check(item, CatalogueFields.entry)
        var entry = DetectorEntry(
            id: try item.string("id"),
            detector: detector,
            entity: try name("entity"),
            pattern: try pattern(),
            options: try options(),
            trigger: try trigger(),
            lead: try distance("lead", default: 0),
            reach: try distance("reach", default: 0),
            score: try fraction(item, "score")
        )
        entry.reason = try item.string("reason")
        entry.languages = try item.strings("languages", default: languages)
        entry.literalForm = try word("form", default: .anywhere)
        entry.before = try bytes("before")
        entry.after = try bytes("after")
        entry.peek = try distance("peek", default: 0)
        entry.check = try word("check", default: .none)
        if let severity = try item.optionalString("severity") {
            entry.severity = Severity(rawValue: severity)
            guard Severity.known.contains(entry.severity) else { throw item.error("severity", "low, medium or high") }
        }
        entry.isOptIn = try item.boolean("opt_in", default: false)
        try readContext(into: &entry)
        entry.hits = try item.strings("hits")
        entry.misses = try item.strings("misses")
        return entry
    }

    private func name(_ field: String) throws(WireError) -> String {
        let name = try item.string(field)
        guard (1...64).contains(name.utf8.count),
            name.utf8.allSatisfy({ ByteSet.word.contains($0) || $0 == UInt8(ascii: "-") })
        else { throw item.error(field, "expected 1 to 64 letters, digits, _ or -") }
        return name
    }

    private func pattern() throws(WireError) -> String {
        let isList = try item.required("pattern").kind == .array
        let alternatives = isList ? try item.strings("pattern") : [try item.string("pattern")]
        guard !alternatives.isEmpty else { throw item.error("pattern", "is empty") }
        var expanded: [String] = []
        for text in alternatives { expanded.append(try fragments.expanded(text, item)) }
        return Alternatives.joined(expanded)
    }

    private func options() throws(WireError) -> PatternOptions {
        var options: PatternOptions = []
        for name in try item.strings("options", default: []) {
            switch name {
            case "caseless": options.insert(.caseless)
            case "unicode": options.insert(.unicode)
            case "multiline": options.insert(.multiline)
            case "dot_all": options.insert(.dotAll)
            default: throw item.error("options", "expected caseless, unicode, multiline or dot_all")
            }
        }
        return options
    }

    private func trigger() throws(WireError) -> Trigger {
        let shape = try item.optionalString("shape")
        if try item.optional("literals") != nil {
            guard shape == nil else { throw item.error("shape", "stands beside literals") }
            var words: [String] = []
            for text in try item.strings("literals") { words += try fragments.words(text, item) }
            guard words.allSatisfy({ (2...64).contains($0.utf8.count) }) || words == ["@"] else {
                throw item.error("literals", "each has 2 to 64 bytes")
            }
            return .literals(words)
        }
        switch shape {
        case "digits": return .digits
        case "dotted": return .dotted
        case "colons": return .colons
        case "accounts": return .accounts
        case "coins": return .coins
        case "invisible": return .invisible
        case nil: throw item.error("literals", "is missing, and so is shape")
        default: throw item.error("shape", "expected digits, dotted, colons, accounts, coins or invisible")
        }
    }

    private func distance(_ field: String, default value: Int) throws(WireError) -> Int {
        let number = try item.integer(field, default: value)
        guard (0...CatalogueFile.farthest).contains(number) else {
            throw item.error(field, "0 to \(CatalogueFile.farthest)")
        }
        return number
    }

    private func fraction(_ object: JSONCursor, _ field: String) throws(WireError) -> Double {
        let number = try object.double(field)
        guard (0...1).contains(number) else { throw object.error(field, "0 to 1") }
        return number
    }

    private func word<Word: RawRepresentable & CaseIterable>(
        _ field: String,
        default value: Word
    ) throws(WireError) -> Word where Word.RawValue == String {
        guard let text = try item.optionalString(field) else { return value }
        guard let word = Word(rawValue: text) else {
            throw item.error(field, "expected \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }

    /// Bytes as they stand, and `\w` for letters, digits and the underscore.
    private func bytes(_ field: String) throws(WireError) -> ByteSet {
        guard let text = try item.optionalString(field) else { return .none }
        var set = ByteSet.none
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "w") {
                rest.removeFirst()
                set = set.union(.word)
            } else {
                guard byte < 0x80 else { throw item.error(field, "expected ASCII") }
                set.insert(byte)
            }
        }
        return set
    }

    private func readContext(into entry: inout DetectorEntry) throws(WireError) {
        guard let context = try item.optional("context") else { return }
        try CatalogueFields.check(context, CatalogueFields.context)
        entry.context = try context.strings("words")
        entry.contextScore = try fraction(context, "score")
        entry.contextSpan = try context.integer("span", default: ContextWords.longestSpan)
        guard (1...ContextWords.longestSpan).contains(entry.contextSpan) else {
            throw context.error("span", "1 to \(ContextWords.longestSpan)")
        }
    }
}
