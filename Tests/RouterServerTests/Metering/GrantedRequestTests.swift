import Contracts
import RouterServer
import Secrets
import TestSupport
import Testing

@Suite("Requests on a grant")
struct GrantedRequestTests {
    private static let body = Sample.body(.openAI, model: "mock/small", stream: false)

    /// Sends requests until the router has asked for a grant, and one more that waits for it to have come.
    private static func warm(_ router: RunningRouter) async throws {
        try await Poll.until("the router takes from a grant") {
            let before = router.meter.admitted.count
            let response = try await router.send(router.chat(.openAI, body))
            #expect(response.status == 200)
            return router.meter.admitted.count == before
        }
    }

    @Test("wait for no call, and each record names a reservation of its own")
    func taken() async throws {
        try await RunningRouter.run { router in
            router.meter.grants(of: 64)
            try await Self.warm(router)
            let before = (admitted: router.meter.admitted.count, settled: router.meter.settled.count)
            for _ in 0..<20 { #expect(try await router.send(router.chat(.openAI, Self.body)).status == 200) }
            #expect(router.meter.admitted.count == before.admitted)
            try await Poll.until("the records") { router.meter.settled.count >= before.settled + 20 }
            let reservations = router.meter.settled.compactMap(\.reservationID)
            #expect(Set(reservations).count == router.meter.settled.count)
            #expect(reservations.filter { $0.hasPrefix("g-") }.count >= 20)
        }
    }

    @Test("end when the key changes: the next request asks the meter, and what was left goes back")
    func revoked() async throws {
        try await RunningRouter.run { router in
            router.meter.grants(of: 64)
            try await Self.warm(router)
            router.meter.decide { _ in .denied(.revoked, "this API key was revoked") }
            let digest = APIKey.digestHex(router.key)
            router.meter.tell(MeterChange(kind: "key_revoked", id: "key_test", keySHA256: digest))
            try await Poll.until("the grant has gone back") { !router.meter.ended.isEmpty }
            #expect(try await router.send(router.chat(.openAI, Self.body)).status == 401)
        }
    }

    @Test("unused ones are given back before a denial is believed")
    func denied() async throws {
        try await RunningRouter.run { router in
            router.meter.grants(of: 64)
            try await Self.warm(router)
            router.meter.grants(of: nil)
            // Another model of the same key meets a limit that the grant has used up.
            router.meter.decide { [meter = router.meter] request in
                meter.ended.isEmpty ? .denied(.rpm, "too many", retryAfterMS: 1000) : .granted(request)
            }
            let other = Sample.body(.openAI, model: "mock/large", stream: false)
            #expect(try await router.send(router.chat(.openAI, other)).status == 200)
            #expect(router.meter.ended.contains { $0.used > 0 && $0.used < 64 })
        }
    }

    @Test("a router that stops gives back what it has")
    func farewell() async throws {
        var meter: ScriptedMeter?
        try await RunningRouter.run { router in
            router.meter.grants(of: 64)
            try await Self.warm(router)
            meter = router.meter
        }
        #expect(meter?.ended.isEmpty == false)
    }
}
