import Contracts
import MeterCore
import TestSupport
import Testing

@testable import MeterServer

/// What the gateway itself asks of providers, which no key pays for.
@Suite("The gateway's own requests", .bothEngines)
struct SystemTests {
    @Test("are in the ledger with their cost, and nobody can ask as them or sees them among keys")
    func booked() async throws {
        try await withMeter { meter in
            let key = try await meter.makeKey()
            var own = key
            own.id = UsageRecord.systemKey
            let reply = try await meter.settle([meter.record("r1", own), meter.record("r2", key)])
            #expect(Set(reply.applied) == ["r1", "r2"] && reply.rejected.isEmpty)
            let rows = try await meter.ledger()
            let booked = try #require(rows.first { $0.requestID == "r1" })
            #expect(booked.keyID == "system" && booked.costNanoUSD == 3_000_000)
            #expect(rows.first { $0.requestID == "r2" }?.keyID == key.id)
            #expect(try await meter.ledger(filter: ["key": "system"]).map(\.requestID) == ["r1"])
            #expect(try await meter.all(AdminMethods.meterV1.keys.list).map(\.id) == [key.id])
            let now = meter.clock.now.epochUS
            for bucket in ["minute", "hour", "day"] {
                let split = bucket == "minute" ? nil : "key"
                let ask = SummarizeRequest(sinceUS: now - 60_000_000, untilUS: now + 1, bucket: bucket, split: split)
                let summary = try await meter.call(AdminMethods.meterV1.summarize, ask)
                #expect(Set(summary.keys.map(\.name)) == ["system", key.id], "\(bucket)")
                if split != nil { #expect(Set(summary.series.map(\.name)) == ["system", key.id], "\(bucket)") }
            }
            var ask = AdmitRequest(
                requestID: "r3",
                keySHA256: UsageRecord.systemKey,
                operation: .embeddings,
                requestedModel: "small",
                targets: [.small],
                estimatedInputTokens: 1
            )
            #expect(try await meter.call(MeterMethods.admit, ask).admitted == false)
            ask.keySHA256 = ""
            #expect(try await meter.call(MeterMethods.admit, ask).admitted == false)
        }
    }
}
