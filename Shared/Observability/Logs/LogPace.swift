/// How often a log tells of what happens again and again: at once, then at most once in so long a time.
package struct LogPace: Sendable {
    private let interval: Duration
    private var told = 0
    private var next: ContinuousClock.Instant?

    package init(every interval: Duration = .seconds(60)) {
        self.interval = interval
    }

    /// What to tell of now.
    ///
    /// - Parameters:
    ///   - total: How often it has happened so far.
    ///   - now: What time it is.
    /// - Returns: How often since it was last told; `nil` when there is nothing to tell, or not yet.
    package mutating func due(_ total: Int, now: ContinuousClock.Instant) -> Int? {
        if let next, now < next { return nil }
        guard let count = rest(total) else { return nil }
        next = now + interval
        return count
    }

    /// What was not told yet, for the last line of all.
    package mutating func rest(_ total: Int) -> Int? {
        guard total > told else { return nil }
        defer { told = total }
        return total - told
    }
}
