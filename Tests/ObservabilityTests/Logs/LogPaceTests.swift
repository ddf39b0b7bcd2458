import Observability
import Testing

@Suite("What happens again and again")
struct LogPaceTests {
    @Test("is told at once, then once a minute with a count, and at once again after a quiet time")
    func pace() {
        var pace = LogPace()
        let start = ContinuousClock.now
        func at(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }
        #expect(pace.due(0, now: at(0)) == nil)
        #expect(pace.due(1, now: at(1)) == 1)
        #expect(pace.due(2, now: at(2)) == nil && pace.due(900, now: at(60)) == nil)
        #expect(pace.due(901, now: at(61)) == 900)
        #expect(pace.due(901, now: at(300)) == nil)
        #expect(pace.due(902, now: at(301)) == 1)
        #expect(pace.due(905, now: at(302)) == nil)
        #expect(pace.rest(905) == 3 && pace.rest(905) == nil)
    }
}
