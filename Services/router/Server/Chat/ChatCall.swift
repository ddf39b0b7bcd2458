import Contracts
package import Dialects
import HTTP
package import JSON
import NIOCore
import NIOHTTP1
import Observability
import RouterCore

/// One chat request on its way through the router; confined to its connection's event loop.
final class ChatCall {
    let exchange: HTTPExchange
    let dialect: Dialect
    /// Whether the client speaks OpenAI's oldest dialect, see ``LegacyCompletions``.
    let isLegacy: Bool
    /// What is asked for: a turn of a conversation, or vectors.
    let operation: Operation
    /// What the path says of the request, in a dialect whose body does not.
    let path: ModelPath?
    let requestID = RequestID.make()
    let trace: TraceContext
    /// Microseconds since the epoch.
    let startedUS = Int(WallClock.now())
    let client: String
    /// Set where a stream goes to the client in another form than server-sent events.
    let form: StreamForm?
    /// Where the client's stream stands, for an error event that is numbered.
    var position = StreamPosition()
    /// What was tried or passed over before the answer.
    var route = RouteNote()
    /// The value of `X-KeiRouter-Guard` of a refusal.
    var guardHeader: String?
    /// Headers that every answer to this request carries.
    let baseHeaders: HTTPHeaders

    init(
        _ exchange: HTTPExchange,
        dialect: Dialect,
        isLegacy: Bool = false,
        operation: Operation = .chat,
        path: ModelPath? = nil,
        crossOrigin: HTTPHeaders
    ) {
        self.isLegacy = isLegacy
        self.operation = operation
        self.exchange = exchange
        self.dialect = dialect
        self.path = path
        form = StreamForm(dialect, path: path, query: exchange.query)
        trace = exchange.field("traceparent").flatMap { TraceContext.parse($0) }?.child() ?? TraceContext.make()
        client = ClientKind.detect(
            userAgent: exchange.field("user-agent"),
            stainlessLanguage: exchange.field("x-stainless-lang")
        )
        var base = crossOrigin
        base.add(name: dialect.requestIDHeader, value: requestID)
        baseHeaders = base
    }

    /// Whole frames of a stream in the form that the client wants.
    func formed(_ frames: ByteBuffer, isLast: Bool = false) -> ByteBuffer {
        if isLegacy { return ByteBuffer(bytes: LegacyCompletions.frames(frames.readableBytesView)) }
        return form?.formed(frames, isLast: isLast) ?? frames
    }

    var elapsed: Duration { .now - exchange.received }
    var elapsedMS: Int { elapsed.wholeMilliseconds }
}

/// A chat request as far as the router reads it; a reference, as every step looks at it and none changes it.
package final class ParsedChat: Sendable {
    package let document: JSONDocument
    package let facts: Dialects.RequestFacts

    package init(document: JSONDocument, facts: Dialects.RequestFacts) {
        self.document = document
        self.facts = facts
    }
}
