import Dialects
import JSON
import NIOCore
import RouterCore

extension AttemptBody {
    /// Makes a request for embeddings as it goes to a target: the client's bytes with the model's name and the guard's edits spliced
    /// in, or the same in another wire.
    static func embeddings(
        _ parsed: ParsedChat,
        _ embedding: EmbeddingInput,
        for target: RoutedTarget,
        _ changes: [JSONEdit]
    ) throws(DialectError) -> AttemptBody? {
        guard let dialect = target.provider.embeddingDialect else { return nil }
        guard dialect != .openAIChat else {
            let own = RequestEdits(parsed.facts, model: target.model, asksForUsage: false)
            guard let bytes = try? parsed.document.applying(changes + own.edits) else { return nil }
            return body(bytes, dialect, embedding, lossy: [])
        }
        var input = embedding
        if !changes.isEmpty {
            guard let edited = try? JSONDocument(parsed.document.applying(changes)) else { return nil }
            input = try Dialects.RequestFacts.readEmbeddings(edited).embedding ?? embedding
        }
        return EmbeddingTranslation.body(input, for: dialect, model: target.model).map {
            body($0, dialect, input, lossy: EmbeddingTranslation.lossy(input))
        }
    }

    private static func body(
        _ bytes: [UInt8],
        _ dialect: Dialect,
        _ embedding: EmbeddingInput,
        lossy: [String]
    ) -> AttemptBody {
        AttemptBody(
            bytes: ByteBuffer(bytes: bytes),
            dialect: dialect,
            streams: false,
            hidesUsage: false,
            context: nil,
            lossy: lossy,
            embedding: embedding
        )
    }
}
