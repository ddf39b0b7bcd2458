import Contracts
import PortalCore
import Synchronization
import TestSupport
import Testing

@testable import PortalServer

@Suite("Taking back, and tokens under a mask")
struct UndoTests {
    @Test("A token reads otherwise every time and stands for the same")
    func masks() {
        let token = Tokens.make()
        let masked = (0..<20).map { _ in Tokens.masked(token) }
        #expect(Set(masked).count == 20)
        for text in masked { #expect(Tokens.unmasked(text) == token) }
    }

    @Test(
        "What is no masked token stands for none",
        arguments: ["", "00", String(repeating: "0", count: 64), String(repeating: "g", count: 128)]
    )
    func strangers(text: String) { #expect(Tokens.unmasked(text) == nil) }

    @Test("An act is taken back once, by its session, within its time")
    func shelf() throws {
        let time = Mutex(1_000_000_000)
        let clock = PortalClock { time.withLock { $0 } }
        let shelf = UndoShelf(clock: clock)
        let own = Self.session("one")
        let act = UndoShelf.Act.account(before: AccountItem(provider: "acme", label: "x"), etag: "e")
        let first = try #require(shelf.keep(act, own))
        #expect(shelf.take(first, Self.session("two")) == nil)
        #expect(shelf.take("unknown", own) == nil)
        #expect(shelf.take(first, own) != nil)
        #expect(shelf.take(first, own) == nil)
        let late = try #require(shelf.keep(act, own))
        time.withLock { $0 += 13_000_000 }
        #expect(shelf.take(late, own) == nil)
    }

    @Test("The shelf has room for so many acts; the oldest goes")
    func room() throws {
        let shelf = UndoShelf(clock: PortalClock { 1 })
        let own = Self.session("one")
        let act = UndoShelf.Act.account(before: AccountItem(provider: "acme", label: "x"), etag: "e")
        let names = try (0..<65).map { _ in try #require(shelf.keep(act, own)) }
        #expect(shelf.take(names[0], own) == nil)
        #expect(shelf.take(names[1], own) != nil)
    }

    private static func session(_ id: String) -> PortalSession {
        PortalSession(id: id, kind: .operator, createdUS: 0, lastSeenUS: 0, expiresUS: .max, peer: "", agent: "")
    }
}
