import Contracts
import JSON

extension Schema {
    /// What a filled value has that the schema does not say, or lacks of what it says; empty when they agree.
    func disagreements(with value: JSONCursor) -> [String] {
        switch shape {
        case .any: []
        case .boolean: value.kind == .boolean ? [] : [complaint(value, "boolean")]
        case .integer: value.integer != nil ? [] : [complaint(value, "integer")]
        case .number: value.kind == .number ? [] : [complaint(value, "number")]
        case .string(let examples, let isClosed):
            switch value.string {
            case nil: [complaint(value, "string")]
            case let text? where isClosed && !examples.contains(text): [complaint(value, "one of \(examples)")]
            default: []
            }
        case .array(let element):
            if value.kind != .array || value.count == 0 {
                [complaint(value, "filled array")]
            } else {
                value.elements.flatMap { element.disagreements(with: $0) }
            }
        case .map(let member):
            if value.kind != .object || value.count == 0 {
                [complaint(value, "filled map")]
            } else {
                value.members.flatMap { member.disagreements(with: $0.value) }
            }
        case .object(_, _, let members):
            value.kind == .object ? disagreements(of: members, with: value) : [complaint(value, "object")]
        }
    }

    private func disagreements(of members: [Member], with value: JSONCursor) -> [String] {
        var problems: [String] = []
        let written = value.members.compactMap(\.name.string)
        if written != members.map(\.name) {
            problems.append("\(value.path): wrote \(written), the schema has \(members.map(\.name))")
        }
        for member in members {
            guard let child = value[member.name] else { continue }
            problems += member.schema.disagreements(with: child)
        }
        return problems
    }

    private func complaint(_ value: JSONCursor, _ expected: String) -> String {
        "\(value.path): expected \(expected)"
    }

    /// JSON of another type than the schema's, or `nil` where anything goes.
    var wrongJSON: String? {
        switch shape {
        case .any: nil
        case .boolean: "7"
        case .integer: "1.5"
        case .number: #""x""#
        case .string: "7"
        case .array: "{}"
        case .map, .object: "[]"
        }
    }
}
