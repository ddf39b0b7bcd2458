import RouterApp
import Testing

@Suite("Findings")
struct FindingTests {
    @Test("each is a line that begins with its level and ends with what to do")
    func lines() {
        #expect(Finding(.ok, "clock", "right").line == "ok    clock: right")
        #expect(Finding(.warn, "keys", "none", advice: "make one").line == "warn  keys: none; make one")
        #expect(Finding(.fail, "port", "taken", advice: "stop it").line == "fail  port: taken; stop it")
    }
}
