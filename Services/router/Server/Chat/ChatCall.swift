import Contracts
import Dialects
import HTTP
import JSON
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
    let requestID = RequestID.make()
    let trace: TraceContext
    /// Microseconds since the epoch.
    let startedUS = Int(WallClock.now())
    let client: String
    /// Where the client's stream stands, for an error event that is numbered.
    var position = StreamPosition()
    /// Headers that every answer to this request carries.
    let baseHeaders: HTTPHeaders

    init(_ exchange: HTTPExchange, dialect: Dialect, isLegacy: Bool = false, crossOrigin: HTTPHeaders) {
        self.isLegacy = isLegacy
        self.exchange = exchange
        self.dialect = dialect
        let headers = exchange.head.headers
        trace = headers.first(name: "traceparent").flatMap { TraceContext.parse($0) }?.child() ?? TraceContext.make()
        client = ClientKind.detect(
            userAgent: headers.first(name: "user-agent"),
            stainlessLanguage: headers.first(name: "x-stainless-lang")
        )
        var base = crossOrigin
        base.add(name: dialect.requestIDHeader, value: requestID)
        baseHeaders = base
    }

    var elapsed: Duration { .now - exchange.received }
    var elapsedMS: Int { elapsed.wholeMilliseconds }
}

/// A chat request as far as the router reads it.
struct ParsedChat {
    let document: JSONDocument
    let facts: Dialects.RequestFacts
}
