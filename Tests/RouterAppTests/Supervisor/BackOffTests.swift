import RouterApp
import Testing

@Suite("Back-off")
struct BackOffTests {
    @Test("pauses double from 100 ms to 10 s")
    func doubling() {
        var backOff = BackOff()
        let pauses = (0..<10).map { _ in backOff.pause(afterLiving: .zero) }
        let milliseconds = pauses.map { Int($0 / .milliseconds(1)) }
        #expect(milliseconds == [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000])
    }

    @Test("a life of a minute forgives, a shorter one does not")
    func forgiving() {
        var backOff = BackOff()
        for _ in 0..<5 { _ = backOff.pause(afterLiving: .zero) }
        #expect(backOff.pause(afterLiving: .milliseconds(59_999)) == .milliseconds(3200))
        #expect(backOff.pause(afterLiving: .seconds(60)) == .milliseconds(100))
        #expect(backOff.pause(afterLiving: .seconds(1)) == .milliseconds(200))
    }

    @Test("an end is told as status or signal")
    func exits() {
        #expect(ProcessExit(waitStatus: 0) == .status(0))
        #expect(ProcessExit(waitStatus: 3 << 8) == .status(3))
        #expect(ProcessExit(waitStatus: 9) == .signal(9))
        #expect(ProcessExit(waitStatus: 11 | 0x80) == .signal(11))
        #expect("\(ProcessExit.status(1)), \(ProcessExit.signal(15))" == "exit status 1, signal 15")
    }
}
