import Contracts
import Foundation
import JSON
import SaverCore
import TestSupport
import Testing

private let proxyURL = ProcessInfo.processInfo.environment["KEIROUTER_TEST_HEADROOM"]

/// The real proxy, where `scripts/test-headroom` has started one.
@Suite("Headroom, live", .enabled(if: proxyURL != nil))
struct HeadroomLiveTests {
    private static func declared(userMessages: Bool = false) throws -> [ScopeSetting] {
        let headroom = ScopeSetting.Headroom(
            isEnabled: true,
            url: try #require(proxyURL),
            timeoutMS: 30_000,
            userMessages: userMessages
        )
        // Only what Headroom makes is looked at.
        return [ScopeSetting(scope: .global, rtk: false, headroom: headroom)]
    }

    private static func rows(_ count: Int, id: Int) -> CompressSegment {
        let rows = (0..<count).map { row in
            #"{"id": \#(row), "name": "svc-\#(row % 7)", "status": "\#(row == 3 ? "error" : "ok")", "run": \#(id)}"#
        }
        return CompressSegment(
            id: id,
            role: "tool",
            kind: .toolResult,
            toolName: "list_services",
            text: "[" + rows.joined(separator: ", ") + "]"
        )
    }

    @Test("rows come back smaller, counted here, and in a later turn what was sent is as it was")
    func session() async throws {
        try await withSaver(declaring: try Self.declared()) { saver async throws in
            let first = Self.rows(120, id: 2)
            let reply = try await saver.compress([first], conversation: .around([first]))
            let made = try #require(reply.replacements.first)
            #expect(made.saver == "headroom" && made.tokensAfter * 10 < made.tokensBefore * 9)
            #expect(made.text.contains("svc-3") && made.text.contains("error") && !made.text.hasPrefix("\""))
            let second = Self.rows(150, id: 4)
            let later = try await saver.compress(
                [first, second],
                conversation: .around([first, second], frozen: 4)
            )
            #expect(later.replacements.map(\.segment) == [2, 4])
            #expect(later.replacements.first?.text == made.text)
        }
    }

    @Test("results of reading tools and words of users stay as they are")
    func untouched() async throws {
        try await withSaver(declaring: try Self.declared()) { saver async throws in
            var read = Self.rows(120, id: 2)
            read.toolName = "Read"
            #expect(try await saver.compress([read], conversation: .around([read])).replacements.isEmpty)
        }
    }

    @Test("a log that a user pastes comes back smaller where the setting says so", arguments: [true, false])
    func pasted(isOn: Bool) async throws {
        let lines = (0..<200).map { line in
            let time = "2026-01-02T03:0\(line / 50):\(10 + line % 50)Z"
            return line == 171
                ? "\(time) ERROR worker-3 FAILED batch 171: connection reset by peer"
                : "\(time) INFO worker-\(line % 4) processed batch \(line) in \(line % 9) ms"
        }
        let log = CompressSegment(id: 0, role: "user", kind: .text, text: lines.joined(separator: "\n"))
        var writer = JSONWriter()
        writer.array { items in
            items.object { fields in
                fields.string("role", "user")
                fields.string("content", log.text)
            }
        }
        let messages = writer.bytes
        try await withSaver(declaring: try Self.declared(userMessages: isOn)) { saver async throws in
            let conversation = Conversation(messages: messages, frozen: 0, id: "00fe")
            let reply = try await saver.compress([log], conversation: conversation)
            guard isOn else {
                #expect(reply.replacements.isEmpty)
                return
            }
            let made = try #require(reply.replacements.first)
            #expect(made.rule == "compress-user" && made.tokensAfter * 10 < made.tokensBefore * 9)
            #expect(made.text.contains("FAILED batch 171: connection reset by peer"))
            // Sent again, it is the same bytes.
            let again = try await saver.compress([log], conversation: conversation)
            #expect(again.replacements.first?.text == made.text)
        }
    }

    @Test("it says that it is ready, without its text model")
    func ready() async throws {
        try await withSaver(declaring: try Self.declared()) { saver async throws in
            let page = try await saver.call(SaverUnderTest.admin.probes.list, ListRequest())
            let probe = try #require(page.items.first)
            #expect(["ready", "degraded"].contains(probe.state), "\(probe)")
        }
    }
}
