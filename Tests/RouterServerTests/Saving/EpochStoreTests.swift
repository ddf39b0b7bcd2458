import Logging
import RouterCore
import Storage
import TestSupport
import Testing

@testable import RouterServer

@Suite("The stored epochs", .bothEngines)
struct EpochStoreTests {
    private static let logger = Logger(label: "epochs") { _ in SwiftLogNoOpLogHandler() }

    @Test("a key's epoch outlives the router, and only changes are written")
    func outlives() async throws {
        let harness = try BookHarness()
        let first = try await harness.open()
        let book = await EpochStore.book(first, Self.logger)
        for _ in 0..<3 { #expect(book.note("a", epoch: "e1") == "e1") }
        #expect(book.note("a", epoch: "e2") == "e1")
        book.note("b", epoch: "e2")
        try await Poll.until("it is written") { try await Self.rows(first) == ["a e2", "b e2"] }
        await first.close()

        let second = try await harness.open()
        let again = await EpochStore.book(second, Self.logger)
        #expect(again.note("a", epoch: "e3") == "e2")
        #expect(again.note("c", epoch: "e3") == "e3")
        try await Poll.until("it is written") { try await Self.rows(second) == ["a e3", "b e2", "c e3"] }
        await second.close()
    }

    @Test(
        "of too many keys the ones that were changed last stay",
        .sqliteOnly("so many single insertions take a server long on a busy machine")
    )
    func bounded() async throws {
        let harness = try BookHarness()
        try await harness.open().close()
        let extra = 50
        try await harness.tamper { connection throws(StoreError) in
            for number in 0..<EpochBook.limit + extra {
                try connection.execute("INSERT INTO saver_epoch VALUES ($1, $2, $3)", ["k\(number)", "e", number])
            }
        }
        let book = try await harness.open()
        let epochs = await EpochStore.book(book, Self.logger)
        #expect(epochs.note("k\(extra)", epoch: "new") == "e")
        #expect(epochs.note("k\(extra - 1)", epoch: "new") == "new")
        await book.close()
    }

    private static func rows(_ book: RouterBook) async throws -> [String] {
        try await book.keeper.database.read { connection throws(StoreError) in
            try connection.query("SELECT key_id, epoch FROM saver_epoch ORDER BY key_id") {
                row throws(StoreError) -> String in
                let key: String = try row.get(0)
                let epoch: String = try row.get(1)
                return "\(key) \(epoch)"
            }
        }
    }
}
