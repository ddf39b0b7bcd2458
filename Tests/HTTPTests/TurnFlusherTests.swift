import NIOCore
import NIOPosix
import Testing

@testable import HTTP

@Suite("Turn flusher")
struct TurnFlusherTests {
    private final class Writer: TurnWriter {
        private(set) var sent = 0

        func sendWritten() { sent += 1 }
    }

    /// How often each of so many writers has sent within the turn in which it wrote, and after it.
    private static func sent(by count: Int) async throws -> (within: [Int], after: [Int]) {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        return try await loop.flatSubmit {
            let flusher = TurnFlusher(loop)
            let writers = (0..<count).map { _ in Writer() }
            for writer in writers { flusher.add(writer) }
            let within = writers.map(\.sent)
            let bound = NIOLoopBound(writers, eventLoop: loop)
            // Behind what the flusher has put into the loop's queue.
            return loop.submit { (within, bound.value.map(\.sent)) }
        }.get()
    }

    @Test("few writers send at the turn's end, once each")
    func few() async throws {
        let (within, after) = try await Self.sent(by: 3)
        #expect(within == [0, 0, 0])
        #expect(after == [1, 1, 1])
    }

    @Test("of many the first do not wait for the last")
    func many() async throws {
        let (within, after) = try await Self.sent(by: 40)
        #expect(within == [Int](repeating: 1, count: 32) + [Int](repeating: 0, count: 8))
        #expect(after == [Int](repeating: 1, count: 40))
    }
}
