import Contracts
import Foundation
import RouterCore
import Testing

@testable import RouterServer

@Suite("The route in headers")
struct RouteNoteTests {
    private static func attempt(_ model: String) -> Attempt {
        Attempt(
            n: 1,
            provider: "p",
            model: model,
            account: "a",
            status: 500,
            reason: "server_error",
            durationMS: 7,
            usage: TokenUsage(),
            usageSource: .estimated
        )
    }

    @Test("entries are bounded in number, and the rest is counted")
    func number() {
        var note = RouteNote()
        for place in 0..<40 { note.failed(Self.attempt("m\(place)")) }
        #expect(note.text.hasPrefix(#""p/m0";reason=server_error;ms=7, "p/m1";"#))
        #expect(note.text.components(separatedBy: "reason=").count - 1 == RouteNote.limit)
        #expect(note.text.hasSuffix(#", "...";more=24"#))
    }

    @Test("names that a client made up are cut, and all of it stays below two kilobytes", arguments: [10, 190, 5000])
    func bytes(length: Int) {
        var note = RouteNote()
        for place in 0..<16 { note.failed(Self.attempt("\(place)" + String(repeating: #"x""#, count: length / 2))) }
        #expect(note.text.utf8.count <= RouteNote.byteLimit + 32)
        #expect(!note.isEmpty && note.text.utf8.allSatisfy { (0x20...0x7E).contains($0) })
        let kept = note.text.components(separatedBy: "reason=").count - 1
        #expect(kept == 16 || note.text.hasSuffix("more=\(16 - kept)"))
    }
}
