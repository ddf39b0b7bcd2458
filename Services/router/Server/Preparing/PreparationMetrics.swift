import Contracts
package import Observability
import RouterCore
import Synchronization

/// The figures of guard, saver and memory; handles are made once and kept.
package final class PreparationMetrics: Sendable {
    private static let handleLimit = 1_000

    /// What a handle is found by: to put a text together for it would cost more than all the rest.
    private struct Handle: Hashable {
        let metric: String
        let first: String
        let second: String?
    }

    private let registry: MetricsRegistry
    private let calls = Mutex<[Handle: CounterSeries]>([:])
    private let guardHits: CounterSeries
    private let guardMisses: CounterSeries
    private let saverHits: CounterSeries
    private let saverMisses: CounterSeries
    private let segmentEvictions: CounterSeries
    private let conversationEvictions: CounterSeries
    private let segmentBytes: GaugeSeries
    private let conversationBytes: GaugeSeries
    private let entries: GaugeSeries
    private let counted = Mutex<(segments: Int, conversations: Int)>((0, 0))

    package init(registry: MetricsRegistry = .shared) {
        self.registry = registry
        guardHits = registry.counter(MetricNames.memoryHits.label, [("kind", "guard")])
        guardMisses = registry.counter(MetricNames.memoryMisses.label, [("kind", "guard")])
        saverHits = registry.counter(MetricNames.memoryHits.label, [("kind", "saver")])
        saverMisses = registry.counter(MetricNames.memoryMisses.label, [("kind", "saver")])
        segmentEvictions = registry.counter(MetricNames.memoryEvictions.label, [("kind", "segments")])
        conversationEvictions = registry.counter(MetricNames.memoryEvictions.label, [("kind", "conversations")])
        segmentBytes = registry.gauge(MetricNames.memorySize.label, [("kind", "segments")])
        conversationBytes = registry.gauge(MetricNames.memorySize.label, [("kind", "conversations")])
        entries = registry.gauge(MetricNames.memoryEntries.label)
    }

    func guardRemembered(hits: Int, misses: Int) {
        guardHits.increment(by: Int64(hits))
        guardMisses.increment(by: Int64(misses))
    }

    func saverRemembered(hits: Int, misses: Int) {
        saverHits.increment(by: Int64(hits))
        saverMisses.increment(by: Int64(misses))
    }

    func guardCalled(_ method: String, _ outcome: String) {
        count(MetricNames.guardCalls, ("method", method), ("outcome", outcome))
    }

    /// - Parameter policy: `open` or `closed`.
    func guardFailed(_ policy: String) {
        count(MetricNames.guardFailures, ("on_failure", policy))
    }

    func saverCalled(_ outcome: String) {
        count(MetricNames.saverCalls, ("outcome", outcome))
    }

    func saved(_ savings: [Saving]) {
        for saving in savings where saving.tokensBefore > saving.tokensAfter {
            count(
                MetricNames.saverTokensSaved,
                ("saver", saving.saver),
                ("rule", saving.rule),
                by: saving.tokensBefore - saving.tokensAfter
            )
        }
    }

    /// Reads how full the memories are.
    func sample(_ memory: SegmentMemory, _ conversations: ConversationTable) {
        let size = memory.size
        segmentBytes.set(Int64(size.bytes))
        entries.set(Int64(size.entries))
        conversationBytes.set(Int64(conversations.bytes))
        let now = (segments: size.evictions, conversations: conversations.evictions)
        let before = counted.withLock { counted in
            defer { counted = now }
            return counted
        }
        segmentEvictions.increment(by: Int64(max(0, now.segments - before.segments)))
        conversationEvictions.increment(by: Int64(max(0, now.conversations - before.conversations)))
    }

    private func count(
        _ name: MetricName,
        _ first: (label: String, value: String),
        _ second: (label: String, value: String)? = nil,
        by amount: Int = 1
    ) {
        let handle = Handle(metric: name.label, first: first.value, second: second?.value)
        let series = calls.withLock { calls in
            if let series = calls[handle] { return series }
            let series = registry.counter(name.label, second.map { [first, $0] } ?? [first])
            // A saver of one's own may name what it likes.
            if calls.count < Self.handleLimit { calls[handle] = series }
            return series
        }
        series.increment(by: Int64(amount))
    }
}
