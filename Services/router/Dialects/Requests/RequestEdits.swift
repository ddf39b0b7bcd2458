public import JSON

/// The splices that make a client's request an upstream request of the same dialect; every other byte stays.
///
/// An OpenAI stream reports its usage only when asked. Where the client did not ask, the router does, and the one
/// extra frame this produces (`choices` empty, `usage` filled) is kept from the client: ``StreamMachine`` answers
/// ``FrameVerdict/drop`` for it when ``asksForUsage`` is set. All other frames reach the client byte for byte. With
/// the option on, OpenAI also writes `"usage":null` into the frames before; those bytes are the upstream's and stay.
public struct RequestEdits: Sendable {
    /// What to splice into the document.
    public var edits: [JSONEdit]
    /// Whether the usage frame was asked for by the router and not by the client.
    public var asksForUsage: Bool

    /// Makes the edits for one attempt.
    ///
    /// - Parameters:
    ///   - facts: What was read from the request.
    ///   - model: The upstream's name for the model.
    ///   - asksForUsage: Whether the provider knows `stream_options`; almost all that speak the dialect do.
    ///   - streams: Whether the provider is asked for a stream; `nil`: as the client has asked.
    public init(_ facts: RequestFacts, model: String, asksForUsage: Bool = true, streams: Bool? = nil) {
        edits = []
        if let value = facts.modelValue {
            let name = facts.dialect.namesModelInPath ? "models/\(model)" : model
            if !value.equals(name) { edits.append(.replace(value, withString: name)) }
        }
        let streams = streams ?? facts.stream
        let isAsked = facts.stream && facts.includeUsage
        self.asksForUsage = asksForUsage && facts.dialect == .openAIChat && streams && !isAsked
        if self.asksForUsage { edits.append(Self.usageOption(facts)) }
        if streams != facts.stream { edits += Self.form(facts, streams: streams) }
    }

    /// Asks for the other form of answer, in a dialect whose path does not.
    private static func form(_ facts: RequestFacts, streams: Bool) -> [JSONEdit] {
        guard !facts.dialect.namesModelInPath else { return [] }
        let word = Array("\(streams)".utf8)
        var edits: [JSONEdit] = []
        if let value = facts.root.member("stream") {
            edits.append(.replace(value, with: word))
        } else {
            edits.append(.insertMember("stream", word, into: facts.root))
        }
        // Without a stream its options are refused.
        if !streams, let edit = JSONEdit.removeMember("stream_options", from: facts.root) { edits.append(edit) }
        return edits
    }

    private static func usageOption(_ facts: RequestFacts) -> JSONEdit {
        let yes = Array("true".utf8)
        let object = Array(#"{"include_usage":true}"#.utf8)
        guard let options = facts.streamOptions else {
            guard let null = facts.root.member("stream_options") else {
                return .insertMember("stream_options", object, into: facts.root)
            }
            return .replace(null, with: object)
        }
        guard let value = options.member("include_usage") else {
            return .insertMember("include_usage", yes, into: options)
        }
        return .replace(value, with: yes)
    }
}
