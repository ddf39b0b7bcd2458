import Contracts
import MeterCore
import Storage
import TestSupport
import Testing

/// However often and by how many ways a record is delivered, it counts once.
@Suite("Exactly once", .bothEngines)
struct ExactlyOnceTests {
    @Test("records delivered eight times at once, twice in each request, count once")
    func concurrentDelivery() async throws {
        try await withMeter { meter in
            try await meter.putPlan(PlanItem(name: "p", limitNanoUSD: 1_000_000_000))
            let key = try await meter.makeKey(plan: "p")
            var records: [UsageRecord] = []
            for number in 0..<50 {
                let reservation = try await meter.admit("r\(number)", key).reservation
                records.append(meter.record("r\(number)", key, reservation))
            }
            let fixed = records
            try await withThrowingTaskGroup(of: SettleReply.self) { group in
                for sender in 0..<8 {
                    group.addTask {
                        var random = SeededGenerator(seed: UInt64(sender))
                        return try await meter.settle((fixed + fixed).shuffled(using: &random))
                    }
                }
                for try await reply in group {
                    #expect(reply.applied.count == 100 && reply.rejected.isEmpty)
                }
            }
            let budget = try await meter.budget(key)
            #expect(budget.spentNanoUSD == 150_000_000 && budget.concurrency == 0 && budget.reservedNanoUSD == 0)
            #expect(try await meter.ledger().count == 50)
            let rollups = try await meter.all(AdminMethods.meterV1.rollups.list)
            #expect(rollups.map(\.requests) == [50] && rollups.map(\.costNanoUSD) == [150_000_000])
        }
    }

    @Test("what was answered is found after the process was killed")
    func afterCommit() async throws {
        try await withMeter { meter in
            let key = try await meter.makeKey()
            for number in 0..<20 {
                _ = try await meter.settle([meter.record("r\(number)", key)])
                let image = try await meter.crashImage()
                let count = try await reading(image) { connection throws(StoreError) in
                    try connection.number("SELECT COUNT(*) FROM ledger")
                }
                #expect(count == number + 1)
            }
        }
    }

    @Test("one record that cannot be read is refused by name, and the others are applied")
    func malformedRecord() async throws {
        try await withMeter { meter in
            let key = try await meter.makeKey()
            let good = meter.record("good", key)
            let method = RPCMethod<RawRecords, SettleReply>(MeterMethods.settle.name)
            let reply = try await meter.call(
                method,
                RawRecords(
                    records: [good],
                    broken: [#"{"request_id":"bad","key_id":7}"#, #"{"key_id":"k"}"#, "[]", "null"]
                )
            )
            #expect(reply.applied == ["good"])
            #expect(reply.rejected.map(\.requestID) == ["bad", "", "", ""])
            #expect(reply.rejected.allSatisfy { $0.reason == "malformed" })
            let alone = try await meter.call(method, RawRecords(records: [], broken: ["{}"]))
            #expect(alone == SettleReply(rejected: [Rejection(requestID: "", reason: "malformed")]))
            #expect(try await meter.ledger().map(\.requestID) == ["good"])
        }
    }

    @Test("records that can never be applied are refused with a reason, each by itself")
    func refused() async throws {
        try await withMeter { meter in
            let key = try await meter.makeKey()
            var stranger = meter.record("stranger", key)
            stranger.keyID = "key_nobody"
            var old = meter.record("old", key)
            old.startedUS -= 401 * 86_400_000_000
            var twin = meter.record("twin", key)
            twin.keyID = "key_nobody"
            let records = [
                stranger, meter.record("a b", key), old, twin, meter.record("twin", key), meter.record("fine", key),
            ]
            let reply = try await meter.settle(records)
            #expect(reply.applied == ["twin", "fine"])
            #expect(reply.rejected.map(\.reason) == ["unknown_key", "bad_request_id", "too_old", "unknown_key"])
        }
    }

    @Test("more than 500 records are refused whole")
    func tooMany() async throws {
        try await withMeter { meter in
            let key = try await meter.makeKey()
            let records = (0...500).map { meter.record("r\($0)", key) }
            let error = await #expect(throws: ServiceError.self) { try await meter.settle(records) }
            #expect(error?.code == .invalidArgument)
            #expect(try await meter.settle(Array(records.dropLast())).applied.count == 500)
        }
    }

    @Test("a key that is revoked while its requests run still pays for them")
    func revokedInFlight() async throws {
        try await withMeter { meter in
            try await meter.putPlan(PlanItem(name: "p", limitNanoUSD: 30_000_000))
            let key = try await meter.makeKey(plan: "p")
            let reservation = try await meter.admit("r", key).reservation
            _ = try await meter.call(AdminMethods.meterV1.keys.delete, DeleteRequest(id: key.id))
            #expect(try await meter.admit("s", key).denial?.reason == .revoked)
            #expect(try await meter.settle([meter.record("r", key, reservation)]).applied == ["r"])
            let budget = try await meter.budget(key)
            #expect(budget.spentNanoUSD == 3_000_000 && budget.concurrency == 0)
        }
    }

    @Test("usage beyond all measure is cut to what a record may claim, and the next start reads it back")
    func absurdUsage() async throws {
        let folder = try TemporaryFolder()
        let setup = MeterSetup(policy: LimitPolicy(isEnabled: true, rpm: 0, tpm: 1 << 60, concurrency: 0))
        try await withMeter(in: folder, setup) { meter in
            let key = try await meter.makeKey()
            let everything = TokenUsage(
                input: .max,
                cacheRead: .max,
                cacheWrite5m: .max,
                cacheWrite1h: .max,
                output: .max,
                reasoning: .max,
                audioIn: .max,
                audioOut: .max,
                units: 0
            )
            for number in 0..<8 {
                let reservation = try await meter.admit("r\(number)", key).reservation
                let record = meter.record("r\(number)", key, reservation, target: .large, usage: everything)
                #expect(try await meter.settle([record]).applied == ["r\(number)"])
                meter.clock.advance(seconds: 30)
            }
            let negative = TokenUsage(input: .min, output: .min)
            _ = try await meter.settle([meter.record("negative", key, usage: negative)])
            #expect(try await meter.budget(key).spentNanoUSD == 8 * Rates.maximumCost)
        }
        try await withMeter(in: folder, setup) { meter in
            let budget = try #require(try await meter.all(AdminMethods.meterV1.budgets.list).first)
            #expect(budget.spentNanoUSD == 8 * Rates.maximumCost)
            #expect(try await meter.ledger().count == 9)
        }
    }
}
