import Synchronization

/// The reservations of this router's requests, from admission to the meter's receipt.
final class OpenReservations: Sendable {
    /// Far above what can run at once; past it a request runs on a lease that nobody renews.
    private static let limit = 100_000

    private let byRequest = Mutex<[String: String]>([:])

    func add(_ reservation: String, of requestID: String) {
        byRequest.withLock { open in
            guard open.count < Self.limit else { return }
            open[requestID] = reservation
        }
    }

    func remove(_ requestIDs: [String]) {
        byRequest.withLock { open in for id in requestIDs { open[id] = nil } }
    }

    /// Forgets reservations that the meter does not know.
    func forget(reservations: [String]) {
        guard !reservations.isEmpty else { return }
        let gone = Set(reservations)
        byRequest.withLock { open in open = open.filter { !gone.contains($0.value) } }
    }

    var all: [String] { byRequest.withLock { Array($0.values) } }
}
