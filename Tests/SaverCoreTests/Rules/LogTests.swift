import SaverCore
import Testing

/// Logs and traces: calm lines are counted, the others stay.
@Suite("Logs")
struct LogTests {
    @Test(
        "calm lines of any form are counted, errors stay",
        arguments: [
            ("2026-01-02T03:04:%@.123Z INFO  [web] GET /a/%@ 200 %@ ms", "2026-01-02T03:05:00Z ERROR [web] disk full"),
            ("2026-01-02 03:04:%@,123 - app - INFO - done in %@ ms", "2026-01-02 03:05:00,1 - app - ERROR - disk full"),
            ("Jan  2 03:04:%@ host web[12]: request %@ done", "Jan  2 03:05:00 host web[12]: error: disk full"),
            ("I0102 03:04:%@.123456 1 a.go:12] synced %@", "E0102 03:05:00.1 1 a.go:12] disk full"),
            (
                "time=\"2026-01-02T03:04:%@Z\" level=info msg=\"done %@\"",
                "time=\"2026-01-02T03:05:00Z\" level=error msg=x"
            ),
            ("web-1  | 2026-01-02 03:04:%@ INFO request %@", "web-1  | 2026-01-02 03:05:00 ERROR disk full"),
        ]
    )
    func forms(_ calm: String, _ error: String) throws {
        var lines = (10...59).map { calm.replacing("%@", with: String($0)) }
        let first = lines[0]
        lines.insert(error, at: 30)
        lines.insert("  its second line", at: 31)
        let saving = try #require(shrunk(lines.joined(separator: "\n")))
        #expect(saving.rule == "log")
        #expect(saving.lines.dropLast() == [first + " (+49 alike)", error, "  its second line"])
    }

    @Test("a request that failed is not like one that went well; each error has its own text")
    func distinct() throws {
        var lines = (10...59).map { "03:04:\($0) INFO GET /a/\($0) 200 \($0) ms" }
        lines += (10...19).map { "03:05:\($0) INFO GET /b/\($0) 503 \($0) ms" }
        lines += (10...19).map { "03:06:\($0) ERROR order \($0) lost" }
        lines += (10...59).map { "03:07:\($0) WARN slow query \($0)" }
        let saving = try #require(shrunk(lines.joined(separator: "\n")))
        #expect(saving.lines.count { $0.contains(" 503 ") } == 1)
        #expect(saving.lines.count { $0.contains("lost") } == 10)
        #expect(saving.lines.count { $0.contains("slow query") } == 3)
    }

    @Test("what was searched for in a log stays")
    func searched() {
        let lines = (10...59).map { "03:04:\($0) INFO user 42 did thing \($0)" }
        #expect(shrunk(lines.joined(separator: "\n"), command: "grep 'user 42' app.log") == nil)
        #expect(shrunk(lines.joined(separator: "\n"), command: "tail -50 app.log")?.rule == "log")
    }

    @Test("traces that repeat are marked, their messages and places stay")
    func traces() throws {
        let frames = (1...8).map { "\tat com.example.Service.call\($0)(Service.java:\($0 * 11))" }
        var lines: [String] = []
        for attempt in 1...6 { lines += ["attempt \(attempt) failed", "java.io.IOException: reset"] + frames }
        let saving = try #require(shrunk(lines.joined(separator: "\n")))
        #expect(saving.rule == "stack")
        for attempt in 1...6 { #expect(saving.lines.contains("attempt \(attempt) failed")) }
        for frame in frames { #expect(saving.lines.contains(frame)) }
        #expect(saving.string.contains("lines as above"))
    }

    @Test("a line again and again is counted; a stretch refers to lines that are shown")
    func repeated() throws {
        let lines = ["start"] + Array(repeating: "waiting for the database to come up", count: 90) + ["ready"]
        let saving = try #require(shrunk(lines.joined(separator: "\n")))
        #expect(
            saving.lines.dropLast() == [
                "start", "waiting for the database to come up", "~ the same line 89 times more", "ready",
            ]
        )
        #expect(saving.rule == "repeats")
    }
}
