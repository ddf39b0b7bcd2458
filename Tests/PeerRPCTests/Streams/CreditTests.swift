import PeerRPC
import Testing

@Suite("Credit")
struct CreditTests {
    @Test("a sender has credit for 64 items or 1 MiB, whichever ends first")
    func window() {
        var byItems = SendWindow()
        let taken = (0...64).map { _ in byItems.take(bytes: 1) }
        #expect(taken == Array(repeating: true, count: 64) + [false])
        var byBytes = SendWindow()
        let bytes = [1 << 20, 1, 0].map { byBytes.take(bytes: $0) }
        #expect(bytes == [true, false, true])
    }

    @Test("credit never grows past the window, nor shrinks, whatever a peer says")
    func wildGrants() {
        var window = SendWindow()
        window.give(Credit(items: .max, bytes: .max))
        window.give(Credit(items: -5, bytes: .min))
        #expect(window.credit == Credit.window)
    }

    @Test("a receiver sees an overrun of items and of bytes")
    func overrun() {
        var items = ReceiveWindow()
        let received = (0...64).map { _ in items.receive(bytes: 0) }
        #expect(received == Array(repeating: true, count: 64) + [false])
        var bytes = ReceiveWindow()
        let inTotal = [(1 << 20) - 1, 2].map { bytes.receive(bytes: $0) }
        #expect(inTotal == [true, false])
    }

    @Test("sender and receiver never lock each other, with items of any size", arguments: UInt64(0)..<20)
    func progress(seed: UInt64) {
        var generator = SeededGenerator(seed)
        var sender = SendWindow()
        var receiver = ReceiveWindow()
        var underWay: [Int] = []
        var used = 0
        var next = 0
        while used < 2_000 {
            if next == 0 {
                let isLarge = Int.random(in: 0..<4, using: &generator) == 0
                next = Int.random(in: 1...(isLarge ? Credit.largestItem : 200), using: &generator)
            }
            if Bool.random(using: &generator) || underWay.isEmpty, sender.take(bytes: next) {
                let isAccepted = receiver.receive(bytes: next)
                #expect(isAccepted)
                underWay.append(next)
                next = 0
            } else {
                guard !underWay.isEmpty else {
                    Issue.record("locked after \(used) items: \(next) bytes wait for \(sender.credit)")
                    return
                }
                if let grant = receiver.consume(bytes: underWay.removeFirst()) { sender.give(grant) }
                used += 1
            }
        }
    }
}
