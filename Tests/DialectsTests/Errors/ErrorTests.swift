import Contracts
import Dialects
import JSON
import Testing

@Suite("Errors")
struct ErrorTests {
    @Test("statuses and types are those of the official libraries")
    func table() {
        let rows: [(ErrorKind, openAI: (Int, String), anthropic: (Int, String))] = [
            (.invalidRequest, (400, "invalid_request_error"), (400, "invalid_request_error")),
            (.contentPolicy, (400, "invalid_request_error"), (400, "invalid_request_error")),
            (.authentication, (401, "authentication_error"), (401, "authentication_error")),
            (.billing, (402, "insufficient_quota"), (402, "billing_error")),
            (.permission, (403, "permission_error"), (403, "permission_error")),
            (.notFound, (404, "invalid_request_error"), (404, "not_found_error")),
            (.methodNotAllowed, (405, "invalid_request_error"), (405, "invalid_request_error")),
            (.requestTooLarge, (413, "invalid_request_error"), (413, "request_too_large")),
            (.rateLimited, (429, "rate_limit_error"), (429, "rate_limit_error")),
            (.internal, (500, "server_error"), (500, "api_error")),
            (.upstream, (502, "server_error"), (502, "api_error")),
            (.unavailable, (503, "server_error"), (503, "api_error")),
            (.overloaded, (503, "server_error"), (529, "overloaded_error")),
            (.timeout, (504, "server_error"), (504, "timeout_error")),
        ]
        #expect(Set(rows.map(\.0)) == Set(ErrorKind.allCases))
        for (kind, openAI, anthropic) in rows {
            #expect(kind.status(.openAIChat) == openAI.0)
            #expect(kind.type(.openAIChat) == openAI.1)
            #expect(kind.status(.anthropicMessages) == anthropic.0)
            #expect(kind.type(.anthropicMessages) == anthropic.1)
        }
    }

