import RouterCore
import Testing

/// Conversations of random agents, sent through the rules, with settings that change, memories that are lost and requests
/// that overtake each other.
@Suite("A text goes out again as it went out first")
struct FirstSendingTests {
    /// Stands in for router, saver and memory: what a text becomes is a function of the text and the settings alone.
    private struct World {
        var random: SplitMix
        var table: ConversationTable
        var epoch = 1
        /// The form that each text of each conversation had at its first sending.
        var sent: [Int: [Int: String]] = [:]
        var texts: [Int: [Int]] = [:]
        var nextText = 0
        var broken = 0
        var mixed = 0
        var lost = 0

        init(seed: Int, limit: Int) {
            random = SplitMix(seed: UInt64(seed))
            table = ConversationTable(limit: limit)
        }

        static func key(_ text: Int) -> MemoryKey {
            var random = SplitMix(seed: UInt64(text) &+ 99)
            return MemoryKey(high: random.next(), low: random.next())
        }

        /// Settings of every third epoch have no saver on.
        func origin(_ epoch: Int) -> SavingOrigin? {
            epoch % 3 == 0 ? nil : SavingOrigin(epoch: "\(epoch)", scopes: MemoryKey(high: 1, low: 1))
        }

        mutating func turn(_ conversation: Int) {
            var history = texts[conversation] ?? []
            let old = history.count
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                history.append(nextText)
                nextText += 1
            }
            texts[conversation] = history
            let id = ConversationID(high: UInt64(conversation), low: 5)
            let view = table.view(id, history.map(Self.key))
            let current = origin(epoch)
            let plan = SavingPlan(
                view,
                isOld: history.indices.map { $0 < old },
                SavingPlan.Rules(current: current, inherited: current, hasAssistantTurn: old > 0, isHoldout: false)
            )
            if !view.isKnown, old > 0 {
                lost += 1
                sent[conversation] = [:]
                // What is forgotten is made anew as one: all of it under the same settings.
                if Set(plan.forms[..<old]).count > 1 { mixed += 1 }
            }
            // The saver fails now and then: the text itself goes out.
            let forms = plan.forms.enumerated().map { place, form -> SentForm in
                if view.forms[place] == nil, Int.random(in: 0..<8, using: &random) == 0 { return .original }
                return form
            }
            let settled = table.settle(id, zip(history, forms).map { (Self.key($0), $1) }, now: .now)
            for (text, form) in zip(history, settled) {
                let bytes: String
                switch form {
                case .original: bytes = "text"
                case .replaced(let origin): bytes = "short under \(origin.epoch)"
                }
                if let first = sent[conversation]?[text] {
                    if first != bytes { broken += 1 }
                } else {
                    sent[conversation, default: [:]][text] = bytes
                }
            }
        }
    }

    @Test("whatever changes between turns", arguments: 0..<60)
    func property(seed: Int) {
        var world = World(seed: seed, limit: 64 << 20)
        for _ in 0..<200 {
            if Int.random(in: 0..<6, using: &world.random) == 0 { world.epoch += 1 }
            world.turn(Int.random(in: 0..<5, using: &world.random))
        }
        #expect(world.broken == 0)
        #expect(world.sent.values.contains { $0.values.contains { $0 != "text" } })
    }

    @Test("while memory holds, and as one when it was lost", arguments: 0..<40)
    func evictions(seed: Int) {
        var world = World(seed: seed, limit: 6 << 10)
        for _ in 0..<300 {
            if Int.random(in: 0..<6, using: &world.random) == 0 { world.epoch += 1 }
            world.turn(Int.random(in: 0..<8, using: &world.random))
            #expect(world.table.bytes <= 6 << 10)
        }
        #expect(world.broken == 0)
        #expect(world.mixed == 0)
        #expect(world.lost > 0)
    }

    @Test("what is new may be made smaller, what was sent before the notes began may not")
    func unseen() {
        let table = ConversationTable()
        let id = ConversationID(high: 1, low: 1)
        let origin = SavingOrigin(epoch: "e", scopes: MemoryKey(high: 0, low: 0))
        table.passed(id, now: .now)
        let keys = [World.key(1), World.key(2)]
        let view = table.view(id, keys)
        let plan = SavingPlan(
            view,
            isOld: [true, false],
            SavingPlan.Rules(current: origin, inherited: origin, hasAssistantTurn: true, isHoldout: false)
        )
        #expect(plan.forms == [.original, .replaced(origin)])
    }

    @Test("a lost conversation gets one function for all that is old, never a mix")
    func lost() {
        let table = ConversationTable()
        let id = ConversationID(high: 1, low: 1)
        let before = SavingOrigin(epoch: "before", scopes: MemoryKey(high: 0, low: 0))
        let now = SavingOrigin(epoch: "now", scopes: MemoryKey(high: 0, low: 0))
        let keys = (0..<4).map(World.key)
        let rules = SavingPlan.Rules(current: now, inherited: before, hasAssistantTurn: true, isHoldout: false)
        let plan = SavingPlan(table.view(id, keys), isOld: [true, true, false, false], rules)
        #expect(plan.forms == [.replaced(before), .replaced(before), .replaced(now), .replaced(now)])
        _ = table.settle(id, zip(keys, plan.forms).map { ($0, $1) }, now: .now)
        // From then on it is remembered.
        let again = SavingPlan(table.view(id, keys + [World.key(9)]), isOld: [true, true, true, true, false], rules)
        #expect(again.forms == plan.forms + [.replaced(now)])
    }

    @Test("a lost conversation without an answer is a new one")
    func fresh() {
        let now = SavingOrigin(epoch: "now", scopes: MemoryKey(high: 0, low: 0))
        let view = ConversationTable().view(ConversationID(high: 1, low: 1), [World.key(1)])
        let rules = SavingPlan.Rules(current: now, inherited: nil, hasAssistantTurn: false, isHoldout: false)
        #expect(SavingPlan(view, isOld: [false], rules).forms == [.replaced(now)])
    }

    @Test("a conversation that is left alone is left alone")
    func holdout() {
        let now = SavingOrigin(epoch: "now", scopes: MemoryKey(high: 0, low: 0))
        let view = ConversationTable().view(ConversationID(high: 1, low: 1), [World.key(1)])
        let rules = SavingPlan.Rules(current: now, inherited: now, hasAssistantTurn: true, isHoldout: true)
        #expect(SavingPlan(view, isOld: [true], rules).forms == [.original])
    }
}
