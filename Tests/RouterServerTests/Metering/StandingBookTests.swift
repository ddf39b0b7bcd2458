import Contracts
import RouterServer
import Testing

@Suite("Remembered keys")
struct StandingBookTests {
    private static let standing = KeyStanding(allowance: ModelAllowance([["small"]]), expiresUS: 1_000)

    @Test("a standing holds for its time, until the key ends, and no change has been told")
    func life() {
        let book = StandingBook()
        let now = ContinuousClock.now
        book.keep(Self.standing, of: "a", edition: book.edition, now: now)
        #expect(book.standing(of: "a", now: now, wallUS: 999) == Self.standing)
        #expect(book.standing(of: "a", now: now, wallUS: 1_000) == nil)
        #expect(book.standing(of: "a", now: now + StandingBook.length, wallUS: 0) == nil)
        #expect(book.standing(of: "b", now: now, wallUS: 0) == nil)
        book.forget("b")
        #expect(book.standing(of: "a", now: now, wallUS: 0) != nil)
        book.forget("a")
        #expect(book.standing(of: "a", now: now, wallUS: 0) == nil)
    }

    @Test("an answer that a change has overtaken is not kept")
    func overtaken() {
        let book = StandingBook()
        let now = ContinuousClock.now
        let edition = book.edition
        book.forgetAll()
        book.keep(Self.standing, of: "a", edition: edition, now: now)
        #expect(book.standing(of: "a", now: now, wallUS: 0) == nil)
    }

    @Test("no more keys than the limit are remembered, the newest among them")
    func limit() {
        let book = StandingBook()
        let now = ContinuousClock.now
        for number in 0...StandingBook.keyLimit {
            book.keep(Self.standing, of: "\(number)", edition: book.edition, now: now)
        }
        let kept = (0...StandingBook.keyLimit).filter { book.standing(of: "\($0)", now: now, wallUS: 0) != nil }
        #expect(kept.count == StandingBook.keyLimit)
        #expect(kept.last == StandingBook.keyLimit)
    }
}
