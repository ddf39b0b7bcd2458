import RouterCore
import Testing

@Suite("What conversations have sent")
struct ConversationTableTests {
    private static let now = ContinuousClock.now
    private static let id = ConversationID(high: 1, low: 2)

    private static func text(_ number: Int) -> MemoryKey {
        var random = SplitMix(seed: UInt64(number))
        return MemoryKey(high: random.next(), low: random.next())
    }

    private static func origin(_ epoch: Int) -> SavingOrigin {
        SavingOrigin(epoch: "e\(epoch)", scopes: MemoryKey(high: 7, low: 7))
    }

    @Test("the first form of a text is its form")
    func first() {
        let table = ConversationTable()
        let first = table.settle(
            Self.id,
            [(Self.text(1), .original), (Self.text(2), .replaced(Self.origin(1)))],
            now: Self.now
        )
        #expect(first == [.original, .replaced(Self.origin(1))])
        let second = table.settle(
            Self.id,
            [(Self.text(2), .original), (Self.text(1), .replaced(Self.origin(2)))],
            now: Self.now
        )
        #expect(second == [.replaced(Self.origin(1)), .original])
        let view = table.view(Self.id, [Self.text(1), Self.text(3)])
        #expect(view.isKnown)
        #expect(view.forms == [.original, nil])
        #expect(!table.view(ConversationID(high: 1, low: 3), [Self.text(1)]).isKnown)
    }

    @Test("the treatment of the first turn is the conversation's")
    func treatment() {
        let table = ConversationTable()
        let short = Treatment(directives: [AddedDirective(saver: "terse", level: "on", text: "short", tokens: 3)])
        #expect(table.settle(Self.id, short, now: Self.now) == short)
        #expect(table.settle(Self.id, Treatment(isHoldout: true), now: Self.now) == short)
        #expect(table.view(Self.id, []).treatment == short)
    }

    @Test("stays inside its limit and forgets whole conversations, the least used first")
    func bounded() {
        let limit = 64 << 10
        let table = ConversationTable(limit: limit)
        for number in 0..<500 {
            let id = ConversationID(high: UInt64(number), low: UInt64(number))
            _ = table.settle(id, (0..<20).map { (Self.text($0), .original) }, now: Self.now)
            // One is used all the time.
            _ = table.settle(Self.id, [(Self.text(number), .replaced(Self.origin(1)))], now: Self.now)
            #expect(table.bytes <= limit)
        }
        #expect(table.evictions > 0)
        #expect(table.view(Self.id, [Self.text(0)]).forms == [.replaced(Self.origin(1))])
        #expect(!table.knows(ConversationID(high: 0, low: 0)))
    }

    @Test("a conversation without end takes no more after its limit, and its further texts stay as they are")
    func full() {
        let table = ConversationTable()
        for number in 0..<20_000 { _ = table.settle(Self.id, [(Self.text(number), .original)], now: Self.now) }
        #expect(table.view(Self.id, []).isFull)
        let form = table.settle(Self.id, [(Self.text(30_000), .replaced(Self.origin(1)))], now: Self.now)
        #expect(form == [.original])
        #expect(table.view(Self.id, [Self.text(30_000)]).forms == [nil])
    }

    @Test("more settings than can be told apart leave further texts as they are")
    func manyOrigins() {
        let table = ConversationTable()
        for number in 0..<400 {
            let form = table.settle(Self.id, [(Self.text(number), .replaced(Self.origin(number)))], now: Self.now)
            #expect(form == [number < 250 ? .replaced(Self.origin(number)) : .original])
        }
    }

    @Test("the epoch of a key is the first that is known, and is stored when it changes")
    func epochs() {
        let written = Written()
        let book = EpochBook(stored: ["a": "e1"]) { written.add("\($0)=\($1)") }
        #expect(book.note("a", epoch: "e1") == "e1")
        #expect(book.note("a", epoch: "e2") == "e1")
        #expect(book.note("a", epoch: "e2") == "e1")
        #expect(book.note("b", epoch: "e2") == "e2")
        #expect(book.note("b", epoch: "e3") == "e2")
        #expect(written.all == ["a=e2", "b=e2", "b=e3"])
    }
}
