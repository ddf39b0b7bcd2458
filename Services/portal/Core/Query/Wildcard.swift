/// Rules with `*` for any characters, as lists of models have them.
package enum Wildcard {
    /// Whether a rule fits a whole name; capitals do not count.
    package static func matches(_ name: String, _ rule: String) -> Bool {
        let name = Array(name.lowercased().utf8)
        let rule = Array(rule.lowercased().utf8)
        var (at, ruleAt) = (0, 0)
        // Where the last star stood, and how far it reaches: each character is looked at once for a star at most.
        var star: (rule: Int, name: Int)?
        while at < name.count {
            if ruleAt < rule.count, rule[ruleAt] == UInt8(ascii: "*") {
                star = (ruleAt, at)
                ruleAt += 1
            } else if ruleAt < rule.count, rule[ruleAt] == name[at] {
                at += 1
                ruleAt += 1
            } else if let last = star {
                star = (last.rule, last.name + 1)
                at = last.name + 1
                ruleAt = last.rule + 1
            } else {
                return false
            }
        }
        return rule[ruleAt...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
