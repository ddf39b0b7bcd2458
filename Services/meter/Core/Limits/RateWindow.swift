/// What one key used within the last window, in 60 slices.
///
/// An entry counts from its instant until the whole window after the end of its slice has passed: never less than the
/// window, at most a sixtieth more. So no window of that length ever holds more than the limit, and every operation is
/// a constant amount of work.
package struct RateWindow: Sendable {
    private static let slices = 60

    private let sliceUS: Int
    /// One more than there are slices in a window: the youngest is still filling.
    ///
    /// Made with the first count, since most keys of a large installation are idle.
    private var counts: [Int] = []
    private var tick = 0
    private var total = 0

    package init(windowUS: Int) {
        sliceUS = max(1, windowUS / Self.slices)
    }

    /// What counts at this instant.
    package mutating func used(at uptimeUS: Int) -> Int {
        advance(to: uptimeUS / sliceUS)
        return total
    }

    /// Counts an amount; the answer names the slice for a later correction.
    package mutating func add(_ amount: Int, at uptimeUS: Int) -> Int {
        if counts.isEmpty { counts = [Int](repeating: 0, count: Self.slices + 1) }
        advance(to: uptimeUS / sliceUS)
        counts[tick % counts.count].addClamped(amount)
        total.addClamped(amount)
        return tick
    }

    /// Changes what was counted in a slice, unless that slice no longer counts.
    package mutating func correct(by amount: Int, slice: Int, at uptimeUS: Int) {
        advance(to: uptimeUS / sliceUS)
        guard slice <= tick, slice > tick - counts.count, slice >= 0 else { return }
        let index = slice % counts.count
        let change = max(amount, -counts[index])
        counts[index].addClamped(change)
        total.addClamped(change)
    }

    /// Milliseconds until an amount fits under a limit; `nil` when it never will.
    package mutating func delayMS(for amount: Int, limit: Int, at uptimeUS: Int) -> Int? {
        guard amount <= limit else { return nil }
        advance(to: uptimeUS / sliceUS)
        var remaining = total
        guard remaining > limit - amount else { return 0 }
        for age in stride(from: counts.count - 1, through: 0, by: -1) where tick - age >= 0 {
            remaining = remaining.addingClamped(-counts[(tick - age) % counts.count])
            if remaining <= limit - amount { return milliseconds(untilSliceLeaves: tick - age, at: uptimeUS) }
        }
        return nil
    }

    /// Milliseconds until nothing counts any more.
    package mutating func resetMS(at uptimeUS: Int) -> Int {
        advance(to: uptimeUS / sliceUS)
        guard total > 0 else { return 0 }
        for age in 0..<counts.count where tick - age >= 0 && counts[(tick - age) % counts.count] > 0 {
            return milliseconds(untilSliceLeaves: tick - age, at: uptimeUS)
        }
        return 0
    }

    private func milliseconds(untilSliceLeaves slice: Int, at uptimeUS: Int) -> Int {
        let leavesUS = (slice + counts.count) * sliceUS
        return max(1, (leavesUS - uptimeUS + 999) / 1000)
    }

    private mutating func advance(to newTick: Int) {
        guard newTick > tick else { return }
        guard !counts.isEmpty else {
            tick = newTick
            return
        }
        if newTick - tick >= counts.count {
            for index in counts.indices { counts[index] = 0 }
            total = 0
        } else {
            for passed in (tick + 1)...newTick {
                total = max(0, total.addingClamped(-counts[passed % counts.count]))
                counts[passed % counts.count] = 0
            }
        }
        tick = newTick
    }
}
