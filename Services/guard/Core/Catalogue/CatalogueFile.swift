import Contracts
import JSON
import Patterns

/// Why a catalogue's file is refused: names the file, the entry and the field.
package struct CatalogueError: Error, Hashable, Sendable, CustomStringConvertible {
    package var file: String
    /// The entry's id, or its number where it has none; empty for the file's own fields.
    package var entry: String
    package var field: String
    package var problem: String

    package init(file: String, entry: String = "", field: String = "", problem: String) {
        self.file = file
        self.entry = entry
        self.field = field
        self.problem = problem
    }

    package var description: String {
        let place = [entry.isEmpty ? "" : "entry \(entry)", field].filter { !$0.isEmpty }.joined(separator: ", ")
        return place.isEmpty ? "\(file): \(problem)" : "\(file): \(place): \(problem)"
    }
}

/// A catalogue as it is written down: a JSON object with `detector`, `languages`, `define` and `entries`.
///
/// `define` names fragments, a text or a list of alternatives, that patterns and literals take in as `{{name}}`; one may take in
/// those before it. docs/detectors.md describes every field.
package struct CatalogueFile: Sendable {
    /// Bytes of a file.
    package static let longest = 1 << 20
    /// Entries of a file.
    static let mostEntries = 500
    /// How far from its trigger a pattern may look, in bytes.
    static let farthest = 8192

    package let name: String
    package let detector: Detector
    package let languages: [String]
    package private(set) var entries: [DetectorEntry] = []

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - bytes: Its JSON.
    ///   - name: What errors call it.
    /// - Throws: ``CatalogueError`` about the first thing that is wrong.
    package init(_ bytes: [UInt8], name: String) throws(CatalogueError) {
        self.name = name
        guard bytes.count <= Self.longest else {
            throw CatalogueError(file: name, entry: "", field: "", problem: "longer than \(Self.longest) bytes")
        }
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(bytes)
        } catch {
            throw CatalogueError(file: name, entry: "", field: "", problem: "no JSON: \(error)")
        }
        let root = document.root
        let defined: FragmentTable
        let items: [JSONCursor]
        do throws(WireError) {
            try CatalogueFields.check(root, CatalogueFields.file)
            let text = try root.string("detector")
            guard let known = Detector(rawValue: text), known != .custom else {
                throw root.error("detector", "expected pii, injection, toxicity, bias, topics or code")
            }
            detector = known
            languages = try root.strings("languages", default: ["*"])
            defined = try FragmentTable(root)
            items = Array(try root.required("entries").elements)
            guard items.count <= Self.mostEntries else {
                throw root.error("entries", "more than \(Self.mostEntries)")
            }
        } catch {
            throw CatalogueError(file: name, entry: "", field: error.path, problem: error.problem)
        }
        for (number, item) in items.enumerated() {
            let id = (try? item.string("id")) ?? "\(number + 1)"
            do throws(WireError) {
                let reader = EntryReader(item, defined, detector: detector, languages: languages)
                entries.append(try reader.entry())
            } catch {
                let field = error.path.split(separator: ".").last.map(String.init) ?? ""
                throw CatalogueError(file: name, entry: id, field: field, problem: error.problem)
            }
        }
    }
}

/// The fragments that patterns share.
struct FragmentTable {
    private var texts: [String: String] = [:]
    private var lists: [String: [String]] = [:]

    init(_ root: JSONCursor) throws(WireError) {
        guard let object = try root.optional("define") else { return }
        guard object.kind == .object else { throw object.mismatch("object") }
        for member in object.members {
            guard let name = member.name.string else { continue }
            if member.value.kind == .array {
                let items = try object.strings(name).map { (item) throws(WireError) in try expanded(item, object) }
                lists[name] = items
                texts[name] = "(?:" + items.joined(separator: "|") + ")"
            } else {
                texts[name] = try expanded(try object.string(name), object)
            }
        }
    }

    /// A text with the fragments it names put in.
    func expanded(_ text: String, _ place: JSONCursor) throws(WireError) -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            result += rest[..<open.lowerBound]
            let name = String(rest[open.upperBound..<close.lowerBound])
            guard let fragment = texts[name] else { throw place.error("define", "there is no fragment \(name)") }
            result += fragment
            rest = rest[close.upperBound...]
        }
        return result + rest
    }

    /// The words of a list, or the text itself.
    func words(_ text: String, _ place: JSONCursor) throws(WireError) -> [String] {
        guard text.hasPrefix("{{"), text.hasSuffix("}}") else { return [text] }
        let name = String(text.dropFirst(2).dropLast(2))
        guard let list = lists[name] else { throw place.error("literals", "there is no list \(name)") }
        if let odd = list.first(where: { $0.utf8.contains(where: Self.special.contains) }) {
            throw place.error("literals", "\(odd) in \(name) is a pattern, not a word")
        }
        return list
    }

    private static let special = ByteSet("\\[](){}?*+.|^$")
}
