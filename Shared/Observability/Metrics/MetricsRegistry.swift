package import CoreMetrics
import Synchronization

/// The metrics of this process: a swift-metrics back end that is read as Prometheus text.
///
/// Making a handle takes a lock and happens at start; recording through it takes none. A name holds at most
/// ``seriesLimit`` combinations of label values; later ones are counted together under the value `_other`, so that no
/// client can make this process grow by inventing label values.
package final class MetricsRegistry: MetricsFactory {
    /// The registry of the process, bootstrapped into swift-metrics by `ServiceRuntime`.
    package static let shared = MetricsRegistry(collectors: [ProcessMetrics.collect])

    /// How many series a name may have before the rest share `_other`.
    package let seriesLimit: Int
    private let definitions: [String: MetricName]
    private let collectors: [@Sendable () -> [MetricSample]]
    private let families = Mutex<[String: MetricFamily]>([:])

    /// Makes a registry of its own, for tests or for a part of a program.
    ///
    /// - Parameters:
    ///   - names: What is known about metrics beforehand; others get defaults.
    ///   - seriesLimit: How many series one name may have.
    ///   - collectors: Called at each rendering for figures that are read rather than counted.
    package init(
        names: [MetricName] = MetricNames.all,
        seriesLimit: Int = 1000,
        collectors: [@Sendable () -> [MetricSample]] = []
    ) {
        definitions = Dictionary(names.map { ($0.label, $0) }, uniquingKeysWith: { first, _ in first })
        self.seriesLimit = seriesLimit
        self.collectors = collectors
    }

    // MARK: MetricsFactory

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label, dimensions)
    }

    package func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        counter(label, dimensions)
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate ? histogram(label, dimensions, unit: .none) : gauge(label, dimensions)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions, unit: .seconds)
    }

    package func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    // MARK: Typed handles

    /// The counter of these labels, made on first use.
    package func counter(_ label: String, _ dimensions: [(String, String)] = []) -> CounterSeries {
        series(label, dimensions, default: (.counter, .none, [])) { _ in CounterSeries() }
    }

    /// The gauge of these labels, made on first use.
    package func gauge(_ label: String, _ dimensions: [(String, String)] = []) -> GaugeSeries {
        series(label, dimensions, default: (.gauge, .none, [])) { _ in GaugeSeries() }
    }

    /// The histogram of these labels, made on first use; the buckets are those of its name.
    package func histogram(
        _ label: String,
        _ dimensions: [(String, String)] = [],
        unit: MetricUnit = .seconds
    ) -> HistogramSeries {
        let bounds = unit == .seconds ? MetricBuckets.request : MetricBuckets.sizes
        return series(label, dimensions, default: (.histogram, unit, bounds)) { name in
            HistogramSeries(bounds: name.buckets)
        }
    }

    // MARK: Rendering

    /// The whole registry as Prometheus text exposition format 0.0.4, families and series in a fixed order.
    package func render() -> [UInt8] {
        let snapshot = families.withLock { families in families }
        var text = PrometheusText()
        var rendered: [String: [UInt8]] = [:]
        for (name, family) in snapshot {
            text.write(family, as: name)
            rendered[name] = text.take()
        }
        for sample in collectors.flatMap({ $0() }) {
            let name = PrometheusText.name(of: sample.name)
            guard rendered[name] == nil else { continue }
            text.write(sample, as: name)
            rendered[name] = text.take()
        }
        return rendered.sorted { $0.key < $1.key }.flatMap(\.value)
    }

    // MARK: Families

    private func series<Series: AnyObject & Sendable>(
        _ label: String,
        _ dimensions: [(String, String)],
        default shape: (kind: MetricKind, unit: MetricUnit, buckets: [Double]),
        make: (MetricName) -> Series
    ) -> Series {
        let known = definitions[label]
        // A name used as another kind than the table says is a mistake of ours: its figures go nowhere, but nothing
        // breaks and the family in use stays right.
        let name =
            known.flatMap { $0.kind == shape.kind ? $0 : nil }
            ?? MetricName(label, shape.kind, shape.unit, "", buckets: shape.buckets)
        guard known == nil || known?.kind == shape.kind else { return make(name) }
        let exposed = PrometheusText.name(of: name)
        return families.withLock { families in
            var family = families.removeValue(forKey: exposed) ?? MetricFamily(name: name)
            defer { families[exposed] = family }
            guard family.name.kind == shape.kind else { return make(name) }
            let labels = family.labels(for: dimensions, limit: seriesLimit)
            if let existing = family.series[labels] as? Series { return existing }
            let made = make(family.name)
            family.series[labels] = made
            return made
        }
    }

    private func remove(_ handler: AnyObject) {
        families.withLock { families in
            for (name, family) in families {
                guard let labels = family.series.first(where: { $0.value === handler })?.key else { continue }
                families[name]?.series[labels] = nil
                return
            }
        }
    }
}

/// A figure that is read when it is asked for.
package struct MetricSample: Sendable {
    package var name: MetricName
    package var value: Double

    package init(_ name: MetricName, _ value: Double) {
        self.name = name
        self.value = value
    }
}

/// All series of one name, by their rendered labels.
struct MetricFamily: Sendable {
    let name: MetricName
    var series: [String: any AnyObject & Sendable] = [:]

    init(name: MetricName) {
        self.name = name
    }

    /// The labels under which these dimensions are kept: their own, or `_other` once the family is full.
    func labels(for dimensions: [(String, String)], limit: Int) -> String {
        let labels = PrometheusText.labels(dimensions)
        guard series[labels] == nil, series.count >= limit, !dimensions.isEmpty else { return labels }
        return PrometheusText.labels(dimensions.map { ($0.0, "_other") })
    }
}
