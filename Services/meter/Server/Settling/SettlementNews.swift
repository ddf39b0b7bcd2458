import Contracts
import PeerRPC

/// Tells watchers that the ledger has new rows: the newest request's id, a few times a second at most.
///
/// Whoever shows rows asks for the list then; a change for every row would be as much work as the rows themselves.
final class SettlementNews: Sendable {
    /// The resource's name in `Watch`.
    static let resource = AdminMethods.meterV1.usage.name
    /// The shortest time between two changes.
    static let pace = Duration.milliseconds(200)

    private let feed: ChangeFeed<AdminChange>
    /// Holds the newest id alone: what came before it is in the same list.
    private let latest = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(1))

    init(feed: ChangeFeed<AdminChange>) {
        self.feed = feed
    }

    /// A row was committed, perhaps after others.
    func settled(_ requestID: String) {
        latest.continuation.yield(requestID)
    }

    /// Publishes until cancelled.
    func run() async {
        for await id in latest.stream {
            feed.publish(AdminChange(resource: Self.resource, id: id))
            try? await Task.sleep(for: Self.pace)
        }
    }
}
