import Synchronization

/// Counts how often a pattern gave up; after three times it is left out until the process starts again.
package final class Quarantine: Sendable {
    package static let limit = 3

    private let faults = Atomic<Int>(0)

    package init() {}

    package var isClosed: Bool { faults.load(ordering: .relaxed) >= Self.limit }

    package var count: Int { faults.load(ordering: .relaxed) }

    package func note() {
        faults.wrappingAdd(1, ordering: .relaxed)
    }
}
