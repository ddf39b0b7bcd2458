import Contracts
import Foundation
import Synchronization
import TestSupport
import Testing

/// What is left behind when hedged requests end early, or many at once: nothing.
@Suite("Hedging under faults", .timeLimit(.minutes(3)))
struct HedgeFaultTests {
    /// A meter's reservations: made as requests are admitted, free once their rows have come.
    private final class Reservations: Sendable {
        private let made = Mutex<Set<String>>([])

        func watch(_ meter: ScriptedMeter) {
            meter.decide { [self] request in
                let reply = AdmitReply.granted(request)
                if let id = reply.reservation?.id { made.withLock { _ = $0.insert(id) } }
                return reply
            }
        }

        var count: Int { made.withLock { $0.count } }

        func open(_ meter: ScriptedMeter) -> Set<String> {
            made.withLock { $0 }.subtracting(meter.settled.compactMap(\.reservationID))
        }
    }

    private static func rows(_ router: RunningRouter, _ outcome: Outcome) -> [UsageRecord] {
        router.meter.settled.filter { $0.outcome == outcome }
    }

    @Test(
        "a client that leaves while two attempts run closes both within a second, in one row",
        arguments: [false, true]
    )
    func leaves(stream: Bool) async throws {
        try await HedgeTests.run(stream: stream) { router, request async throws in
            let (reservations, gate) = (Reservations(), Gate())
            reservations.watch(router.meter)
            router.provider.answer { MockReply.answer(to: $0).after(.hold(gate)) }
            let exchange = try await RawHTTP.open(request, port: router.port)
            try await Poll.until("two attempts") { router.provider.chats.count == 2 }
            let left = ContinuousClock.now
            await exchange.close()
            for chat in router.provider.chats {
                let lost = try await Poll.value("the loss of \(chat.request.model)") { chat.lostAt }
                #expect(lost - left < .seconds(1), "\(chat.request.model)")
            }
            let row = try await Poll.value("a row") { Self.rows(router, .cancelled).first }
            #expect(Set(row.attempts.map(\.provider)) == ["p", "q"] && row.attempts.count == 2)
            // Both have the request and may bill it.
            #expect(row.attempts.allSatisfy { $0.usage.input > 0 && $0.usageSource == .estimated })
            try await Poll.until("no reservation is open") { reservations.open(router.meter).isEmpty }
            #expect(reservations.count == 1 && router.meter.settled.count { $0.requestID == row.requestID } == 1)
            gate.open()
        }
    }

    @Test("a client that leaves in the middle of the second one's stream closes that too", arguments: [1, 3])
    func leavesLate(pieces: Int) async throws {
        try await HedgeTests.run(stream: true) { router, request async throws in
            let (reservations, gate) = (Reservations(), Gate())
            reservations.watch(router.meter)
            router.provider.answer(.model("first")) { MockReply.answer(to: $0).after(.hold(gate)) }
            router.provider.answer(.model("second")) {
                MockReply.answer(to: $0).cut(after: 1 + pieces, then: [.hold(gate)])
            }
            let exchange = try await RawHTTP.open(request, port: router.port)
            try await Poll.until("the first one is given up") {
                router.provider.chats(model: "first").first?.lostAt != nil
            }
            let left = ContinuousClock.now
            await exchange.close()
            let second = try #require(router.provider.chats(model: "second").first)
            #expect(try await Poll.value("its loss") { second.lostAt } - left < .seconds(1))
            let row = try await Poll.value("a row") { Self.rows(router, .cancelled).first }
            #expect(row.attempts.map(\.reason) == ["hedge_lost", "cancelled"] || row.attempts.count == 2)
            try await Poll.until("no reservation is open") { reservations.open(router.meter).isEmpty }
            #expect(reservations.count == 1)
            gate.open()
        }
    }

    @Test("what was reserved for the one that lost is free with the row, while its provider still works")
    func reservation() async throws {
        try await HedgeTests.run(stream: false) { router, request async throws in
            let (reservations, gate) = (Reservations(), Gate())
            reservations.watch(router.meter)
            router.provider.answer(.model("first")) { MockReply.answer(to: $0).after(.hold(gate)) }
            let response = try await router.send(request)
            #expect(response.header("x-keirouter-model") == "second")
            let row = try await router.record(response).record
            #expect(row.reservationID == "r-\(row.requestID)")
            try await Poll.until("no reservation is open") { reservations.open(router.meter).isEmpty }
            // One reservation for both: the row says what of it was used, by whom.
            #expect(reservations.count == 1 && row.attempts.map(\.reason) == ["hedge_lost", nil])
            gate.open()
        }
    }

    @Test("200 hedged requests at once leave no connection, no attempt and no reservation open")
    func many() async throws {
        try await HedgeTests.run(stream: false) { router, request async throws in
            let (reservations, gate) = (Reservations(), Gate())
            reservations.watch(router.meter)
            router.provider.answer(.model("first")) { MockReply.answer(to: $0).after(.hold(gate)) }
            let responses = try await withThrowingTaskGroup(of: RawResponse.self) { group in
                for _ in 0..<200 { group.addTask { try await router.send(request) } }
                return try await group.reduce(into: [RawResponse]()) { $0.append($1) }
            }
            #expect(responses.count == 200 && responses.allSatisfy { $0.status == 200 })
            #expect(responses.allSatisfy { $0.header("x-keirouter-model") == "second" })
            try await Poll.until("every attempt is over") { router.provider.chats.allSatisfy(\.isOver) }
            #expect(router.provider.chats(model: "first").allSatisfy { $0.lostAt != nil })
            #expect(router.provider.chats.count == 400)
            try await Poll.until("200 rows") { Self.rows(router, .ok).count { $0.attempts.count == 2 } == 200 }
            try await Poll.until("no reservation is open") { reservations.open(router.meter).isEmpty }
            // What is kept for later requests is idle, and bounded.
            try await Poll.until("connections are closed") { router.provider.openConnections <= 2 * 64 }
            gate.open()
        }
    }
}
