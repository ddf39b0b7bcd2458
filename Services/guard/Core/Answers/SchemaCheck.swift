import JSON
import Patterns

/// Holds a JSON text against a schema; counts its steps, so that no pair of schema and text takes for ever.
struct SchemaCheck {
    /// What does not fit, and where; never a value of the text.
    struct Problem: Error, Hashable {
        /// From the root, by names that the schema knows.
        var path: String
        var text: String
        /// Bytes of the value.
        var range: Range<Int>
    }

    /// Pairs of a value and a schema that are looked at.
    private static let mostSteps = 200_000
    /// Values inside each other, schemas that only lead to others included.
    private static let deepest = 256

    private let schema: AnswerSchema
    private let matcher: Matcher
    private var steps = 0
    private var budget = MatchBudget()

    /// The first thing that does not fit; `nil` when all does.
    static func problem(_ schema: AnswerSchema, _ value: JSONCursor, _ matcher: Matcher) -> Problem? {
        var check = SchemaCheck(schema: schema, matcher: matcher)
        do throws(Problem) {
            try check.hold(value, 0, "$", depth: 0)
            return nil
        } catch {
            return error
        }
    }

    private init(schema: AnswerSchema, matcher: Matcher) {
        self.schema = schema
        self.matcher = matcher
    }

    private mutating func hold(_ value: JSONCursor, _ number: Int, _ path: String, depth: Int) throws(Problem) {
        steps += 1
        guard steps <= Self.mostSteps, depth < Self.deepest else {
            throw Problem(path: path, text: "takes too long to check", range: value.range)
        }
        let node = schema.nodes[number]
        func fail(_ text: String) -> Problem { Problem(path: path, text: text, range: value.range) }
        if node.refusesAll { throw fail("is not allowed") }
        if let types = node.types, types.isDisjoint(with: JSONTypes(of: value)) { throw fail("is no \(types.names)") }
        if let allowed = node.allowed {
            steps += allowed.count
            guard allowed.contains(where: { Self.areEqual($0, value) }) else { throw fail("is none of the values") }
        }
        for bound in node.bounds where !Self.fits(value, bound) {
            throw fail("\(bound.kind.rawValue) is \(Self.text(bound.value))")
        }
        if let pattern = node.pattern, value.kind == .string, !matches(value, pattern) {
            throw fail("does not fit its pattern")
        }
        switch value.kind {
        case .object: try hold(members: value, node, path, depth: depth)
        case .array: try hold(elements: value, node, path, depth: depth)
        default: break
        }
        for other in node.all { try hold(value, other, path, depth: depth + 1) }
        try holdAlternatives(value, node, path, depth: depth)
    }

    private mutating func hold(
        members value: JSONCursor,
        _ node: AnswerSchema.Node,
        _ path: String,
        depth: Int
    ) throws(Problem) {
        var missing = Set(node.required)
        guard !missing.isEmpty || !node.properties.isEmpty || node.otherProperties != nil else { return }
        for (name, member) in value.members {
            let name = name.string ?? ""
            missing.remove(name)
            if let own = node.properties[name] {
                try hold(member, own, "\(path).\(name)", depth: depth + 1)
            } else if let others = node.otherProperties {
                // A name that the schema does not know is the text's own.
                try hold(member, others, path + ".*", depth: depth + 1)
            }
        }
        if let name = node.required.first(where: missing.contains) {
            throw Problem(path: "\(path).\(name)", text: "is missing", range: value.range)
        }
    }

    private mutating func hold(
        elements value: JSONCursor,
        _ node: AnswerSchema.Node,
        _ path: String,
        depth: Int
    ) throws(Problem) {
        guard node.items != nil || !node.firstItems.isEmpty else { return }
        for (place, element) in value.elements.enumerated() {
            guard let own = place < node.firstItems.count ? node.firstItems[place] : node.items else { return }
            try hold(element, own, "\(path)[\(place)]", depth: depth + 1)
        }
    }

    private mutating func holdAlternatives(
        _ value: JSONCursor,
        _ node: AnswerSchema.Node,
        _ path: String,
        depth: Int
    ) throws(Problem) {
        // What was given up for its steps has fitted nothing.
        func fail(_ text: String) -> Problem {
            let isSpent = steps > Self.mostSteps
            return Problem(path: path, text: isSpent ? "takes too long to check" : text, range: value.range)
        }
        if let any = node.any, fitting(value, any, path, depth: depth, upTo: 1) == 0 {
            throw fail("fits none of anyOf")
        }
        if let one = node.one {
            let count = fitting(value, one, path, depth: depth, upTo: 2)
            guard count == 1 else { throw fail(count == 0 ? "fits none of oneOf" : "fits more than one of oneOf") }
        }
        if let not = node.not, fitting(value, [not], path, depth: depth, upTo: 1) > 0 {
            throw fail("fits what it must not")
        }
        guard steps <= Self.mostSteps else { throw fail("") }
    }

    private mutating func fitting(
        _ value: JSONCursor,
        _ alternatives: [Int],
        _ path: String,
        depth: Int,
        upTo most: Int
    ) -> Int {
        var count = 0
        for other in alternatives where count < most {
            do throws(Problem) {
                try hold(value, other, path, depth: depth + 1)
                count += 1
            } catch {
                continue
            }
        }
        return count
    }

    private mutating func matches(_ value: JSONCursor, _ pattern: Pattern) -> Bool {
        var text = value.string ?? ""
        return text.withUTF8 { bytes in
            do throws(MatchFault) {
                let checked = CheckedText(valid: bytes)
                return try matcher.find(pattern, in: checked, from: 0, to: bytes.count, budget: &budget) != .none
            } catch {
                return false
            }
        }
    }

    // MARK: Values

    private static func fits(_ value: JSONCursor, _ bound: AnswerSchema.Bound) -> Bool {
        let limit = bound.value
        switch (bound.kind, value.kind) {
        case (.minItems, .array), (.minProperties, .object): return Double(value.count) >= limit
        case (.maxItems, .array), (.maxProperties, .object): return Double(value.count) <= limit
        case (.minLength, .string): return Double(value.string?.unicodeScalars.count ?? 0) >= limit
        case (.maxLength, .string): return Double(value.string?.unicodeScalars.count ?? 0) <= limit
        default: break
        }
        guard let number = value.double else { return true }
        switch bound.kind {
        case .minimum: return number >= limit
        case .maximum: return number <= limit
        case .exclusiveMinimum: return number > limit
        case .exclusiveMaximum: return number < limit
        case .multipleOf:
            let times = number / limit
            // Decimal fractions are none in binary: 0.3 is a multiple of 0.1.
            return abs(times - times.rounded()) <= abs(times) * 1e-12 + 1e-12
        default: return true
        }
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    }

    /// Whether two values are the same, however they are written.
    private static func areEqual(_ one: JSONCursor, _ other: JSONCursor) -> Bool {
        guard one.kind == other.kind else { return false }
        switch one.kind {
        case .null: return true
        case .boolean: return one.boolean == other.boolean
        case .number: return one.double == other.double
        case .string: return one.string == other.string
        case .array:
            return one.count == other.count && zip(one.elements, other.elements).allSatisfy { areEqual($0, $1) }
        case .object:
            guard one.count == other.count else { return false }
            let own = Dictionary(one.members.map { ($0.name.string ?? "", $0.value) }) { _, last in last }
            return other.members.allSatisfy { member in
                own[member.name.string ?? ""].map { areEqual($0, member.value) } == true
            }
        }
    }
}
