import JSON
import TestSupport
import Testing

extension Integration {
    @Suite("A quiet stream")
    struct QuietStreamTests {
        /// Longer than the fifteen seconds after which a comment is due, shorter than any deadline.
        private static let silence = Duration.seconds(17)

        /// When the provider says nothing, and what it does then.
        private enum Quiet: CaseIterable {
            case beforeHead
            case beforeContent
            case amidContent
            case beforeError
        }

        @Test("says something every fifteen seconds, between frames only")
        func comments() async throws {
            let common = try await Common.get()
            let key = try await common.key()
            try await withThrowingTaskGroup { group in
                for dialect in MockDialect.allCases {
                    for quiet in Quiet.allCases {
                        group.addTask { try await check(common, key.secret, dialect, quiet) }
                    }
                }
                try await group.waitForAll()
            }
        }

        private func check(_ common: Common, _ key: String, _ dialect: MockDialect, _ quiet: Quiet) async throws {
            let model = Common.name("m")
            common.mock.answer(.model(model)) { request in
                if quiet == .beforeError {
                    return MockReply.fault(.badRequest, dialect).after(.pause(Self.silence))
                }
                var reply = MockReply.answer(to: request)
                let place =
                    switch quiet {
                    case .beforeHead, .beforeError: 0
                    case .beforeContent: 2
                    case .amidContent: 1 + dialect.framesBeforeContent + 2
                    }
                reply.steps.insert(.pause(Self.silence), at: place)
                return reply
            }
            let options = dialect == .openAI ? #","stream_options":{"include_usage":true}"# : ""
            let target = "\(Common.provider(dialect))/\(model)"
            let body = Gateway.body(dialect, model: target, stream: true, extra: options)
            let exchange = try await common.gateway.open(Gateway.chat(dialect, key: key, body: body))
            let early = try await exchange.body(containing: ": keep-alive\n\n", deadline: .milliseconds(16_500))
            #expect(early.status == 200)
            let response = try await exchange.end()
            #expect(response.isComplete)
            let frames = StreamText.frames(response.body)
            let comments = frames.filter { $0.starts(with: ": ".utf8) }
            #expect(comments.count == 1, "\(dialect), \(quiet): \(comments.count) comments")
            let rest = Array(frames.filter { !$0.starts(with: ": ".utf8) }.joined())
            if quiet == .beforeError {
                // The status is out already, so what went wrong is the stream's last event.
                #expect(StreamText.error(response.body, dialect)?["message"]?.string?.isEmpty == false)
            } else {
                #expect(rest == common.mock.chats(model: model).first?.sentBody, "\(dialect), \(quiet)")
            }
        }
    }
}
