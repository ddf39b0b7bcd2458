import CoreMetrics
import Synchronization

/// One number that many threads add to without a lock.
///
/// A class of its own because an atomic cannot be copied into an array; each counts in its own cache line's
/// allocation, so that two buckets do not contend.
final class AtomicCount: Sendable {
    private let storage = Atomic<Int64>(0)

    var value: Int64 { storage.load(ordering: .relaxed) }

    func add(_ amount: Int64) {
        storage.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() {
        storage.store(0, ordering: .relaxed)
    }
}

/// A floating-point number that many threads add to without a lock.
final class AtomicSum: Sendable {
    private let bits = Atomic<UInt64>(0)

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func set(_ value: Double) {
        bits.store(value.bitPattern, ordering: .relaxed)
    }

    func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let result = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if result.exchanged { return }
            old = result.original
        }
    }
}

/// A series of a counter; whole and fractional increments are kept apart so that large counts stay exact.
package final class CounterSeries: CounterHandler, FloatingPointCounterHandler {
    private let whole = AtomicCount()
    private let fractional = AtomicSum()

    package func increment(by amount: Int64) {
        guard amount > 0 else { return }
        whole.add(amount)
    }

    package func increment(by amount: Double) {
        guard amount.isFinite, amount > 0 else { return }
        fractional.add(amount)
    }

    package func reset() {
        whole.reset()
        fractional.set(0)
    }

    /// The value as Prometheus text.
    var text: String {
        let fraction = fractional.value
        return fraction == 0 ? String(whole.value) : PrometheusText.number(Double(whole.value) + fraction)
    }
}

/// A series of a gauge: the last value set, moved up and down.
package final class GaugeSeries: MeterHandler, RecorderHandler {
    private let storage = AtomicSum()

    package func set(_ value: Int64) { storage.set(Double(value)) }
    package func set(_ value: Double) { storage.set(value) }
    package func record(_ value: Int64) { storage.set(Double(value)) }
    package func record(_ value: Double) { storage.set(value) }

    package func increment(by amount: Double) {
        guard amount.isFinite else { return }
        storage.add(amount)
    }

    package func decrement(by amount: Double) {
        guard amount.isFinite else { return }
        storage.add(-amount)
    }

    var value: Double { storage.value }
}

/// A series of a histogram with fixed buckets.
package final class HistogramSeries: TimerHandler, RecorderHandler {
    let bounds: [Double]
    private let buckets: [AtomicCount]
    private let total = AtomicSum()

    init(bounds: [Double]) {
        self.bounds = bounds
        buckets = (0...bounds.count).map { _ in AtomicCount() }
    }

    package func recordNanoseconds(_ duration: Int64) {
        record(Double(duration) / 1e9)
    }

    package func record(_ value: Int64) {
        record(Double(value))
    }

    package func record(_ value: Double) {
        guard value.isFinite else { return }
        buckets[index(of: value)].add(1)
        total.add(value)
    }

    /// The first bucket whose bound is not below the value; the last one has no bound.
    private func index(of value: Double) -> Int {
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Observations per bucket, not cumulative; the last is above every bound.
    var counts: [Int64] { buckets.map(\.value) }
    var sum: Double { total.value }
}
