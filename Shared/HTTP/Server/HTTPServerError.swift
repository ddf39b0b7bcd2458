package import NIOHTTP1

/// Why a client's request could not be read or its answer not be delivered.
///
/// The edge answers these by itself before a handler runs; afterwards they are thrown to the handler, which decides.
package enum HTTPServerError: Error, Hashable, Sendable {
    /// The bytes break HTTP/1.1; the reason is a fixed phrase without client bytes.
    case malformed(String)
    /// The request line is longer than allowed.
    case uriTooLong
    /// The header block is larger or has more fields than allowed.
    case headTooLarge
    /// The body is larger than `limit`, counted after decoding.
    case bodyTooLarge(limit: Int)
    /// A transfer coding other than `chunked`.
    case unsupportedTransferCoding
    /// A content coding other than gzip and deflate.
    case unsupportedContentCoding
    /// Neither HTTP/1.0 nor HTTP/1.1.
    case unsupportedVersion
    /// An `Expect` other than `100-continue`.
    case expectationFailed
    /// The head or the body came too slowly.
    case timedOut
    /// More connections than allowed are open.
    case overloaded
    /// The handler returned without an answer.
    case unanswered
    /// The client closed the connection.
    case clientGone
    /// The client read nothing for too long.
    case writeStalled

    /// The status a client is told.
    package var status: HTTPResponseStatus {
        switch self {
        case .malformed, .clientGone, .writeStalled: .badRequest
        case .uriTooLong: .uriTooLong
        case .headTooLarge: .requestHeaderFieldsTooLarge
        case .bodyTooLarge: .payloadTooLarge
        case .unsupportedTransferCoding: .notImplemented
        case .unsupportedContentCoding: .unsupportedMediaType
        case .unsupportedVersion: .httpVersionNotSupported
        case .expectationFailed: .expectationFailed
        case .timedOut: .requestTimeout
        case .overloaded: .serviceUnavailable
        case .unanswered: .internalServerError
        }
    }

    /// One sentence for people; never holds bytes of the request.
    package var message: String {
        switch self {
        case .malformed(let reason): "The request is not valid HTTP/1.1: \(reason)."
        case .uriTooLong: "The request target is too long."
        case .headTooLarge: "The request headers are too large."
        case .bodyTooLarge(let limit): "The request body is larger than \(limit) bytes."
        case .unsupportedTransferCoding: "This transfer coding is not supported; send chunked or content-length."
        case .unsupportedContentCoding: "This content coding is not supported; send gzip, deflate or identity."
        case .unsupportedVersion: "This HTTP version is not supported."
        case .expectationFailed: "This expectation is not supported."
        case .timedOut: "The request was not sent in time."
        case .overloaded: "Too many connections are open."
        case .unanswered: "The request was not answered."
        case .clientGone: "The client closed the connection."
        case .writeStalled: "The client stopped reading."
        }
    }
}

extension HTTPServerError {
    init(_ error: HTTPWireError) {
        self =
            switch error {
            case .malformed(let reason): .malformed(reason)
            case .firstLineTooLong: .uriTooLong
            case .headTooLarge: .headTooLarge
            case .unsupportedTransferCoding: .unsupportedTransferCoding
            case .unsupportedVersion: .unsupportedVersion
            }
    }
}

extension ParsedRequest {
    /// What the framing fields contradict, after RFC 9112 and stricter where smuggling starts.
    var framingProblem: HTTPServerError? {
        let isOld = head.version == .http1_0
        if facts.hostCount > 1 || (facts.hostCount == 0 && !isOld) {
            return .malformed("exactly one Host field is required")
        }
        if facts.hasDuplicateLength { return .malformed("the Content-Length is given twice") }
        if facts.hasTransferEncoding {
            if facts.contentLength != nil {
                return .malformed("Content-Length and Transfer-Encoding exclude each other")
            }
            if isOld { return .malformed("HTTP/1.0 has no Transfer-Encoding") }
            if facts.hasUnknownTransferCoding || !facts.isChunked { return .unsupportedTransferCoding }
        }
        if facts.expectsOther { return .expectationFailed }
        return nil
    }
}
