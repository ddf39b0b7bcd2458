import Contracts
import RouterServer
import TestSupport
import Testing

@Suite("When the meter is away")
struct OutageTests {
    private static func body(_ model: String = "mock/small") -> String {
        Sample.body(.openAI, model: model, stream: false)
    }

    @Test("a key that was admitted stays so within its limits, others hear 503, and every record arrives once")
    func grace() async throws {
        try await RunningRouter.run { router in
            let first = try await router.send(router.chat(.openAI, Self.body()))
            #expect(first.status == 200)
            _ = try await router.record(first)
            await router.meter.stop()
            // The last admission left three requests in the minute.
            var statuses: [Int] = []
            for _ in 0..<4 { statuses.append(try await router.send(router.chat(.openAI, Self.body())).status) }
            #expect(statuses == [200, 200, 200, 429])
            let other = try await router.send(router.chat(.openAI, Self.body("mock/large")))
            #expect(other.status == 503)
            let stranger = router.chat(.openAI, Self.body(), key: "kr_a-key-of-somebody-0123456789abcdef")
            #expect(try await router.send(stranger).status == 503)
            try await router.meter.start()
            try await Poll.until("the records") { router.meter.settled.count == 4 }
            #expect(Set(router.meter.settled.map(\.requestID)).count == 4)
            #expect(router.meter.settled.filter { $0.reservationID == nil }.count == 3)
        }
    }

    @Test("a request waits for a meter that is just starting")
    func patience() async throws {
        try await RunningRouter.run { router in
            await router.meter.stop()
            async let response = router.send(router.chat(.openAI, Self.body()))
            try await Poll.until("the router knows") { try await router.get("/readyz").status == 503 }
            try await router.meter.start()
            #expect(try await response.status == 200)
        }
    }

    @Test("records wait in the spool while the meter cannot keep them")
    func fullMeter() async throws {
        try await RunningRouter.run { router in
            router.meter.settles(false)
            for _ in 0..<3 { #expect(try await router.send(router.chat(.openAI, Self.body())).status == 200) }
            #expect(router.meter.settled.isEmpty)
            router.meter.settles(true)
            try await Poll.until("the records") { router.meter.settled.count == 3 }
        }
    }

    @Test("a slot that a receipt on its way frees is asked for again")
    func sequence() async throws {
        try await RunningRouter.run { router in
            // One request at a time, counted by what was settled: as a meter with concurrency 1 does.
            router.meter.decide { [meter = router.meter] request in
                let open = meter.admitted.map(\.requestID).filter { meter.record(of: $0) == nil }
                let earlier = Set(open).subtracting([request.requestID])
                return earlier.isEmpty ? .granted(request) : .denied(.concurrency, "one at a time")
            }
            for _ in 0..<5 {
                let response = try await router.send(router.chat(.openAI, Self.body()))
                #expect(response.status == 200)
            }
        }
    }

    @Test("what a client that left in the midst of admission may have reserved is given back as one cancelled row")
    func leftDuringAdmission() async throws {
        try await RunningRouter.run { router in
            router.meter.decide { _ in
                throw ServiceError(
                    .unavailable,
                    reason: "awaiting_routers",
                    message: "waiting",
                    retry: .same(afterMilliseconds: 50)
                )
            }
            // Should the close be noticed only after the admission, the provider must not have answered by then.
            let gate = Gate()
            router.provider.answer { MockReply.answer(to: $0).after(.hold(gate)) }
            let leaving = try await RawHTTP.open(router.chat(.openAI, Self.body()), port: router.port)
            let asked = try await Poll.value("the meter is asked") { router.meter.admitted.first }
            await leaving.close()
            router.meter.decide { .granted($0) }
            let settled = try await Poll.value("a row") { router.meter.record(of: asked.requestID) }
            #expect(settled.outcome == .cancelled)
            #expect(settled.reservationID == "r-\(asked.requestID)")
            #expect(router.meter.settled.count == 1)
            gate.open()
        }
    }

    @Test("a meter that waits for routers hears the open reservations at once")
    func announcement() async throws {
        try await RunningRouter.run { router in
            let gate = Gate()
            router.provider.answer(times: 1) { MockReply.answer(to: $0).after(.hold(gate)) }
            let running = try await RawHTTP.open(router.chat(.openAI, Self.body()), port: router.port)
            try await Poll.until("the first runs") { router.provider.chats.count == 1 }
            let first = try #require(router.meter.admitted.first?.requestID)
            router.meter.decide { [meter = router.meter] request in
                guard meter.renewed.contains(where: { $0.reservations == ["r-\(first)"] }) else {
                    throw ServiceError(
                        .unavailable,
                        reason: "awaiting_routers",
                        message: "waiting",
                        retry: .same(afterMilliseconds: 50)
                    )
                }
                return .granted(request)
            }
            #expect(try await router.send(router.chat(.openAI, Self.body())).status == 200)
            gate.open()
            #expect(try await running.end().status == 200)
        }
    }
}
