import Contracts
import Synchronization
import TestSupport

/// Clients that never stop asking, and a tally of what they were told.
final class Load: Sendable {
    /// What one request came to, as its client saw it.
    struct Result: Sendable {
        /// The client's own mark, which is in the body and so at the mock too.
        let mark: String
        /// The request id, when a head came.
        var requestID: String?
        var status = 0
        /// The end of what came, for the report of a failure.
        var text = ""
        /// Whether the answer came to its proper end.
        var isWhole = false
        /// Whether its stream ended in an error event.
        var isError = false
        var began: ContinuousClock.Instant
        var ended: ContinuousClock.Instant
    }

    private struct State {
        var results: [Result] = []
        var next = 0
        var isStopped = false
    }

    private let gateway: Gateway
    private let secret: String
    private let content: String
    private let isVaried: Bool
    private let state = Mutex(State())

    /// - Parameters:
    ///   - gateway: Who is asked.
    ///   - secret: The key.
    ///   - content: What every client says.
    ///   - isVaried: Whether each says it in words of its own, so that nobody has seen the text before.
    init(_ gateway: Gateway, secret: String, content: String = "Say something.", isVaried: Bool = false) {
        self.isVaried = isVaried
        self.gateway = gateway
        self.secret = secret
        self.content = content
    }

    var results: [Result] { state.withLock { $0.results } }
    var count: Int { state.withLock { $0.results.count } }

    func stop() {
        state.withLock { $0.isStopped = true }
    }

    /// Runs so many clients until ``stop()``.
    func run(clients: Int, seed: UInt64) async {
        await withTaskGroup { group in
            for client in 0..<clients {
                group.addTask { await self.ask(SeededGenerator(seed: seed &+ UInt64(client))) }
            }
        }
    }

    private func ask(_ generator: SeededGenerator) async {
        var generator = generator
        while !state.withLock({ $0.isStopped }) {
            let number = state.withLock { state in
                state.next += 1
                return state.next
            }
            let dialect = generator.pick(MockDialect.allCases)
            let result = await one("mark-\(number)-", dialect, stream: !generator.oneIn(3))
            state.withLock { $0.results.append(result) }
            // A refused connection is refused at once; nobody asks in a circle.
            if result.status == 0 { try? await Task.sleep(for: .milliseconds(10)) }
        }
    }

    private func one(_ mark: String, _ dialect: MockDialect, stream: Bool) async -> Result {
        let model = dialect == .openAI ? "acme/m" : "claude/m"
        let extra = #","metadata":{"mark":"\#(mark)"}"#
        let content = isVaried ? "\(content) This is \(mark)." : content
        let body = Gateway.body(dialect, model: model, stream: stream, maxTokens: 100, content: content, extra: extra)
        let now = ContinuousClock.now
        var result = Result(mark: mark, began: now, ended: now)
        let opened = try? await gateway.open(Gateway.chat(dialect, key: secret, body: body))
        result.ended = .now
        guard let exchange = opened else { return result }
        _ = try? await exchange.end(deadline: .seconds(30))
        let response = exchange.response
        result.ended = .now
        result.status = response.status
        result.text = String(response.text.suffix(160))
        result.requestID = response.requestID
        result.isWhole = response.isComplete && (!stream || StreamText.isWhole(response.body, dialect))
        result.isError = stream && StreamText.error(response.body, dialect) != nil
        await exchange.close()
        return result
    }
}
