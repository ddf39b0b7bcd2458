/// Says which member of a message is missing or of the wrong type.
public struct WireError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where in the document, such as `params.segments[3].id`; empty for the document's own value.
    public var path: String
    /// What is wrong there, such as `expected integer`.
    public var problem: String

    /// Makes an error about a place.
    public init(path: String, problem: String) {
        self.path = path
        self.problem = problem
    }

    /// One line for people, such as `params.segments[3].id: expected integer`.
    public var description: String {
        path.isEmpty ? problem : "\(path): \(problem)"
    }
}
