import Bootstrap
import Contracts
import Foundation
import RouterApp
import TestSupport
import Testing

@Suite("A guard of one's own is held against the contract")
struct GuardDoctorTests {
    private static let examples = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../examples/external-guard").standardized.path

    /// Runs the example, with a change to it, and examines it.
    private func findings(changedBy change: String = "") async throws -> [RouterApp.Finding] {
        let folder = try TemporaryFolder()
        let program = """
            import asyncio, sys
            sys.path.insert(0, "\(Self.examples)")
            sys.argv = ["guard", "--listen", "unix://\(folder.path)/g.sock"]
            sys.dont_write_bytecode = True
            import guard
            \(change)
            asyncio.run(guard.main())
            """
        // Its own group and its own output: what outlives the test would keep whoever reads the test's output waiting.
        let process = try ChildProcess("/usr/bin/env", ["python3", "-c", program], output: "\(folder.path)/guard.log")
        defer { process.kill() }
        let configuration = try KeiRouterConfiguration.load(ConfigurationSources(data: folder.path))
        let isReady = await eventually {
            FileManager.default.fileExists(atPath: "\(folder.path)/g.sock") || !process.isRunning
        }
        try #require(isReady && process.isRunning, "\(process.errors)")
        let findings = await GuardDoctor.run(at: "\(folder.path)/g.sock", configuration)
        // The folder goes with its last use.
        withExtendedLifetime(folder) {}
        return findings
    }

    @Test("the example keeps to it")
    func example() async throws {
        let findings = try await findings()
        #expect(findings.count == 13)
        #expect(findings.allSatisfy { $0.level == .ok }, "\(findings.map(\.line))")
        #expect(findings.contains { $0.check == "offsets behind emoji" && $0.message == "they count bytes of UTF-8" })
    }

    @Test(
        "what breaks it is told",
        arguments: [
            ("guard.utf8_length = len", "offsets behind emoji"),
            ("guard.utf8_length = lambda text: len(text.encode('utf-16-le')) // 2", "offsets behind emoji"),
            (
                """
                old = guard.Guard.inspect
                def inspect(self, params):
                    answer = old(self, params)
                    answer["edits"].reverse()
                    return answer
                guard.Guard.inspect = inspect
                """, "several segments"
            ),
            (
                """
                old = guard.Guard.inspect
                def inspect(self, params):
                    if set(params) - {"request_id", "direction", "scope", "segments", "trial"}:
                        raise guard.invalid("unknown member")
                    return old(self, params)
                guard.Guard.inspect = inspect
                """, "unknown members"
            ),
            ("guard.method_not_found = lambda name: guard.RPCError(-32603, 'INTERNAL', 'x', 'x')", "unknown method"),
            ("guard.Guard.inspect = lambda self, params: {'action': 'maybe'}", "clean text"),
            ("guard.Guard.inspect = lambda self, params: {'action': 'mask', 'edits': []}", "clean text"),
        ]
    )
    func broken(change: String, check: String) async throws {
        let findings = try await findings(changedBy: change)
        #expect(findings.contains { $0.check == check && $0.level == .fail }, "\(findings.map(\.line))")
    }

    @Test("where nobody answers there is one finding")
    func nobody() async throws {
        let folder = try TemporaryFolder()
        let configuration = try KeiRouterConfiguration.load(ConfigurationSources(data: folder.path))
        let findings = await GuardDoctor.run(at: "unix://\(folder.path)/no.sock", configuration)
        #expect(findings.map(\.check) == ["connection"] && findings.first?.level == .fail)
    }

    @Test("edits of segments that were not sent are told")
    func foreignSegment() {
        let request = InspectRequest(
            requestID: "r",
            direction: .inbound,
            scope: RequestScope(tenant: "default"),
            segments: [InspectSegment(id: 3, role: "user", kind: .text, text: "text")]
        )
        let edit = TextEdit(segment: 0, range: 0..<1, replacement: "")
        #expect(
            ReplyCheck.problem(InspectReply(action: .mask, edits: [edit]), to: request)?.contains("segment 0") == true
        )
        #expect(ReplyCheck.problem(InspectReply(action: .allow), to: request) == nil)
    }
}
