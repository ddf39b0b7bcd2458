import Contracts
import GuardCore
package import Observability
import Synchronization

/// Counts on `/metrics` what was decided and how long looking took; handles are made once and kept.
package final class DecisionFigures: Sendable {
    private struct Label: Hashable {
        var detector: String
        var action: String
    }

    /// What a decision without a finding is counted under.
    private static let noDetector = "none"
    /// Handles that are kept; policies name their own detectors.
    private static let handleLimit = 1_000

    private let registry: MetricsRegistry
    private let native: HistogramSeries
    private let engines: [String: HistogramSeries]
    private let misses: [String: CounterSeries]
    private let series = Mutex<[Label: CounterSeries]>([:])

    package init(registry: MetricsRegistry = .shared) {
        self.registry = registry
        native = registry.histogram(MetricNames.guardrailEvaluation.label, [("detector", "native")])
        let names = [PlanBuilder.presidio, PlanBuilder.openAI, PlanBuilder.embedding]
        engines = Dictionary(
            uniqueKeysWithValues: names.map { name in
                (name, registry.histogram(MetricNames.guardrailEvaluation.label, [("detector", name)]))
            }
        )
        misses = Dictionary(
            uniqueKeysWithValues: names.map { name in
                (name, registry.counter(MetricNames.guardrailEngineFailures.label, [("detector", name)]))
            }
        )
    }

    /// Counts a decision once for each detector and what it did.
    func decided(_ action: GuardAction, _ findings: [Finding]) {
        var labels = Set(findings.map { Label(detector: $0.detector, action: $0.action.rawValue) })
        if labels.isEmpty { labels = [Label(detector: Self.noDetector, action: action.rawValue)] }
        for label in labels { counter(label).increment(by: Int64(1)) }
    }

    private func counter(_ label: Label) -> CounterSeries {
        series.withLock { series in
            if let known = series[label] { return known }
            let made = registry.counter(
                MetricNames.guardrailDecisions.label,
                [("detector", label.detector), ("action", label.action)]
            )
            if series.count < Self.handleLimit { series[label] = made }
            return made
        }
    }

    /// All native detectors went over the texts of a request together.
    func lookedNatively(for duration: Duration) {
        native.record(Self.seconds(duration))
    }

    /// An engine outside answered, or did not.
    func asked(_ engine: String, for duration: Duration) {
        engines[engine]?.record(Self.seconds(duration))
    }

    /// An engine outside gave no answer for the texts of a request: what is native decided alone, or nothing did.
    func missed(_ engine: String) {
        misses[engine]?.increment(by: Int64(1))
    }

    private static func seconds(_ duration: Duration) -> Double {
        let parts = duration.components
        return Double(parts.seconds) + Double(parts.attoseconds) / 1e18
    }
}
