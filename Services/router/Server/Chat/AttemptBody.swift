package import Dialects
package import JSON
package import NIOCore
package import RouterCore

/// What one attempt sends; a reference, as what a translation needs to know of it is large.
package final class AttemptBody: Sendable {
    package let bytes: ByteBuffer
    /// The upstream's dialect.
    package let dialect: Dialect
    /// Whether a stream is asked for, which need not be what the client wants.
    let streams: Bool
    let hidesUsage: Bool
    /// What the answer's translation needs; `nil` where the client speaks the upstream's dialect.
    let context: AnswerContext?
    /// Parameters that the upstream's dialect cannot carry.
    let lossy: [String]
    /// What vectors are wanted of; `nil` for a turn of a conversation.
    let embedding: EmbeddingInput?

    init(
        bytes: ByteBuffer,
        dialect: Dialect,
        streams: Bool,
        hidesUsage: Bool,
        context: AnswerContext?,
        lossy: [String],
        embedding: EmbeddingInput? = nil
    ) {
        self.bytes = bytes
        self.dialect = dialect
        self.streams = streams
        self.hidesUsage = hidesUsage
        self.context = context
        self.lossy = lossy
        self.embedding = embedding
    }

    /// Makes what goes to a target: the client's bytes with everything that changes spliced in, or their translation.
    ///
    /// - Parameters:
    ///   - parsed: The request.
    ///   - client: The client's dialect.
    ///   - path: What the client's path says of the request.
    ///   - target: Where it goes; a provider without a dialect is not routed to.
    ///   - changes: What guard and savers change.
    ///   - catalogue: What is known of the target's model.
    /// - Returns: The body; `nil` when it cannot be made.
    /// - Throws: ``DialectError`` when the request contradicts itself in the other dialect.
    package static func make(
        _ parsed: ParsedChat,
        client: Dialect,
        path: ModelPath?,
        for target: RoutedTarget,
        _ changes: [JSONEdit] = [],
        _ catalogue: Catalogue
    ) throws(DialectError) -> AttemptBody? {
        if let embedding = parsed.facts.embedding { return try embeddings(parsed, embedding, for: target, changes) }
        guard let dialect = target.provider.dialect(for: client, model: target.model) else { return nil }
        let body =
            dialect == client
            ? splice(parsed, dialect, target, changes)
            : try translation(parsed, client, path, to: dialect, target, changes, catalogue)
        guard target.provider.connector == .vertex, dialect == .anthropicMessages else { return body }
        return body.flatMap { $0.addressedByPath() }
    }

    private static func splice(
        _ parsed: ParsedChat,
        _ dialect: Dialect,
        _ target: RoutedTarget,
        _ changes: [JSONEdit]
    ) -> AttemptBody? {
        let streams = target.provider.streams.asks(wanted: parsed.facts.stream)
        let own = RequestEdits(
            parsed.facts,
            model: target.model,
            asksForUsage: target.provider.reportsStreamUsageOnRequest,
            streams: streams
        )
        let edits = UnsignedThinking.apply(to: changes.isEmpty ? own.edits : changes + own.edits, parsed.facts)
        var bytes = ByteBuffer()
        bytes.reserveCapacity(parsed.document.splicedCount(edits))
        guard (try? parsed.document.withPieces(edits, { bytes.writeBytes($0) })) != nil else { return nil }
        return AttemptBody(
            bytes: bytes,
            dialect: dialect,
            streams: streams,
            hidesUsage: own.asksForUsage,
            context: nil,
            lossy: []
        )
    }

    private static func translation(
        _ parsed: ParsedChat,
        _ client: Dialect,
        _ path: ModelPath?,
        to dialect: Dialect,
        _ target: RoutedTarget,
        _ changes: [JSONEdit],
        _ catalogue: Catalogue
    ) throws(DialectError) -> AttemptBody? {
        var document = parsed.document
        var facts = parsed.facts
        if !changes.isEmpty {
            guard let edited = try? JSONDocument(document.applying(changes)) else { return nil }
            document = edited
            facts = try Dialects.RequestFacts.read(edited, dialect: client, path: path)
        }
        facts.stream = target.provider.streams.asks(wanted: facts.stream)
        let translated = try RequestTranslation.translate(
            document,
            facts,
            to: dialect,
            model: target.model,
            maxOutputTokens: catalogue.model(provider: target.provider.id, id: target.model)?.maxOutput,
            asksForUsage: target.provider.reportsStreamUsageOnRequest,
            readsThinkTags: target.provider.writesThinkTags
        )
        return AttemptBody(
            bytes: ByteBuffer(bytes: translated.body),
            dialect: dialect,
            streams: facts.stream,
            hidesUsage: false,
            context: translated.context,
            lossy: translated.lossy
        )
    }

    /// A request to Anthropic as Vertex AI takes it: the path names the model, and the body the version of the API.
    private func addressedByPath() -> AttemptBody? {
        guard let document = try? JSONDocument(Array(bytes.readableBytesView)) else { return nil }
        let root = document.root
        var edits: [JSONEdit] = []
        if let removal = JSONEdit.removeMember("model", from: root) { edits.append(removal) }
        if root.member("anthropic_version") == nil {
            let version = Array("\"\(Connector.vertexAnthropicVersion)\"".utf8)
            edits.append(.insertMember("anthropic_version", version, into: root))
        }
        guard let edited = try? document.applying(edits) else { return nil }
        return AttemptBody(
            bytes: ByteBuffer(bytes: edited),
            dialect: dialect,
            streams: streams,
            hidesUsage: hidesUsage,
            context: context,
            lossy: lossy
        )
    }
}
