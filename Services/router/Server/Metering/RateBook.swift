import Contracts
import PeerRPC
import RouterCore
import Synchronization

/// What targets charge, as the meter said within the last minute: for chains that go by cost.
///
/// A price that is edited counts for routing a minute later at most; what a request costs is always the meter's word.
final class RateBook: Sendable {
    /// How long an answer is believed.
    static let length = Duration.seconds(60)
    /// How long a request waits for it; then the chain's own order holds, and the answer serves those that follow.
    static let patience = Duration.milliseconds(50)
    /// How long the meter may take.
    static let deadline = Duration.seconds(1)
    /// How long nobody asks after an answer that did not come: an outage must not cost each request its patience.
    static let silence = Duration.seconds(5)
    /// Targets that are remembered.
    static let limit = 4096

    private struct Entry {
        var rates: TargetRates
        var heard: ContinuousClock.Instant
    }

    private let client: RPCClient
    private let entries = Mutex<[String: Entry]>([:])
    private let silentUntil = Mutex<ContinuousClock.Instant?>(nil)
    private let isAsking = Atomic(false)

    init(client: RPCClient) {
        self.client = client
    }

    /// The price of a request at each target that has one, in nano-dollars.
    ///
    /// - Parameters:
    ///   - targets: Where it may go.
    ///   - input: Its input tokens.
    ///   - output: The output tokens to reckon with.
    /// - Returns: Prices by `provider/model`; none where the meter has none, or did not answer in time.
    func costs(of targets: [RoutedTarget], input: Int, output: Int) async -> [String: Double] {
        let now = ContinuousClock.now
        let missing = entries.withLock { entries in
            targets.filter { entries[$0.name].map { now - $0.heard >= Self.length } ?? true }
        }
        let isSilent = silentUntil.withLock { $0.map { now < $0 } ?? false }
        if !missing.isEmpty, !isSilent { await ask(missing, now) }
        return entries.withLock { entries in
            var costs: [String: Double] = [:]
            for target in targets {
                guard let rates = entries[target.name]?.rates, let perInput = rates.inputNano,
                    let perOutput = rates.outputNano
                else { continue }
                costs[target.name] =
                    (Double(perInput) * Double(input) + Double(perOutput) * Double(output)) / 1_000_000
            }
            return costs
        }
    }

    /// Asks the meter, unless someone does already, and waits for it a little.
    private func ask(_ targets: [RoutedTarget], _ now: ContinuousClock.Instant) async {
        guard isAsking.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
        else {
            return
        }
        let nap = Nap()
        Task {
            await self.fetch(targets, now)
            self.isAsking.store(false, ordering: .releasing)
            nap.end()
        }
        await nap.take(Self.patience) { !self.isAsking.load(ordering: .acquiring) }
    }

    private func fetch(_ targets: [RoutedTarget], _ now: ContinuousClock.Instant) async {
        let asked = targets.prefix(RatesRequest.limit)
        let request = RatesRequest(targets: asked.map { Target(provider: $0.provider.id, model: $0.model) })
        // Without an answer the last one goes on holding.
        guard let reply = try? await client.call(MeterMethods.rates, request, deadline: now + Self.deadline),
            reply.rates.count == asked.count
        else { return silentUntil.withLock { $0 = .now + Self.silence } }
        entries.withLock { entries in
            if entries.count + asked.count > Self.limit {
                entries = entries.filter { now - $0.value.heard < Self.length }
                if entries.count + asked.count > Self.limit { entries = [:] }
            }
            for (target, rates) in zip(asked, reply.rates) { entries[target.name] = Entry(rates: rates, heard: now) }
        }
    }
}
