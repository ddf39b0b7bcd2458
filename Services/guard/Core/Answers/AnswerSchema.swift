import JSON
import Patterns

/// Why a schema is none that answers can be held to; says where in the schema.
package struct SchemaError: Error, Hashable, Sendable, CustomStringConvertible {
    package var path: String
    package var problem: String

    package var description: String { path.isEmpty ? problem : "\(path): \(problem)" }
}

/// A JSON Schema as far as answers are held to it: a bounded part of draft 2020-12, and the words of OpenAPI that Gemini uses.
///
/// `type` (also in capitals, also with `nullable`), `enum`, `const`, `properties`, `required`, `additionalProperties`, `items`,
/// `prefixItems`, `minItems`, `maxItems`, `minProperties`, `maxProperties`, `minLength`, `maxLength`, `pattern`, `minimum`,
/// `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `multipleOf`, `allOf`, `anyOf`, `oneOf`, `not`, and `$ref` within the schema.
package struct AnswerSchema: Sendable {
    /// Bytes of a schema.
    package static let longest = 64 << 10
    /// Schemas inside it, and how deep they may stand in each other.
    static let mostNodes = 4096
    static let deepest = 64

    /// The schema that everything fits.
    static let anything = AnswerSchema(nodes: [Node()])

    let nodes: [Node]

    private init(nodes: [Node]) {
        self.nodes = nodes
    }

    /// One schema; others are told by their number.
    struct Node: Sendable {
        /// The schema `false`.
        var refusesAll = false
        var types: JSONTypes?
        var allowed: [JSONCursor]?
        var properties: [String: Int] = [:]
        var required: [String] = []
        var otherProperties: Int?
        var items: Int?
        var firstItems: [Int] = []
        var pattern: Pattern?
        var bounds: [Bound] = []
        var all: [Int] = []
        var any: [Int]?
        var one: [Int]?
        var not: Int?
    }

    /// A number that a value is held against.
    struct Bound: Sendable {
        enum Kind: String, CaseIterable, Sendable {
            case minItems, maxItems, minProperties, maxProperties, minLength, maxLength
            case minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf
        }

        var kind: Kind
        var value: Double
    }

    /// Reads a schema.
    ///
    /// - Parameters:
    ///   - bytes: Its JSON.
    ///   - isStrict: Whether words that are not known are refused; otherwise they are passed over, as a provider may know them.
    /// - Throws: ``SchemaError`` about the first thing that is wrong.
    package init(_ bytes: [UInt8], isStrict: Bool) throws(SchemaError) {
        guard bytes.count <= Self.longest else {
            throw SchemaError(path: "", problem: "longer than \(Self.longest) bytes")
        }
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(bytes, limits: JSONLimits(maximumDepth: Self.deepest * 2))
        } catch {
            throw SchemaError(path: "", problem: "no JSON: \(error)")
        }
        guard document.root.kind == .object else { throw SchemaError(path: "", problem: "expected an object") }
        var reader = SchemaReader(root: document.root, isStrict: isStrict)
        _ = try reader.node(document.root, depth: 0)
        nodes = reader.nodes
    }
}

/// The types of JSON.
struct JSONTypes: OptionSet, Hashable, Sendable {
    let rawValue: UInt8

    static let null = JSONTypes(rawValue: 1)
    static let boolean = JSONTypes(rawValue: 2)
    static let number = JSONTypes(rawValue: 4)
    static let integer = JSONTypes(rawValue: 8)
    static let string = JSONTypes(rawValue: 16)
    static let array = JSONTypes(rawValue: 32)
    static let object = JSONTypes(rawValue: 64)

    private static let names: [(String, JSONTypes)] = [
        ("null", .null), ("boolean", .boolean), ("number", .number), ("integer", .integer), ("string", .string),
        ("array", .array), ("object", .object),
    ]

    /// By its name in a schema; `nil` for what is none.
    init?(name: String) {
        let lower = name.lowercased()
        guard let known = Self.names.first(where: { $0.0 == lower }) else { return nil }
        self = known.1
    }

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// What a value is; a whole number is a number and an integer.
    init(of value: JSONCursor) {
        self =
            switch value.kind {
            case .null: .null
            case .boolean: .boolean
            case .number: value.double.map { $0 == $0.rounded() } == true ? [.number, .integer] : .number
            case .string: .string
            case .array: .array
            case .object: .object
            }
    }

    /// For people.
    var names: String {
        Self.names.filter { contains($0.1) }.map(\.0).joined(separator: " or ")
    }
}
