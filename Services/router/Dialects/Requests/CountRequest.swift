public import JSON

/// A request whose tokens are to be counted and that is not sent: `count_tokens` of Anthropic's dialect, `countTokens` of
/// Gemini's.
public struct CountRequest: Sendable {
    /// What stands around a message beside its text, and before the answer, in the chats of OpenAI's models.
    private static let tokensPerMessage = 4
    private static let tokensPerAnswer = 3

    /// The request, of whose answer nothing is said.
    public let facts: RequestFacts
    private let document: JSONDocument
    /// Whether the document is the request with something around it.
    private let isWrapped: Bool

    /// Reads one.
    ///
    /// - Parameters:
    ///   - document: The body. In Gemini's dialect contents, or a whole request under `generateContentRequest`.
    ///   - dialect: What the client speaks.
    ///   - path: What the path says of the request, in a dialect whose body does not.
    /// - Throws: ``DialectError`` naming the parameter at fault.
    public init(_ document: JSONDocument, dialect: Dialect, path: ModelPath?) throws(DialectError) {
        self.document = document
        guard dialect == .gemini else {
            isWrapped = false
            facts = try RequestFacts.read(document, dialect: dialect, path: path)
            return
        }
        let root = document.root
        guard root.kind == .object else { throw DialectError("", "the request body must be a JSON object") }
        let inner = root.member("generateContentRequest", or: "generate_content_request")
        isWrapped = inner != nil
        facts = try RequestFacts.readGemini(inner ?? root, path)
    }

    // MARK: Counting here

    /// A count that was made here.
    public struct Count: Hashable, Sendable {
        /// The tokens of all texts, with what a chat puts around its messages.
        public let tokens: Int
        /// Whether nothing stands in the request but texts that are said: no tools, pictures, files or calls.
        public let isTextAlone: Bool
    }

    /// Counts, in time linear in the request's length.
    ///
    /// - Parameter count: Counts the tokens of a text in UTF-8.
    /// - Returns: The count; a picture, a file or a recording counts a flat number.
    /// - Throws: ``DialectError`` when it is no request of its dialect.
    public func counted(by count: @escaping (ArraySlice<UInt8>) -> Int) throws(DialectError) -> Count {
        var estimate = TokenEstimate(counter: count)
        var messages = facts.messageCount
        if facts.dialect == .gemini {
            let members = try GeminiMembers(facts.root)
            estimate.add(members)
            if members.system != nil { messages += 1 }
        } else {
            let members = try RequestMembers(facts.root)
            estimate.add(members, dialect: facts.dialect)
            if facts.dialect == .anthropicMessages, members.system != nil { messages += 1 }
        }
        return Count(
            tokens: estimate.tokens + messages * Self.tokensPerMessage + Self.tokensPerAnswer,
            isTextAlone: !estimate.hasMore
        )
    }

    /// The vocabularies that OpenAI has published.
    public enum Vocabulary: UInt64, Hashable, Sendable {
        /// Of GPT-4o and later.
        case o200k
        /// Of GPT-4, GPT-3.5 and the embedding models of their time.
        case cl100k
    }

    /// A model's vocabulary, judged by its name; `nil` when it is not one that is known here.
    public static func vocabulary(of model: String) -> Vocabulary? {
        let name = ModelName(model).bare
        if name.begins(with: "gpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "chatgpt-4o", "gpt-oss", "o1", "o3", "o4") {
            return .o200k
        }
        // Azure writes 35.
        let isEarlier = name.begins(
            with: "gpt-3.5-turbo",
            "gpt-35-turbo",
            "gpt-4-",
            "text-embedding-3-",
            "text-embedding-ada-002"
        )
        return name.isEqual(to: "gpt-4") || isEarlier ? .cl100k : nil
    }

    // MARK: Asking the provider

    /// The body with which a provider is asked to count, in a dialect that has a word for it.
    ///
    /// - Parameters:
    ///   - upstream: What the provider speaks.
    ///   - model: Its name for the model.
    /// - Returns: The body; `nil` where the provider does not count.
    /// - Throws: ``DialectError`` when the request contradicts itself in the other dialect.
    public func body(for upstream: Dialect, model: String) throws(DialectError) -> [UInt8]? {
        guard upstream.countPath(model: model) != nil else { return nil }
        if upstream == facts.dialect {
            var edits = RequestEdits(facts, model: model).edits
            if isWrapped, facts.modelValue == nil {
                var name: [UInt8] = []
                WireBytes.appendQuoted(Self.resource(model), to: &name)
                edits.append(.insertMember("model", name, into: facts.root))
            }
            edits = UnsignedThinking.apply(to: edits, facts)
            return try? document.applying(edits)
        }
        var request = document
        if isWrapped {
            guard let inner = try? JSONDocument(Array(facts.root.raw)) else { return nil }
            request = inner
        }
        var facts = facts
        if isWrapped {
            let path = ModelPath(model: facts.model, action: .count)
            facts = try RequestFacts.read(request, dialect: facts.dialect, path: path)
        }
        let translated = try RequestTranslation.translate(
            request,
            facts,
            to: upstream,
            model: model,
            maxOutputTokens: nil,
            asksForUsage: false
        )
        return Self.asked(translated.body, upstream, model)
    }

    /// What the count of Anthropic's dialect takes of a request; it refuses everything else.
    private static let anthropicMembers: Set<String> = [
        "model", "messages", "system", "tools", "tool_choice", "thinking", "output_config",
    ]

    private static func asked(_ body: [UInt8], _ upstream: Dialect, _ model: String) -> [UInt8]? {
        guard let root = try? JSONDocument(body).root else { return nil }
        var writer = JSONWriter(capacity: body.count + 64)
        writer.object { fields in
            func write(_ request: inout JSONFields, _ isTaken: (String) -> Bool) {
                for (name, value) in root.members {
                    if let name = name.string, isTaken(name) { request.raw(name, value) }
                }
            }
            guard upstream == .gemini else { return write(&fields) { anthropicMembers.contains($0) } }
            fields.object("generateContentRequest") { request in
                request.string("model", resource(model))
                write(&request) { _ in true }
            }
        }
        return writer.bytes
    }

    /// A model as Gemini's bodies name it.
    private static func resource(_ model: String) -> String {
        model.hasPrefix("models/") ? model : "models/\(model)"
    }

    /// The count in a provider's answer; `nil` when it is none.
    public static func count(in body: some Collection<UInt8>, of upstream: Dialect) -> Int? {
        guard let root = try? JSONDocument(Array(body)).root else { return nil }
        let count = (upstream == .gemini ? root.member("totalTokens") : root.member("input_tokens"))?.integer
        return count.flatMap { $0 >= 0 ? $0 : nil }
    }

    /// The answer to the client.
    public static func answer(_ tokens: Int, as client: Dialect) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { body in
            guard client == .gemini else { return body.integer("input_tokens", tokens) }
            body.integer("totalTokens", tokens)
            body.array("promptTokensDetails") { details in
                details.object { detail in
                    detail.string("modality", "TEXT")
                    detail.integer("tokenCount", tokens)
                }
            }
        }
        return writer.bytes
    }
}
