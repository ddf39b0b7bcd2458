import NIOCore
import NIOPosix
import Testing

@testable import HTTP

@Suite("Coarse timer")
struct CoarseTimerTests {
    private final class Alarm: CoarseAlarm {
        var isOver = false
        var rung: [NIODeadline] = []
        /// What it does when it rings.
        var then: (() -> Void)?

        func ring() {
            rung.append(.now())
            isOver = true
            then?()
        }
    }

    private static let loop = MultiThreadedEventLoopGroup.singleton.any()

    /// Whether something holds on the loop before long.
    private static func soon(_ condition: @escaping @Sendable () -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < end {
            if try await loop.submit(condition).get() { return true }
            try await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    @Test("an alarm rings once, not before its time; one that is over never does, and is let go")
    func rings() async throws {
        let loop = Self.loop
        let (bound, start) = try await loop.submit {
            let alarms = (soon: Alarm(), late: Alarm(), off: Alarm())
            let timer = CoarseTimer.current(loop)
            // So much later that no busy machine lets both wait for one look.
            timer.wait(.milliseconds(1500), then: alarms.late)
            timer.wait(.milliseconds(30), then: alarms.soon)
            timer.wait(.milliseconds(30), then: alarms.off)
            alarms.off.isOver = true
            return (NIOLoopBound(alarms, eventLoop: loop), NIODeadline.now())
        }.get()
        try #require(await Self.soon { !bound.value.late.rung.isEmpty && !bound.value.soon.rung.isEmpty })
        let (soon, late, off) = try await loop.submit {
            (bound.value.soon.rung, bound.value.late.rung, bound.value.off.rung)
        }.get()
        #expect(soon.count == 1 && late.count == 1 && off.isEmpty)
        #expect(soon[0] - start >= .milliseconds(30) && late[0] - start >= .milliseconds(1499))
        #expect(soon[0] < late[0])
    }

    @Test("an alarm may set another one while it rings")
    func again() async throws {
        let loop = Self.loop
        let bound = try await loop.submit {
            let (first, second) = (Alarm(), Alarm())
            first.then = { CoarseTimer.current(loop).wait(.milliseconds(10), then: second) }
            CoarseTimer.current(loop).wait(.milliseconds(10), then: first)
            return NIOLoopBound(second, eventLoop: loop)
        }.get()
        #expect(try await Self.soon { bound.value.rung.count == 1 })
    }

    @Test("what is over is not kept beyond the next look")
    func letsGo() async throws {
        let loop = Self.loop
        final class Box: Sendable { nonisolated(unsafe) weak var alarm: Alarm? }
        let box = Box()
        try await loop.submit {
            let alarm = Alarm()
            box.alarm = alarm
            CoarseTimer.current(loop).wait(.seconds(3_600), then: alarm)
            alarm.isOver = true
        }.get()
        #expect(try await Self.soon { box.alarm == nil })
    }
}
