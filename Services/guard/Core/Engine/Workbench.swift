package import Patterns

/// The memory that looking through texts needs, for one thread at a time.
package final class Workbench {
    package let matcher = Matcher()
    var shapes = Shapes()
    var regions = Regions()
    var found: [Found] = []
    /// Places at which patterns were tried in the text that was searched last: what its search cost, whatever the machine.
    private(set) var tries = 0
    /// By group of rules: how many more matches in this text change what it says; see ``RuleGroups``.
    var groupRooms: [Int] = []
    /// Whether a pattern gave up since this was last set.
    var hasFaulted = false

    package init() {}

    func startText(_ plan: DetectionPlan) {
        found.removeAll(keepingCapacity: true)
        groupRooms.removeAll(keepingCapacity: true)
        groupRooms.append(contentsOf: plan.groups.rooms)
        tries = 0
    }

    func count(_ budget: MatchBudget) { tries += budget.tries }
}

/// Where the rules of a plan are to look; what is near each other is one region, so no match is cut or found twice.
struct Regions {
    /// By rule; each in order and without overlap.
    private(set) var byRule: [[Range<Int>]] = []
    /// The last region of each rule, which may still grow; empty for those that have none.
    private var last: [Range<Int>] = []
    /// The rules that have any.
    private(set) var touched: [Int] = []

    /// Forgets the regions of the text before, of those rules alone that had any.
    mutating func reset(rules: Int) {
        for index in touched {
            byRule[index].removeAll(keepingCapacity: true)
            last[index] = 0..<0
        }
        touched.removeAll(keepingCapacity: true)
        while byRule.count < rules {
            byRule.append([])
            last.append(0..<0)
        }
    }

    /// Takes in the last region of each rule.
    mutating func close() {
        for index in touched { byRule[index].append(last[index]) }
    }

    /// Adds the surroundings of a trigger.
    ///
    /// Triggers come in order, save that one may start a few bytes before the one that was added last, which a rule's lead takes
    /// into account.
    mutating func add(_ trigger: Range<Int>, _ index: Int, _ reach: TriggerReach) {
        let start = trigger.lowerBound - reach.lead
        let end = trigger.upperBound + reach.reach
        let own = last[index]
        if own.isEmpty {
            touched.append(index)
            last[index] = start..<end
        } else if start <= own.upperBound {
            last[index] = own.lowerBound..<max(own.upperBound, end)
        } else {
            byRule[index].append(own)
            last[index] = start..<end
        }
    }
}

/// What the engine needs of a rule at each of its triggers, beside the rule: a text may hold hundreds of thousands.
struct TriggerReach: Sendable {
    var lead: Int
    var reach: Int
    var form: LiteralForm
    var readsDecoded: Bool

    init(_ compiled: CompiledEntry) {
        (lead, reach, form) = (compiled.lead, compiled.reach, compiled.literalForm)
        readsDecoded = compiled.readsDecoded
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
