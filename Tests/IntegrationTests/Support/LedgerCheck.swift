import Contracts
import JSON
import TestSupport
import Testing

/// What must hold of a ledger after a load, whatever died meanwhile; its requests are those of the key `load`.
enum LedgerCheck {
    /// When nothing is reserved any more, every request that ran has one row, and the sums are those of the rows.
    static func rows(_ results: [Load.Result], _ mock: MockProvider, _ gateway: Gateway) async throws {
        try await gateway.waitUntilIdle(key: "load", deadline: .seconds(75))
        let rows = try await gateway.ledger()
        let ids = Set(rows.map(\.requestID))
        #expect(ids.count == rows.count)
        let served = results.filter { $0.status == 200 }
        for result in served {
            let id = try #require(result.requestID)
            #expect(ids.contains(id), "the request \(id) has no row")
        }
        let byID = Dictionary(rows.map { ($0.requestID, $0) }) { first, _ in first }
        for result in served where result.isWhole {
            let row = result.requestID.flatMap { byID[$0] }
            // A router that is killed between the last byte and its note leaves what the note of the start says.
            #expect(row?.outcome == .ok || row?.outcome == .interrupted)
        }
        // Requests whose answer never came have no id at the client, but the mock knows what reached it.
        let marks = mock.chats.compactMap { exchange -> String? in
            exchange.request.json?["metadata"]?["mark"]?.string
        }
        #expect(Set(marks).count == marks.count, "a request was sent upstream twice")
        let told = Set(results.compactMap { $0.status == 200 ? $0.mark : nil })
        let untold = Set(marks).subtracting(told).count
        #expect(rows.count >= told.count + untold)
        #expect(rows.count <= results.count)

        let key = try await gateway.key("load")
        #expect(key.requests == rows.count)
        #expect(key.spentNanoUSD == rows.reduce(0) { $0 + ($1.costNanoUSD ?? 0) })
        #expect(key.tokens == rows.reduce(0) { $0 + $1.usage.input + $1.usage.output })
        let rollups = try await gateway.all(AdminMethods.meterV1.rollups)
        #expect(rollups.reduce(0) { $0 + $1.requests } == rows.count)
        let budget = try await gateway.budget(ofKey: "load")
        #expect(budget.spentNanoUSD == key.spentNanoUSD)
    }

    /// Nothing went upstream unmasked.
    static func masked(_ mock: MockProvider) {
        #expect(mock.chats.allSatisfy { !$0.request.bodyText.contains(Load.address) })
    }

    /// A meter's death is felt by no client with a known key; a router's death only by those it served or met closed.
    static func refusals(
        _ results: [Load.Result],
        outside outages: [ClosedRange<ContinuousClock.Instant>],
        _ comment: String
    ) {
        let unexplained = results.filter { result in
            !result.isWhole
                && !outages.contains { $0.overlaps(result.began...max(result.began, result.ended)) }
        }
        let shown = unexplained.prefix(3).map { "\($0.status) \($0.text)" }
        #expect(unexplained.count == 0, "\(comment): \(shown)")
    }
}
