import TestSupport

/// One way in which a first target fails.
struct Fault: Sendable {
    let name: String
    /// Where its provider is; `nil` for the mock.
    let baseURL: (@Sendable (MockProvider) -> String)?
    /// What the mock answers.
    let reply: @Sendable (MockRequest) -> MockReply

    init(_ name: String, _ reply: @escaping @Sendable (MockRequest) -> MockReply) {
        self.name = name
        baseURL = nil
        self.reply = reply
    }

    init(_ name: String, at baseURL: @escaping @Sendable (MockProvider) -> String) {
        self.name = name
        self.baseURL = baseURL
        reply = { _ in .closed }
    }

    /// Statuses as providers send them.
    private static let statuses = [
        400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529,
    ]

    static let all: [Fault] = places + statuses.map(json) + statuses.map(html) + broken

    private static let places = [
        Fault("connection refused") { _ in "http://127.0.0.1:1/v1" },
        Fault("no such host") { _ in "http://nowhere.invalid/v1" },
        Fault("no TLS where it was promised") { "https://127.0.0.1:\($0.port)/v1" },
    ]

    private static func json(_ status: Int) -> Fault {
        Fault("\(status), JSON") { _ in
            .json(#"{"error":{"message":"Something is wrong.","type":"api_error","code":null}}"#, status: status)
        }
    }

    private static func html(_ status: Int) -> Fault {
        Fault("\(status), a page") { _ in .page(status: status) }
    }

    private static let broken = [
        Fault("nothing in time") { _ in .silent(.seconds(20)) },
        Fault("closed before the head") { _ in .closed },
        Fault("reset before the head") { _ in .reset },
        Fault("cut in the head") { _ in
            MockReply([.raw(Array("HTTP/1.1 200 OK\r\ncontent-ty".utf8)), .close])
        },
        Fault("an empty body") { _ in .json("") },
        Fault("a page with 200") { _ in .page() },
        Fault("JSON that is none") { _ in .json(#"{"id":"#) },
        Fault("cut before content") { request in
            request.isStream
                ? MockReply.stream([opening]).cut(after: 1, then: [.close])
                : MockReply([.head(status: 200, headers: length), .body(Array(#"{"id":"1","#.utf8)), .close])
        },
        Fault("an error event before content") { request in
            request.isStream
                ? .stream([MockFault.serverError.event(.openAI)])
                : .json(MockFault.serverError.body(.openAI))
        },
        Fault("stalled before content") { request in
            request.isStream
                ? MockReply.stream([opening]).cut(after: 1, then: [.pause(.seconds(20))])
                : MockReply([.head(status: 200, headers: length), .pause(.seconds(20))])
        },
        Fault("cut after content") { request in
            let whole = MockReply.answer(to: request)
            return request.isStream
                ? whole.cut(after: 3, then: [.close])
                : MockReply([.head(status: 200, headers: length), .body(half), .close])
        },
        Fault("an error event after content") { request in
            let event = MockFault.overloaded.event(.openAI)
            return request.isStream
                ? MockReply.answer(to: request).cut(after: 3, then: [.body(Array(event.utf8)), .end])
                : .fault(.overloaded, .openAI)
        },
        Fault("stalled after content") { request in
            let whole = MockReply.answer(to: request)
            return request.isStream
                ? whole.cut(after: 3, then: [.pause(.seconds(20))])
                : MockReply([.head(status: 200, headers: length), .body(half), .pause(.seconds(20))])
        },
        Fault("ended without its end") { request in
            let whole = MockReply.answer(to: request)
            return request.isStream
                ? whole.cut(after: 3, then: [.end])
                : MockReply([.head(status: 200, headers: length), .body(half), .close])
        },
    ]

    private static let length = [HeaderField("content-type", "application/json"), HeaderField("content-length", "900")]
    private static let half = Array(#"{"id":"1","object":"chat.completion","choices":[{"index":0,"message":{"#.utf8)
    private static let opening =
        #"data: {"id":"1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant"}}]}"#
        + "\n\n"
}
