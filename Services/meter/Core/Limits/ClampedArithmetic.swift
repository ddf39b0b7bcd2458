extension Int {
    /// The sum, or the nearest representable number: counters never trap and never wrap.
    package func addingClamped(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        guard overflow else { return sum }
        return other < 0 ? .min : .max
    }

    package mutating func addClamped(_ other: Int) {
        self = addingClamped(other)
    }

    /// The number itself within bounds, the nearer bound otherwise.
    package func clamped(to range: ClosedRange<Int>) -> Int {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
