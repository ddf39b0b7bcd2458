/// Which requests a rule of the mock provider is for.
package struct MockMatch: Sendable {
    let matches: @Sendable (MockRequest) -> Bool

    package init(_ matches: @escaping @Sendable (MockRequest) -> Bool) {
        self.matches = matches
    }

    /// Every chat request.
    package static let chats = MockMatch { $0.dialect != nil }
    /// Every request, whatever it is.
    package static let all = MockMatch { _ in true }

    /// The chat requests for a model.
    package static func model(_ name: String) -> MockMatch {
        MockMatch { $0.dialect != nil && $0.model == name }
    }

    /// Everything that comes with a credential.
    package static func credential(_ secret: String) -> MockMatch {
        MockMatch { $0.credential == secret }
    }
}

/// What the mock provider does with a request, step by step.
package struct MockReply: Sendable {
    package enum Step: Sendable {
        /// The status line and headers; chunked unless a length is among them.
        case head(status: Int, headers: [HeaderField])
        /// A part of the body, flushed by itself.
        case body([UInt8])
        /// Bytes past the encoder, for what is no HTTP.
        case raw([UInt8])
        case pause(Duration)
        case hold(Gate)
        /// The proper end of the response.
        case end
        /// Closes the connection, whatever is still owed.
        case close
        /// Resets the connection.
        case reset
    }

    package var steps: [Step]

    package init(_ steps: [Step]) {
        self.steps = steps
    }

    // MARK: Whole responses

    /// A body with its length.
    package static func body(
        _ bytes: [UInt8],
        status: Int = 200,
        type: String = "application/json",
        headers: [HeaderField] = []
    ) -> MockReply {
        let fields = [HeaderField("content-type", type), HeaderField("content-length", String(bytes.count))]
        return MockReply([.head(status: status, headers: fields + headers), .body(bytes), .end])
    }

    package static func json(_ text: String, status: Int = 200, headers: [HeaderField] = []) -> MockReply {
        body(Array(text.utf8), status: status, headers: headers)
    }

    /// An event stream, or a stream of another type, one flush for each piece.
    package static func stream(
        _ pieces: [[UInt8]],
        type: String = "text/event-stream; charset=utf-8",
        every pause: Duration? = nil
    ) -> MockReply {
        let headers = [HeaderField("content-type", type), HeaderField("cache-control", "no-cache")]
        var steps: [Step] = [.head(status: 200, headers: headers)]
        for (number, piece) in pieces.enumerated() {
            if let pause, number > 0 { steps.append(.pause(pause)) }
            steps.append(.body(piece))
        }
        return MockReply(steps + [.end])
    }

    package static func stream(_ pieces: [String], every pause: Duration? = nil) -> MockReply {
        stream(pieces.map { Array($0.utf8) }, every: pause)
    }

    static let streamHeaders = [
        HeaderField("content-type", "text/event-stream; charset=utf-8"), HeaderField("cache-control", "no-cache"),
    ]

    /// A well-formed answer in the dialect of the request, a stream when it asks for one.
    package static func answer(
        _ answer: MockAnswer = MockAnswer(),
        to request: MockRequest,
        every pause: Duration? = nil
    ) -> MockReply {
        let dialect = request.dialect ?? .openAI
        guard request.isStream else { return .json(dialect.unary(answer, model: request.model)) }
        return .stream(dialect.frames(answer, model: request.model, usage: request.wantsUsage), every: pause)
    }

    // MARK: Faults

    /// An error as the provider words it, with its status.
    package static func fault(_ fault: MockFault, _ dialect: MockDialect) -> MockReply {
        .json(fault.body(dialect), status: fault.status(dialect), headers: fault.headers)
    }

    /// A page where an API was expected.
    package static func page(status: Int = 200) -> MockReply {
        let text = "<!DOCTYPE html><html><body><h1>Sign in to the network</h1></body></html>"
        return body(Array(text.utf8), status: status, type: "text/html; charset=utf-8")
    }

    /// Closes or resets before a byte of an answer.
    package static let closed = MockReply([.close])
    package static let reset = MockReply([.reset])

    /// Nothing, for so long.
    package static func silent(_ duration: Duration) -> MockReply {
        MockReply([.pause(duration), .close])
    }

    /// What stands here up to so many parts of the body, then something else.
    package func cut(after bodies: Int, then steps: [Step]) -> MockReply {
        var kept: [Step] = []
        var left = bodies
        for step in self.steps {
            if case .body = step {
                if left == 0 { break }
                left -= 1
            } else if case .end = step {
                break
            }
            kept.append(step)
        }
        return MockReply(kept + steps)
    }

    /// The same behind a pause or a gate.
    package func after(_ step: Step) -> MockReply {
        MockReply([step] + steps)
    }

    /// The same with its body in gzip.
    package func gzipped() -> MockReply {
        MockReply(
            steps.map { step in
                switch step {
                case .head(let status, let headers):
                    let others = headers.filter { $0.name.lowercased() != "content-length" }
                    return .head(status: status, headers: others + [HeaderField("content-encoding", "gzip")])
                case .body(let bytes): return .body(StoredGzip.member(bytes))
                default: return step
                }
            }
        )
    }
}
