import Contracts
import Dialects
import NIOHTTP1
import Observability
import RouterCore
import Synchronization

/// The router's figures; handles are made once and kept.
///
/// Labels come from enumerations and from the catalogue; a model that is in neither the catalogue nor a chain is `_other`.
package final class RouterMetrics: Sendable {
    private struct RouteKey: Hashable {
        var route: String
        var method: String
        var status: Int
    }

    private struct TargetKey: Hashable {
        var operation: Operation
        var provider: String
        var model: String
    }

    /// The series of one provider and model.
    private final class TargetSeries: Sendable {
        let duration: HistogramSeries
        let firstChunk: HistogramSeries
        let input: CounterSeries
        let cacheRead: CounterSeries
        let cacheWrite: CounterSeries
        let output: CounterSeries

        init(_ key: TargetKey, _ registry: MetricsRegistry) {
            let labels = [
                ("gen_ai.operation.name", key.operation.rawValue), ("gen_ai.provider.name", key.provider),
                ("gen_ai.request.model", key.model),
            ]
            duration = registry.histogram(MetricNames.generationDuration.label, labels)
            firstChunk = registry.histogram(MetricNames.generationFirstChunk.label, labels)
            func tokens(_ direction: String, _ cache: String) -> CounterSeries {
                registry.counter(
                    MetricNames.tokens.label,
                    [("direction", direction), ("cache", cache), ("provider", key.provider), ("model", key.model)]
                )
            }
            input = tokens("input", "none")
            cacheRead = tokens("input", "read")
            cacheWrite = tokens("input", "creation")
            output = tokens("output", "none")
        }
    }

    private static let seriesLimit = 2_000

    /// Series by key, the one asked for last before all others: traffic repeats itself, and looking up hashes every text of a key.
    private struct Shelf<Key: Hashable, Series> {
        private var series: [Key: Series] = [:]
        private var latest: (key: Key, series: Series)?

        var count: Int { series.count }

        subscript(_ key: Key) -> Series? {
            mutating get {
                if let latest, latest.key == key { return latest.series }
                guard let found = series[key] else { return nil }
                latest = (key, found)
                return found
            }
            set { series[key] = newValue }
        }
    }

    private struct AttemptKey: Hashable {
        var provider: String
        var outcome: String
    }

    private let registry: MetricsRegistry
    private let active: GaugeSeries
    private let running: GaugeSeries
    private let routes = Mutex(Shelf<RouteKey, HistogramSeries>())
    private let targets = Mutex(Shelf<TargetKey, TargetSeries>())
    private let attempts = Mutex(Shelf<AttemptKey, CounterSeries>())

    init(registry: MetricsRegistry = .shared) {
        self.registry = registry
        active = registry.gauge(MetricNames.httpServerActiveRequests.label)
        running = registry.gauge(MetricNames.routerRunning.label)
    }

    // MARK: The edge

    func arrived() {
        active.increment(by: 1)
    }

    func left(_ route: Route?, _ method: HTTPMethod, status: Int, after duration: Duration) {
        active.decrement(by: 1)
        let name = route.map { $0.accepts(method) ? method.rawValue : "_other" } ?? "_other"
        let key = RouteKey(route: route?.label ?? "_other", method: name, status: status)
        let series = routes.withLock { routes in
            if let series = routes[key] { return series }
            let series = registry.histogram(
                MetricNames.httpServerRequestDuration.label,
                [
                    ("http.request.method", key.method), ("http.route", key.route),
                    ("http.response.status_code", String(key.status)),
                ]
            )
            routes[key] = series
            return series
        }
        series.record(duration.inSeconds)
    }

    // MARK: Requests

    func began() {
        running.increment(by: 1)
    }

    func denied(_ reason: Denial.Reason) {
        registry.counter(MetricNames.routerDenials.label, [("reason", reason.rawValue)]).increment(by: Int64(1))
    }

    func ended(_ session: ChatSession, _ outcome: Outcome) {
        running.decrement(by: 1)
        guard let last = session.attempts.last else { return }
        let series = series(
            session.call.operation,
            provider: last.provider,
            model: last.model,
            session.routing.state
        )
        series.duration.record(session.call.elapsed.inSeconds)
        if let first = session.firstTokenMS { series.firstChunk.record(Double(first) / 1000) }
        series.input.increment(by: Int64(last.usage.input))
        series.cacheRead.increment(by: Int64(last.usage.cacheRead))
        series.cacheWrite.increment(by: Int64(last.usage.cacheWrite5m + last.usage.cacheWrite1h))
        series.output.increment(by: Int64(last.usage.output))
    }

    private func series(
        _ operation: Operation,
        provider: String,
        model: String,
        _ state: RouterState
    ) -> TargetSeries {
        targets.withLock { targets in
            if let series = targets[TargetKey(operation: operation, provider: provider, model: model)] {
                return series
            }
            let isKnown = targets.count < Self.seriesLimit && state.isNamed(provider: provider, model: model)
            let key = TargetKey(operation: operation, provider: provider, model: isKnown ? model : "_other")
            if let series = targets[key] { return series }
            let series = TargetSeries(key, registry)
            targets[key] = series
            return series
        }
    }

    // MARK: Attempts

    func attemptSucceeded(_ candidate: Candidate) {
        count(candidate.target.provider.id, "ok")
    }

    func attemptFailed(_ candidate: Candidate, _ failure: FailureClass) {
        count(candidate.target.provider.id, failure.reason)
    }

    private func count(_ provider: String, _ outcome: String) {
        let series = attempts.withLock { attempts in
            let key = AttemptKey(provider: provider, outcome: outcome)
            if let series = attempts[key] { return series }
            let series = registry.counter(
                MetricNames.routerAttempts.label,
                [("provider", provider), ("outcome", outcome)]
            )
            attempts[key] = series
            return series
        }
        series.increment(by: Int64(1))
    }
}

extension RouterState {
    /// Whether an operator or the catalogue named this model, so that it may be a label.
    fileprivate func isNamed(provider: String, model: String) -> Bool {
        if provider == Provider.demo.id || catalogue.model(provider: provider, id: model) != nil { return true }
        let name = "\(provider)/\(model)"
        return aliases.values.contains(name) || chains.values.contains { $0.steps.contains(name) }
    }
}
