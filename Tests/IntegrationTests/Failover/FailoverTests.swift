import Contracts
import JSON
import Synchronization
import TestSupport
import Testing

/// A gateway with two accounts for each case, and short patience.
struct FailoverGateway: Sendable {
    let mock: MockProvider
    let gateway: Gateway
    static let secret = GatewaySetup.secret("failover")

    static func get() async throws -> FailoverGateway {
        try await task.value
    }

    private static let task = Task {
        let mock = try await MockProvider.start()
        var providers: [GatewaySetup.Provider] = []
        let names = FirstFailure.all.map(\.name) + LateFailure.all.map(\.name) + ["plain"]
        for name in names {
            for dialect in MockDialect.allCases {
                // One provider for whole answers and one for streams: a failure keeps accounts resting.
                for half in ["whole", "stream"] {
                    let id = "\(name)-\(half)-\(dialect)"
                    providers.append(.init(id, dialect, mock, credentials: ["sk-\(id)-first", "sk-\(id)-second"]))
                }
            }
        }
        var setup = GatewaySetup(providers: providers, keys: [.init("failover", secret)])
        setup.settings = [
            "timeouts: { connect: 2s, first_byte: 2s, stall: 2s }",
            "limits: { default_concurrency: 200, default_rpm: 100000, default_tpm: 0 }",
        ]
        for dialect in MockDialect.allCases {
            for half in ["whole", "stream"] {
                let provider = "plain-\(half)-\(dialect)"
                let steps = "[\(provider)/\(provider)-1, \(provider)/\(provider)-2]"
                setup.chains.append("{ name: chain-\(half)-\(dialect), strategy: priority, steps: \(steps) }")
            }
        }
        return FailoverGateway(mock: mock, gateway: try await Gateway.start(setup))
    }

    func request(_ dialect: MockDialect, model: String, stream: Bool) -> RawRequest {
        let options = dialect == .openAI && stream ? #","stream_options":{"include_usage":true}"# : ""
        let body = Gateway.body(dialect, model: model, stream: stream, extra: options)
        return Gateway.chat(dialect, key: Self.secret, body: body)
    }
}

/// What the first account does before its first content byte.
struct FirstFailure: Sendable, CustomTestStringConvertible {
    let name: String
    var streamOnly = false
    let reply: @Sendable (MockRequest) -> MockReply

    var testDescription: String { name }
    /// Whether the provider closes before it answers, as it does with a connection that it has kept long enough.
    var mayBeRepeated: Bool { ["closed", "reset"].contains(name) }
    /// Whether the provider had begun with an answer.
    var leavesWork: Bool { ["headonly", "cut"].contains(name) }

    static let all = [
        FirstFailure(name: "limited") { .fault(.rateLimited(retryAfter: 30), $0.dialect ?? .openAI) },
        FirstFailure(name: "broken") { .fault(.serverError, $0.dialect ?? .openAI) },
        FirstFailure(name: "busy") { .fault(.overloaded, $0.dialect ?? .openAI) },
        FirstFailure(name: "denied") { .fault(.authentication, $0.dialect ?? .openAI) },
        FirstFailure(name: "page") { _ in .page() },
        FirstFailure(name: "closed") { _ in .closed },
        FirstFailure(name: "reset") { _ in .reset },
        FirstFailure(name: "silent") { _ in .silent(.seconds(20)) },
        FirstFailure(name: "headonly") { MockReply.answer(to: $0).cut(after: 0, then: [.reset]) },
        FirstFailure(name: "inside") { request in
            let dialect = request.dialect ?? .openAI
            let body = MockFault.overloaded.body(dialect)
            return request.isStream ? .stream([MockFault.overloaded.event(dialect)]) : .json(body)
        },
        FirstFailure(name: "afterstart", streamOnly: true) { request in
            let dialect = request.dialect ?? .openAI
            let frames = dialect.frames(MockAnswer(), model: "m", usage: true).prefix(dialect.framesBeforeContent)
            return .stream(frames + [MockFault.serverError.event(dialect)])
        },
        FirstFailure(name: "eof", streamOnly: true) { request in
            MockReply.answer(to: request).cut(after: (request.dialect ?? .openAI).framesBeforeContent, then: [.end])
        },
        FirstFailure(name: "cut") { MockReply.answer(to: $0).cut(after: $0.isStream ? 1 : 0, then: [.close]) },
        FirstFailure(name: "stall", streamOnly: true) { request in
            MockReply.answer(to: request).cut(
                after: (request.dialect ?? .openAI).framesBeforeContent,
                then: [.pause(.seconds(20)), .close]
            )
        },
        FirstFailure(name: "notjson", streamOnly: true) { _ in .stream(["data: {\"half\n\n"]) },
    ]
}

/// What an account does after its first content byte.
struct LateFailure: Sendable, CustomTestStringConvertible {
    let name: String
    let steps: @Sendable (MockDialect) -> [MockReply.Step]

    var testDescription: String { name }

