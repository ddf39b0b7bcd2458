import NIOCore
import NIOPosix
import Testing

@testable import HTTP

@Suite("Loop signal")
struct LoopSignalTests {
    /// Two tasks that wait on one loop, the first of which wakes the second; confined to the loop.
    private final class Pair {
        let first: LoopSignal
        let second: LoopSignal
        var log: [String] = []

        init(_ loop: any EventLoop) {
            first = LoopSignal(loop)
            second = LoopSignal(loop)
        }
    }

    /// What happens in which order when the first is woken in an event of the loop.
    private static func log(_ wake: @escaping @Sendable (LoopSignal) -> Void) async throws -> [String] {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let executor = LoopExecutor(loop)
        let bound = try await loop.submit { NIOLoopBound(Pair(loop), eventLoop: loop) }.get()
        let first = Task(executorPreference: executor) {
            let pair = bound.value
            await pair.first.wait()
            pair.log.append("first")
            pair.second.fireAtOnce()
            pair.log.append("first goes on")
        }
        let second = Task(executorPreference: executor) {
            let pair = bound.value
            await pair.second.wait()
            pair.log.append("second")
        }
        while try await !loop.submit({ bound.value.first.isAwaited && bound.value.second.isAwaited }).get() {}
        try await loop.submit {
            wake(bound.value.first)
            bound.value.log.append("event is over")
        }.get()
        await first.value
        await second.value
        return try await loop.submit { bound.value.log }.get()
    }

    @Test("a task that is woken at once runs within the event, and whom it wakes runs after it")
    func atOnce() async throws {
        let log = try await Self.log { $0.fireAtOnce() }
        #expect(log == ["first", "first goes on", "event is over", "second"])
    }

    @Test("a task that is woken otherwise runs after the event")
    func later() async throws {
        let log = try await Self.log { $0.fire() }
        #expect(log == ["event is over", "first", "first goes on", "second"])
    }
}
