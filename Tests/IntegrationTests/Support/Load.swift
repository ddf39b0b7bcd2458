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

    static let secret = GatewaySetup.secret("load")
    /// What a client says that nobody upstream may read: ``setup(_:masks:)`` has it masked.
    static let address = Integration.GuardMatrixTests.address

    /// One provider of each dialect, the key `load` with a budget that no test spends, and where it `masks` a guardrail and
    /// savers.
    static func setup(_ mock: MockProvider, masks: Bool = true) -> GatewaySetup {
        var setup = GatewaySetup(
            providers: [
                .init("acme", .openAI, mock, credentials: ["sk-acme"]),
                .init("claude", .anthropic, mock, credentials: ["sk-claude"]),
            ],
            keys: [.init("load", secret, plan: "load")]
        )
        setup.plans = ["{ name: load, limit_usd: 1000, period: total, concurrency: 1000, rpm: 0, tpm: 0 }"]
        setup.prices = [
            "{ model: \"acme/*\", input: 1, output: 10 }", "{ model: \"claude/*\", input: 1, output: 10 }",
        ]
        guard masks else { return setup }
        setup.guardrails = ["{ scope: global, pii: { enabled: true, direction: inbound, action: mask } }"]
        setup.savers = ["{ rtk: on, terse: on }"]
        return setup
    }

    private let gateway: Gateway
    private let content: String
    private let isVaried: Bool
    private let state = Mutex(State())

    /// - Parameters:
    ///   - gateway: Who is asked.
    ///   - content: What every client says.
    ///   - isVaried: Whether each says it in words of its own, so that nobody has seen the text before.
    init(_ gateway: Gateway, content: String = "Write to \(Load.address), please.", isVaried: Bool = false) {
        self.gateway = gateway
        self.content = content
        self.isVaried = isVaried
    }

    var results: [Result] { state.withLock { $0.results } }
    var count: Int { state.withLock { $0.results.count } }

    /// Waits until so many more requests have come to an end.
    func more(_ number: Int, deadline: Duration = Poll.patience) async throws {
        let before = count
        try await Poll.until("\(number) requests after \(before)", deadline: deadline) { count >= before + number }
    }

    /// Keeps so many clients asking while faults are made; they have all stopped when this returns or throws.
    func run(clients: Int, seed: UInt64, during faults: () async throws -> Void) async throws {
        async let running: Void = ask(clients: clients, seed: seed)
        // They stop also when a fault could not be made.
        defer { stop() }
        try await faults()
        stop()
        await running
    }

    private func stop() {
        state.withLock { $0.isStopped = true }
    }

    private func ask(clients: Int, seed: UInt64) async {
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
        let opened = try? await gateway.open(Gateway.chat(dialect, key: Self.secret, body: body))
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
