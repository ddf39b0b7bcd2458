import Contracts

/// The rules of a plan whose matches say the same: those for one entity with one action.
///
/// ``Rule/mostMatches`` that act settle what a group says about a text, whichever of its rules found them. So what a megabyte of
/// one attack costs does not grow with the number of rules that know the attack. Matches that are only noted leave the room as
/// it is: they must not hide what would act.
struct RuleGroups: Sendable {
    private struct Name: Hashable {
        var detector: Detector
        var entity: String
        var action: GuardAction
    }

    /// By rule.
    let byRule: [Int]
    /// By group: matches in one text that settle what it says.
    let rooms: [Int]
    /// Those that have rules for text that was decoded.
    let decoded: [Int]

    init(_ rules: [Rule]) {
        var known: [Name: Int] = [:]
        var rooms: [Int] = []
        byRule = rules.map { rule in
            let name = Name(detector: rule.compiled.detector, entity: rule.entry.entity, action: rule.action)
            if let group = known[name] { return group }
            known[name] = rooms.count
            rooms.append(rule.mostMatches)
            return rooms.count - 1
        }
        self.rooms = rooms
        decoded = Set(zip(rules, byRule).filter { $0.0.compiled.readsDecoded }.map(\.1)).sorted()
    }
}
