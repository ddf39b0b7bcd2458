package import Patterns

/// The memory that looking through texts needs, for one thread at a time.
package final class Workbench {
    package let matcher = Matcher()
    var shapes = Shapes()
    var regions = Regions()
    var found: [Found] = []
    /// Whether a pattern gave up since this was last set.
    var hasFaulted = false

    package init() {}
}

/// Where the rules of a plan are to look; what is near each other is one region, so no match is cut or found twice.
struct Regions {
    /// By rule; each in order and without overlap.
    private(set) var byRule: [[Range<Int>]] = []
    /// The rules that have any.
    private(set) var touched: [Int] = []

    /// Forgets the regions of the text before, of those rules alone that had any.
    mutating func reset(rules: Int) {
        for index in touched { byRule[index].removeAll(keepingCapacity: true) }
        touched.removeAll(keepingCapacity: true)
        while byRule.count < rules { byRule.append([]) }
    }

    /// Adds the surroundings of a trigger.
    ///
    /// Triggers come in order, save that one may start a few bytes before the one that was added last, which a rule's lead takes
    /// into account.
    mutating func add(_ trigger: Range<Int>, _ index: Int, _ compiled: CompiledEntry) {
        let start = trigger.lowerBound - compiled.lead
        let end = trigger.upperBound + compiled.reach
        guard let last = byRule[index].last else {
            touched.append(index)
            byRule[index].append(start..<end)
            return
        }
        if start <= last.upperBound {
            byRule[index][byRule[index].count - 1] = last.lowerBound..<max(last.upperBound, end)
        } else {
            byRule[index].append(start..<end)
        }
    }
}

/// A match that counts, before anything is decided about it.
package struct Found: Hashable, Sendable {
    /// The rule of the plan.
    package var rule: Int
    package var range: Range<Int>
    package var score: Double

    package init(rule: Int, range: Range<Int>, score: Double) {
        self.rule = rule
        self.range = range
        self.score = score
    }
}
