/// Why a request body is not a request of its dialect; always the client's mistake.
public struct DialectError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The parameter at fault as the client spells it (`messages`, `stream_options.include_usage`); empty for the
    /// body as a whole.
    public var parameter: String
    /// What is wrong with it, without any of the request's text.
    public var problem: String

    /// Makes an error about one parameter.
    ///
    /// - Parameters:
    ///   - parameter: The member's path; empty for the body as a whole.
    ///   - problem: What is wrong, as the end of a sentence that begins with the parameter.
    public init(_ parameter: String, _ problem: String) {
        self.parameter = parameter
        self.problem = problem
    }

    /// The error for a request in a dialect that is spoken to providers alone.
    static let notForClients = DialectError("", "requests of this dialect are not taken")

    /// One line for the client.
    public var description: String {
        parameter.isEmpty ? problem : "\(parameter): \(problem)"
    }
}