    @Test("bodies have the shape of their dialect")
    func bodies() throws {
        let error = ClientError(.invalidRequest, "must be \"x\"", parameter: "model", requestID: "req_1")
        #expect(
            String(decoding: ErrorBody.json(error, dialect: .openAIChat), as: UTF8.self)
                == #"{"error":{"message":"must be \"x\"","type":"invalid_request_error","param":"model","code":null}}"#
        )
        #expect(
            String(decoding: ErrorBody.json(error, dialect: .anthropicMessages), as: UTF8.self)
                == #"{"type":"error","error":{"type":"invalid_request_error","message":"model: must be \"x\""},"request_id":"req_1"}"#
        )
    }

    @Test(
        "an error event is one that the stream machine knows as a failure",
        arguments: Dialect.clients,
        ErrorKind.allCases
    )
    func streamEvents(dialect: Dialect, kind: ErrorKind) {
        var machine = StreamMachine(dialect: dialect)
        let event = ErrorBody.streamEvent(ClientError(kind, "line\nbreak"), dialect: dialect)
        // Of Responses there are two frames, each of which would be enough.
        let first = String(decoding: event, as: UTF8.self).split(separator: "\n\n").first ?? ""
        guard case .failure(let fault) = machine.read(Array(first.utf8)) else {
            Issue.record("not a failure")
            return
        }
        #expect(fault.message == "line\nbreak")
        #expect(event.suffix(2) == [0x0A, 0x0A])
    }

    @Test("Retry-After is sent when known")
    func retryAfter() {
        let headers = ErrorBody.headers(ClientError(.rateLimited, "x", retryAfter: 7))
        #expect(headers.map(\.name) == ["retry-after"])
        #expect(headers.map(\.value) == ["7"])
        #expect(ErrorBody.headers(ClientError(.internal, "x")).isEmpty)
    }

    static let denials: [(reason: Denial.Reason, status: Int, code: String, retry: Int?)] = [
        (.unknownKey, 401, "invalid_api_key", nil),
        (.revoked, 401, "revoked", nil),
        (.expired, 401, "expired", nil),
        (.modelNotAllowed, 403, "model_not_allowed", nil),
        (.budgetExhausted, 402, "budget_exhausted", nil),
        (.rpm, 429, "rpm", 3),
        (.tpm, 429, "tpm", 3),
        (.concurrency, 429, "concurrency", 3),
        (.unpriced, 403, "unpriced", nil),
        (Denial.Reason(rawValue: "newer"), 403, "newer", nil),
    ]

    @Test("a denial has a status, a code and a time to come back", arguments: denials)
    func denial(reason: Denial.Reason, status: Int, code: String, retry: Int?) {
        let error = ClientError(Denial(reason: reason, retryAfterMS: 2001, message: "no"))
        #expect(error.status(.openAIChat) == status)
        #expect(error.status(.anthropicMessages) == status)
        #expect(error.effectiveCode == code)
        #expect(error.retryAfter == retry)
        #expect(error.message == "no")
    }

    @Test("what a peer or a store says does not reach the client")
    func serviceErrors() {
        for origin in [ServiceError.Origin.peer, .store] {
            let error = ClientError(
                ServiceError(.unavailable, reason: "down", message: "secret socket path", origin: origin)
            )
            #expect(error.status(.openAIChat) == 503)
            #expect(!error.message.contains("secret"))
            #expect(
                ClientError(ServiceError(.invalidArgument, reason: "bug", message: "secret", origin: origin))
                    .status(.openAIChat) == 500
            )
        }
        let own = ClientError(
            ServiceError(.resourceExhausted, reason: "full", message: "full", retry: .same(afterMilliseconds: 1500))
        )
        #expect(own.status(.anthropicMessages) == 429)
        #expect(own.retryAfter == 2)
        #expect(ClientError(ServiceError(.notFound, reason: "gone", message: "gone")).status(.openAIChat) == 404)
        #expect(
            ClientError(ServiceError(.deadlineExceeded, reason: "late", message: "late")).status(.openAIChat) == 504
        )
        #expect(ClientError(ServiceError(.unknown, reason: "odd", message: "odd")).status(.openAIChat) == 500)
    }

    @Test("bodies that are not JSON and not requests are the client's fault")
    func parseErrors() throws {
        let error = try #require(throws: JSONError.self) { _ = try JSONDocument(Array("{\"a\":}".utf8)) }
        #expect(ClientError(error).status(.openAIChat) == 400)
        #expect(ClientError(error).message.contains("byte 5"))
        let wrong = ClientError(DialectError("messages", "is required"))
        #expect(wrong.parameter == "messages")
        #expect(wrong.message == "messages: is required")
        let small = JSONLimits(maximumBytes: 2)
        let large = try #require(throws: JSONError.self) { _ = try JSONDocument(Array("[1,2]".utf8), limits: small) }
        #expect(ClientError(large).status(.anthropicMessages) == 413)
    }

    static let faults: [(status: Int, body: String, kind: FailureKind)] = [
        (
            429, #"{"error":{"message":"Rate limit reached","type":"requests","code":"rate_limit_exceeded"}}"#,
            .rateLimited
        ),
        (
            429,
            #"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}"#,
            .quotaExhausted
        ),
        (
            429,
            #"{"type":"error","error":{"type":"rate_limit_error","message":"Number of request tokens has exceeded"}}"#,
            .rateLimited
        ),
        (429, "slow down", .rateLimited),
        (
            402, #"{"error":{"message":"Insufficient Balance","type":"unknown_error","code":"invalid_request_error"}}"#,
            .quotaExhausted
        ),
        (402, "", .quotaExhausted),
        (
            400,
            #"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}}"#,
            .quotaExhausted
        ),
        (
            400,
            #"{"error":{"message":"This model's maximum context length is 8192 tokens.","type":"invalid_request_error","code":"context_length_exceeded"}}"#,
            .contextTooLong
        ),
        (
            400,
            #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}}"#,
            .contextTooLong
        ),
        (
            413, #"{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}"#,
            .requestTooLarge
        ),
        (
            400,
            #"{"error":{"message":"Your request was rejected as a result of our safety system.","code":"content_policy_violation"}}"#,
            .contentPolicy
        ),
        (400, #"{"error":{"message":"filtered","code":"content_filter"}}"#, .contentPolicy),
        (
            400,
            #"{"error":{"message":"Invalid value: 'tol'.","type":"invalid_request_error","param":"messages[0].role","code":"invalid_value"}}"#,
            .badRequest
        ),
        (422, #"{"detail":[{"msg":"field required"}]}"#, .badRequest),
        (
            401,
            #"{"error":{"message":"Incorrect API key provided","type":"invalid_request_error","code":"invalid_api_key"}}"#,
            .authentication
        ),
        (
            401, #"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}"#,
            .authentication
        ),
        (403, #"{"type":"error","error":{"type":"permission_error","message":"no"}}"#, .authentication),
        (
            403,
            #"{"error":{"message":"Project does not have access to model gpt-x","type":"invalid_request_error","code":"model_not_found"}}"#,
            .modelNotFound
        ),
        (
            404,
            #"{"error":{"message":"The model `x` does not exist","type":"invalid_request_error","code":"model_not_found"}}"#,
            .modelNotFound
        ),
        (404, #"{"type":"error","error":{"type":"not_found_error","message":"model: claude-x"}}"#, .modelNotFound),
        (404, "<html>", .modelNotFound),
        (500, #"{"error":{"message":"The server had an error","type":"server_error"}}"#, .serverError),
        (500, #"{"type":"error","error":{"type":"api_error","message":"Internal server error"}}"#, .serverError),
        (503, "", .overloaded),
        (529, #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, .overloaded),
        (502, "<html>bad gateway</html>", .serverError),
        (504, "", .timeout),
        (408, "", .timeout),
        (301, "", .serverError),
        (418, "", .badRequest),
    ]

    @Test("an upstream's error is understood by code, type, text and status", arguments: faults)
    func classification(status: Int, body: String, kind: FailureKind) {
        for dialect in Dialect.allCases {
            let fault = UpstreamFault.read(status: status, body: Array(body.utf8), dialect: dialect)
            #expect(fault.kind == kind)
            #expect(fault.status == status)
        }
    }

    @Test("a body passes for the client's dialect only in its shape")
    func shapes() {
        let openAI = Array(#"{"error":{"message":"m","type":"t"}}"#.utf8)
        let anthropic = Array(#"{"type":"error","error":{"type":"t","message":"m"}}"#.utf8)
        func isShaped(_ body: [UInt8], _ dialect: Dialect) -> Bool {
            UpstreamFault.read(status: 400, body: body, dialect: dialect).isDialectShaped
        }
        #expect(isShaped(openAI, .openAIChat))
        #expect(!isShaped(openAI, .anthropicMessages))
        #expect(isShaped(anthropic, .anthropicMessages))
        #expect(!isShaped(Array(#"{"error":"text"}"#.utf8), .openAIChat))
        #expect(!isShaped(Array("oops".utf8), .openAIChat))
    }

    @Test("an upstream's text is cut, and a refused credential is never the client's 401")
    func faultsToClients() {
        let long = String(repeating: "é", count: 5000)
        let fault = UpstreamFault.read(
            status: 400,
            body: Array(#"{"error":{"message":"\#(long)"}}"#.utf8),
            dialect: .openAIChat
        )
        #expect((fault.message?.utf8.count ?? 0) <= 515)
        for kind in FailureKind.allCases {
            let error = ClientError(UpstreamFault(kind: kind, message: "upstream words"))
            #expect(error.kind != .authentication)
            // Below HTTP no provider has said anything: the words are the gateway's own, such as which pool of proxies is down.
            let isTold = kind.isClientFault || kind == .modelNotFound || kind == .transport
            #expect(error.message.contains("upstream words") == isTold)
        }
        #expect(ClientError(UpstreamFault(kind: .rateLimited), retryAfter: 9).retryAfter == 9)
    }

    @Test("damaged error bodies never crash", arguments: 0..<20)
    func hostileBytes(seed: Int) {
        var random = SeededGenerator(seed: seed)
        for (status, body, _) in Self.faults {
            var bytes = Array(body.utf8)
            for _ in 0..<3 where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
            }
            let fault = UpstreamFault.read(status: status, body: bytes, dialect: .openAIChat)
            #expect(!ClientError(fault).message.isEmpty)
        }
    }
}
