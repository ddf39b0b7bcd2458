package import Patterns

/// The memory that looking through texts needs, for one thread at a time.
package final class Workbench {
    package let matcher = Matcher()
    var hits: [LiteralPrefilter.Hit] = []
    var shapes = Shapes()
    /// Regions by rule.
    var regions: [[Range<Int>]] = []
    var found: [Found] = []
    /// Whether a pattern gave up since this was last set.
    var hasFaulted = false

    package init() {}
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
