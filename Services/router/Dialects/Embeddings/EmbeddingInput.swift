public import JSON

/// What a client wants vectors of, as OpenAI's `POST /v1/embeddings` says it.
///
/// Source: "Create embeddings" in OpenAI's API reference.
public struct EmbeddingInput: Sendable {
    /// The most inputs of one request, as OpenAI has it.
    public static let mostInputs = 2048
    /// The most numbers of a vector that may be asked for; the largest models give 4096.
    static let mostDimensions = 65_536

    /// The texts, in order; empty where tokens are given in their place.
    public let texts: [JSONCursor]
    /// How many vectors are wanted.
    public let count: Int
    /// Whether the input is numbers of a vocabulary, which only a provider of the same wire can read.
    public var isTokens: Bool { texts.isEmpty }
    /// How many numbers each vector is to have, when the client says.
    public let dimensions: Int?
    /// Whether the vectors are wanted as base64 of little-endian 32-bit floats.
    public let isBase64: Bool
    /// Input tokens: of texts by rule of thumb, UTF-8 bytes over four.
    let estimatedTokens: Int
    /// Parameters that only OpenAI's wire has a word for.
    let others: [String]

    init(_ root: JSONCursor, _ members: RequestMembers) throws(DialectError) {
        guard let input = members.input, !input.isNull else { throw DialectError("input", "is required") }
        (texts, count, estimatedTokens) = try Self.read(input)
        dimensions = try members.positive(root.member("dimensions"), "dimensions")
        guard dimensions ?? 1 <= Self.mostDimensions else {
            throw DialectError("dimensions", "must not be more than \(Self.mostDimensions)")
        }
        isBase64 = try Self.isBase64(root.member("encoding_format"))
        if let user = root.member("user"), !user.isNull, user.kind != .string {
            throw DialectError("user", "must be a string")
        }
        others = root.members.compactMap { $0.name.string }.filter { !Self.known.contains($0) }
    }

    private static let known: Set<String> = ["model", "input", "dimensions", "encoding_format"]

    private static func isBase64(_ format: JSONCursor?) throws(DialectError) -> Bool {
        guard let format, !format.isNull else { return false }
        if format.equals("base64") { return true }
        guard format.equals("float") else { throw DialectError("encoding_format", "must be float or base64") }
        return false
    }

    // MARK: The input

    private static func read(_ input: JSONCursor) throws(DialectError) -> ([JSONCursor], Int, tokens: Int) {
        if input.kind == .string { return ([input], 1, try tokens(of: input, "input")) }
        guard input.kind == .array, let first = input[0] else {
            throw DialectError("input", "must be a string, or an array of strings that is not empty")
        }
        if first.kind == .number { return ([], 1, try tokens(in: input, "input")) }
        guard input.count <= mostInputs else {
            throw DialectError("input", "must not have more than \(mostInputs) entries")
        }
        var texts: [JSONCursor] = []
        var sum = 0
        for (place, entry) in input.elements.enumerated() {
            guard entry.kind == first.kind else {
                throw DialectError("input[\(place)]", "must be of one kind with the others")
            }
            if entry.kind == .array {
                sum += try tokens(in: entry, "input[\(place)]")
            } else {
                sum += try tokens(of: entry, "input[\(place)]")
                texts.append(entry)
            }
        }
        return (texts, input.count, sum)
    }

    private static func tokens(of text: JSONCursor, _ name: String) throws(DialectError) -> Int {
        guard let length = text.utf8Count else { throw DialectError(name, "must be a string") }
        guard length > 0 else { throw DialectError(name, "must not be empty") }
        return (length + 3) / 4
    }

    private static func tokens(in list: JSONCursor, _ name: String) throws(DialectError) -> Int {
        for token in list.elements where token.integer.map({ $0 < 0 }) ?? true {
            throw DialectError(name, "must be an array of tokens, which are whole numbers from zero")
        }
        guard list.count > 0 else { throw DialectError(name, "must not be empty") }
        return list.count
    }
}

extension RequestFacts {
    /// Reads a request for embeddings in OpenAI's dialect.
    ///
    /// - Parameter document: The body, parsed.
    /// - Returns: The facts; ``embedding`` is set.
    /// - Throws: ``DialectError`` naming the parameter at fault.
    public static func readEmbeddings(_ document: JSONDocument) throws(DialectError) -> RequestFacts {
        let root = document.root
        guard root.kind == .object else { throw DialectError("", "the request body must be a JSON object") }
        let members = try RequestMembers(root)
        let model = try members.requiredModel()
        let embedding = try EmbeddingInput(root, members)
        return RequestFacts(
            dialect: .openAIChat,
            model: model.name,
            modelValue: model.cursor,
            stream: false,
            maxOutputTokens: nil,
            choiceCount: 1,
            includeUsage: true,
            hasTools: false,
            estimatedInputTokens: embedding.estimatedTokens,
            needs: [],
            messageCount: embedding.count,
            // What spreads a key's requests over equal accounts: the first text.
            conversation: ConversationFacts(members, messages: embedding.texts.first ?? root, dialect: .openAIChat),
            root: root,
            streamOptions: nil,
            embedding: embedding
        )
    }
}
