public import Contracts
public import JSON

/// Requests for embeddings, and their answers, between OpenAI's wire and those of other providers.
///
/// Sources: "Batch embed contents" of Google's Gemini API, "Generate embeddings" of Ollama's API (`/api/embed`), "Embed API (v2)" of
/// Cohere.
public enum EmbeddingTranslation {
    /// Makes the body for a provider of another wire.
    ///
    /// Cohere wants to know what vectors are for, and OpenAI's clients do not say: they are those of documents, which can be compared
    /// with one another.
    ///
    /// - Parameters:
    ///   - input: Texts, not tokens.
    ///   - upstream: What the provider speaks.
    ///   - model: Its name for the model.
    /// - Returns: The body; `nil` where there is no such wire, or for tokens.
    public static func body(_ input: EmbeddingInput, for upstream: Dialect, model: String) -> [UInt8]? {
        guard !input.isTokens else { return nil }
        var writer = JSONWriter(capacity: input.texts.reduce(256) { $0 + $1.range.count + 64 })
        switch upstream {
        case .gemini: writer.object { gemini(input, model, &$0) }
        case .ollama:
            writer.object { fields in
                fields.string("model", model)
                fields.array("input") { items in for text in input.texts { items.raw(text) } }
                if let dimensions = input.dimensions { fields.integer("dimensions", dimensions) }
                // A text that is cut short would get the vector of another one.
                fields.boolean("truncate", false)
            }
        case .cohere:
            writer.object { fields in
                fields.string("model", model)
                fields.string("input_type", "search_document")
                fields.array("embedding_types") { $0.string("float") }
                fields.array("texts") { items in for text in input.texts { items.raw(text) } }
                if let dimensions = input.dimensions { fields.integer("output_dimension", dimensions) }
                fields.string("truncate", "NONE")
            }
        case .openAIChat, .openAIResponses, .anthropicMessages, .bedrock: return nil
        }
        return writer.bytes
    }

    private static func gemini(_ input: EmbeddingInput, _ model: String, _ fields: inout JSONFields) {
        let name = model.hasPrefix("models/") ? model : "models/\(model)"
        fields.array("requests") { requests in
            for text in input.texts {
                requests.object { request in
                    request.string("model", name)
                    request.object("content") { content in
                        content.array("parts") { parts in parts.object { $0.raw("text", text) } }
                    }
                    if let dimensions = input.dimensions { request.integer("outputDimensionality", dimensions) }
                }
            }
        }
    }

    /// Parameters of the request that other wires have no word for.
    public static func lossy(_ input: EmbeddingInput) -> [String] { input.others }

    // MARK: The answer

    /// Finds the vectors in an answer.
    ///
    /// - Parameters:
    ///   - answer: The whole body.
    ///   - upstream: What the provider speaks.
    ///   - count: How many were asked for.
    /// - Returns: One array of numbers for each input, in their order.
    /// - Throws: ``UpstreamFault`` for an answer that has not just that.
    public static func vectors(
        in answer: JSONDocument,
        of upstream: Dialect,
        count: Int
    ) throws(UpstreamFault) -> [JSONCursor] {
        let root = answer.root
        let found: [JSONCursor?]
        switch upstream {
        case .openAIChat: found = try ordered(root.member("data"), count)
        case .gemini: found = listed(root.member("embeddings")).map { $0.member("values") }
        case .ollama: found = listed(root.member("embeddings"))
        case .cohere: found = listed(root.member("embeddings")?.member("float"))
        case .openAIResponses, .anthropicMessages, .bedrock: found = []
        }
        let vectors = found.compactMap { $0 }.filter { $0.kind == .array && $0.count > 0 }
        guard vectors.count == count, found.count == count else { throw malformed }
        return vectors
    }

    /// The numbers of the vectors in an answer, one list for each input.
    ///
    /// - Throws: ``UpstreamFault`` for an answer that has not just that.
    public static func numbers(
        in answer: [UInt8],
        of upstream: Dialect,
        count: Int
    ) throws(UpstreamFault) -> [[Double]] {
        guard let document = try? JSONDocument(answer) else { throw malformed }
        return try vectors(in: document, of: upstream, count: count).map { (vector) throws(UpstreamFault) in
            let numbers = vector.elements.compactMap(\.double)
            guard numbers.count == vector.count else { throw malformed }
            return numbers
        }
    }

    /// OpenAI's entries say themselves which input they are of.
    private static func ordered(_ data: JSONCursor?, _ count: Int) throws(UpstreamFault) -> [JSONCursor?] {
        var vectors: [JSONCursor?] = Array(repeating: nil, count: count)
        for (place, entry) in listed(data).enumerated() {
            let index = entry.member("index")?.integer ?? place
            guard vectors.indices.contains(index), vectors[index] == nil else { throw malformed }
            vectors[index] = entry.member("embedding")
        }
        return vectors
    }

    private static func listed(_ list: JSONCursor?) -> [JSONCursor] {
        guard let list, list.kind == .array else { return [] }
        return Array(list.elements)
    }

    private static var malformed: UpstreamFault {
        UpstreamFault(kind: .malformed, message: "the answer does not have one vector for each input")
    }

    /// Says an answer of another wire as OpenAI says it.
    ///
    /// - Parameters:
    ///   - answer: The whole body.
    ///   - upstream: What the provider speaks.
    ///   - input: What was asked for.
    ///   - model: The upstream's name for the model.
    ///   - usage: What it has used.
    ///   - base64: Writes bytes as base64.
    /// - Returns: The body for the client.
    /// - Throws: ``UpstreamFault`` for an answer that is none.
    public static func answer(
        _ answer: some Collection<UInt8>,
        from upstream: Dialect,
        to input: EmbeddingInput,
        model: String,
        usage: TokenUsage,
        base64: ([UInt8]) -> String
    ) throws(UpstreamFault) -> [UInt8] {
        guard let document = try? JSONDocument(Array(answer)) else { throw malformed }
        let vectors = try vectors(in: document, of: upstream, count: input.count)
        var texts: [String] = []
        if input.isBase64 { for vector in vectors { texts.append(base64(try floats(vector))) } }
        var writer = JSONWriter(capacity: document.bytes.count + vectors.count * 64 + 256)
        writer.object { body in
            body.string("object", "list")
            body.array("data") { data in
                for (index, vector) in vectors.enumerated() {
                    data.object { entry in
                        entry.string("object", "embedding")
                        entry.integer("index", index)
                        if input.isBase64 {
                            entry.string("embedding", texts[index])
                        } else {
                            entry.raw("embedding", vector)
                        }
                    }
                }
            }
            body.string("model", model)
            body.object("usage") { fields in
                fields.integer("prompt_tokens", usage.input)
                fields.integer("total_tokens", usage.input)
            }
        }
        return writer.bytes
    }

    /// A vector's numbers as little-endian 32-bit floats.
    private static func floats(_ vector: JSONCursor) throws(UpstreamFault) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(vector.count * 4)
        for number in vector.elements {
            guard let value = number.double else { throw malformed }
            withUnsafeBytes(of: Float(value).bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }
}

extension TokenUsage {
    /// What making vectors has used: all of it is input, under whichever name a provider counts it.
    public var asInput: TokenUsage {
        var usage = self
        usage.input += usage.output
        usage.output = 0
        usage.reasoning = 0
        return usage
    }
}
