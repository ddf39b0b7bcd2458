import SaverCore
import Testing

/// What savers are worth over a whole session, with the prompt cache in the bill.
@Suite("Session")
struct SessionTests {
    @Test("over fifty turns dollars are saved, and the cache is hit as often", arguments: SessionPrice.published)
    func session(_ price: SessionPrice) throws {
        let plain = SessionBill(try AgentSession(directives: []), saves: false, price)
        let rtk = SessionBill(try AgentSession(directives: []), saves: true, price)
        // Instructions cost what they cost; what they save is not counted, for only a comparison can tell.
        let told = SessionBill(
            try AgentSession(directives: [Terse.text, Ponytail.text("full") ?? ""]),
            saves: true,
            price
        )
        print("\(price.name): input tokens of 51 requests, read from the cache, dollars")
        for (name, bill) in [("without savers", plain), ("rtk", rtk), ("rtk, terse, ponytail", told)] {
            let share = (bill.hitShare * 1000).rounded() / 10
            print("\(name): \(bill.input)  \(share) %  $\((bill.dollars * 1000).rounded() / 1000)")
        }
        for bill in [rtk, told] {
            #expect(bill.dollars < plain.dollars * 0.75)
            #expect(bill.hitShare >= plain.hitShare)
        }
        #expect(told.dollars > rtk.dollars)
    }

    @Test("a saver that rewrote what was sent would be seen: the prefix of each request is the one before it, whole")
    func prefixes() throws {
        let session = try AgentSession(directives: [Terse.text])
        let all = session.request(turn: AgentSession.turns, saves: true)
        for turn in 0..<AgentSession.turns {
            #expect(all[all.count - 2 * (AgentSession.turns - turn) + 1].bytes == session.again(turn))
        }
        var last = session.request(turn: 0, saves: true)
        for turn in 1...AgentSession.turns {
            let next = session.request(turn: turn, saves: true)
            #expect(Array(next.prefix(last.count)) == last)
            last = next
        }
    }
}
