/// The shape of a value on the wire: the part of JSON Schema that the contracts need.
///
/// A message states it beside its coder; the published documents are made from it, and a test holds the coder to it.
public struct Schema: Hashable, Sendable {
    package indirect enum Shape: Hashable, Sendable {
        case any
        case boolean
        case integer
        case number
        /// A string; the examples are all it may be when it is closed.
        case string(examples: [String], isClosed: Bool)
        case array(Schema)
        case map(Schema)
        case object(name: String, summary: String, members: [Member])
    }

    /// A member of an object.
    public struct Member: Hashable, Sendable {
        package enum Presence: Hashable, Sendable {
            /// Always there.
            case required
            /// Always sent; a reader fills in what is missing.
            case optional
            /// Always sent, null for none; a missing one is none too.
            case nullable
            /// Sent only when there is one.
            case omittable
        }

        package let name: String
        package let presence: Presence
        package let schema: Schema
        package let summary: String
    }

    package let shape: Shape
}

extension Schema {
    package static let any = Schema(shape: .any)
    package static let boolean = Schema(shape: .boolean)
    package static let integer = Schema(shape: .integer)
    package static let number = Schema(shape: .number)
    package static let string = Schema(shape: .string(examples: [], isClosed: false))

    /// A string from a closed list.
    package static func string(oneOf values: [String]) -> Schema {
        Schema(shape: .string(examples: values, isClosed: true))
    }

    /// A string from a list that may grow.
    package static func string(like values: String...) -> Schema {
        string(like: values)
    }

    /// A string from a list that may grow.
    package static func string(like values: [String]) -> Schema {
        Schema(shape: .string(examples: values, isClosed: false))
    }

    package static func array(of element: Schema) -> Schema {
        Schema(shape: .array(element))
    }

    /// An object with names of the sender's choosing.
    package static func map(of value: Schema) -> Schema {
        Schema(shape: .map(value))
    }

    /// An object under a name, which documents refer to.
    package static func object(_ name: String, _ summary: String, _ members: [Member]) -> Schema {
        Schema(shape: .object(name: name, summary: summary, members: members))
    }

    /// The name and the members, when it is an object.
    package var object: (name: String, summary: String, members: [Member])? {
        guard case .object(let name, let summary, let members) = shape else { return nil }
        return (name, summary, members)
    }
}

extension Schema.Member {
    package static func required(_ name: String, _ schema: Schema, _ summary: String) -> Self {
        Self(name: name, presence: .required, schema: schema, summary: summary)
    }

    package static func optional(_ name: String, _ schema: Schema, _ summary: String) -> Self {
        Self(name: name, presence: .optional, schema: schema, summary: summary)
    }

    package static func nullable(_ name: String, _ schema: Schema, _ summary: String) -> Self {
        Self(name: name, presence: .nullable, schema: schema, summary: summary)
    }

    package static func omittable(_ name: String, _ schema: Schema, _ summary: String) -> Self {
        Self(name: name, presence: .omittable, schema: schema, summary: summary)
    }
}