    static let all = [
        LateFailure(name: "lateerror") { [.body(Array(MockFault.serverError.event($0).utf8)), .end] },
        LateFailure(name: "lateeof") { _ in [.end] },
        LateFailure(name: "latecut") { _ in [.close] },
        LateFailure(name: "latereset") { _ in [.reset] },
        LateFailure(name: "latestall") { _ in [.pause(.seconds(20)), .close] },
        LateFailure(name: "lategarbage") { _ in [.body(Array("data: {nonsense\n\n".utf8)), .end] },
    ]
}

extension Integration {
    @Suite("Failover")
    struct FailoverTests {
        @Test(
            "a failure before the first content byte moves on unseen",
            arguments: FirstFailure.all,
            MockDialect.allCases
        )
        func before(failure: FirstFailure, dialect: MockDialect) async throws {
            let parts = try await FailoverGateway.get()
            for stream in failure.streamOnly ? [true] : [true, false] {
                let model = Common.name("m")
                // Whichever account is tried first fails, as often as it is tried; the other one answers.
                let first = Mutex<String?>(nil)
                parts.mock.answer(.model(model)) { request in
                    let bad = first.withLock { first in
                        first = first ?? request.credential
                        return first
                    }
                    return request.credential == bad ? failure.reply(request) : .answer(to: request)
                }
                let target = "\(failure.name)-\(stream ? "stream" : "whole")-\(dialect)/\(model)"
                let response = try await parts.gateway.send(parts.request(dialect, model: target, stream: stream))
                #expect(response.status == 200, "\(response.text)")
                #expect(response.isComplete)
                let tried = parts.mock.chats(model: model)
                let last = try #require(tried.last)
                #expect(response.body == last.sentBody)
                #expect(response.header("x-keirouter-attempts") == "2")
                #expect(Set(tried.map(\.request.credential)).count == 2)
                #expect(Set(tried.map(\.request.body)).count == 1)
                // A kept connection may have been closed by the provider in the meantime, so its request goes out once more.
                #expect(tried.count == 2 || tried.count == 3 && failure.mayBeRepeated)
                let row = try await parts.gateway.row(try #require(response.requestID))
                #expect(row.outcome == .ok)
                #expect(row.attempts == 2)
                // Of a whole answer that broke off the input counts, by estimate: the provider was at work on it.
                var expected = Common.ledger(MockUsage(), dialect)
                if failure.leavesWork, !stream { expected.input += Self.estimate }
                #expect(row.usage == expected)
            }
        }

        /// The estimated input of the small request: a quarter of its text's bytes.
        private static let estimate = 4

        @Test(
            "a failure after it ends the stream with the dialect's error",
            arguments: LateFailure.all,
            MockDialect.allCases
        )
        func after(failure: LateFailure, dialect: MockDialect) async throws {
            let parts = try await FailoverGateway.get()
            let model = Common.name("m")
            parts.mock.answer(.model(model), times: 1) { request in
                MockReply.answer(to: request).cut(after: dialect.framesBeforeContent + 2, then: failure.steps(dialect))
            }
            let target = "\(failure.name)-stream-\(dialect)/\(model)"
            let response = try await parts.gateway.send(parts.request(dialect, model: target, stream: true))
            #expect(response.status == 200)
            #expect(response.isComplete, "the client must be able to read to a proper end")
            let frames = dialect.frames(MockAnswer(), model: model, usage: true)
            let kept = Array(frames.prefix(dialect.framesBeforeContent + 2).joined().utf8)
            #expect(Array(response.body.prefix(kept.count)) == kept)
            #expect(!StreamText.isWhole(response.body, dialect))
            let error = try #require(StreamText.error(response.body, dialect), "\(response.text.suffix(300))")
            #expect(error["message"]?.string?.isEmpty == false)
            #expect(error["type"]?.string == (dialect == .openAI ? "server_error" : error["type"]?.string))
            #expect(parts.mock.chats(model: model).count == 1)
            let row = try await parts.gateway.row(try #require(response.requestID))
            #expect(row.outcome == .providerError)
            #expect(row.usage.output > 0)
        }

        @Test(
            "a chain's next step serves when no account of the first can",
            arguments: MockDialect.allCases,
            [false, true]
        )
        func chain(dialect: MockDialect, stream: Bool) async throws {
            let parts = try await FailoverGateway.get()
            let half = "\(stream ? "stream" : "whole")-\(dialect)"
            // What is too long for a model is too long whoever pays for it.
            parts.mock.answer(.model("plain-\(half)-1")) { _ in .fault(.contextLength, dialect) }
            let response = try await parts.gateway.send(parts.request(dialect, model: "chain-\(half)", stream: stream))
            #expect(response.status == 200)
            #expect(response.header("x-keirouter-model") == "plain-\(half)-2")
            #expect(parts.mock.chats(model: "plain-\(half)-1").count == 1)
            let row = try await parts.gateway.row(try #require(response.requestID))
            #expect(row.outcome == .ok)
            #expect(row.model == "plain-\(half)-2")
        }
    }
}
