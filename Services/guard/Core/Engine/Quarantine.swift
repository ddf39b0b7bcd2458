import Synchronization

/// Counts how often a pattern gave up; after three times an operator's is left out until the process starts again.
///
/// One that comes with the product never is: whoever finds a text that it gives up on could switch it off with three requests. It
/// gives up on that text alone, within its budget.
package final class Quarantine: Sendable {
    package static let limit = 3

    private let faults = Atomic<Int>(0)
    private let isForOwn: Bool

    package init(isForOwn: Bool = true) {
        self.isForOwn = isForOwn
    }

    package var isClosed: Bool { isForOwn && faults.load(ordering: .relaxed) >= Self.limit }

    package var count: Int { faults.load(ordering: .relaxed) }

    package func note() {
        faults.wrappingAdd(1, ordering: .relaxed)
    }
}
