import Contracts
import MeterCore
import TestSupport
import Testing

/// A store that has no room left: nothing is lost, nothing is given away, and it passes.
@Suite("A full disk")
struct FullDiskTests {
    private static let setup = MeterSetup(maximumPages: 90)

    /// Settles until the database refuses; answers how many records it holds.
    private static func fill(_ meter: MeterUnderTest, _ key: KeyItem) async throws -> (count: Int, error: ServiceError)
    {
        for wave in 0..<1000 {
            do throws(ServiceError) {
                _ = try await meter.settle(batch(wave, meter, key))
            } catch {
                return (wave * 100, error)
            }
        }
        throw TestSupportError("the database takes more than its pages")
    }

    private static func batch(_ wave: Int, _ meter: MeterUnderTest, _ key: KeyItem) -> [UsageRecord] {
        (0..<100).map { meter.record("w\(wave)-\($0)", key) }
    }

    @Test("a settlement that finds no room is to be tried again, and applied once when there is some")
    func passing() async throws {
        let folder = try TemporaryFolder()
        var key = KeyItem(name: "")
        var count = 0
        try await withMeter(in: folder, Self.setup) { meter in
            key = try await meter.makeKey()
            let (settled, error) = try await Self.fill(meter, key)
            count = settled
            #expect(error.code == .unavailable && error.reason == "store_full" && error.origin == .store)
            #expect(error.retry == .same(afterMilliseconds: 1000))
            #expect(try await meter.budget(key).spentNanoUSD == count * 3_000_000)
            #expect(try await meter.ledger().count == count)
        }
        let fixed = key
        let wave = count / 100
        try await withMeter(in: folder) { meter async throws in
            let records = Self.batch(wave, meter, fixed)
            #expect(try await meter.settle(records).applied.count == 100)
            #expect(try await meter.settle(records).applied.count == 100)
            #expect(try await meter.budget(fixed).spentNanoUSD == (count + 100) * 3_000_000)
        }
    }

    @Test("while it cannot be stored what a request cost stays reserved, for as long as it is tried")
    func reserved() async throws {
        try await withMeter(Self.setup) { meter in
            try await meter.putPlan(PlanItem(name: "p", limitNanoUSD: 3_000_000))
            let filler = try await meter.makeKey("filler")
            let key = try await meter.makeKey(plan: "p")
            let reservation = try await meter.admit("r", key).reservation
            _ = try await Self.fill(meter, filler)
            for _ in 0..<3 {
                meter.clock.advance(seconds: 50)
                // With a batch that needs new pages, so that it is refused for certain.
                let records = Self.batch(9999, meter, filler) + [meter.record("r", key, reservation)]
                let error = await #expect(throws: ServiceError.self) { try await meter.settle(records) }
                #expect(error?.reason == "store_full")
                #expect(try await meter.admit("s", key).denial?.reason == .budgetExhausted)
            }
            meter.clock.advance(seconds: 61)
            #expect(try await meter.budget(key).reservedNanoUSD == 0)
        }
    }
}
