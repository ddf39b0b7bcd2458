/// One reading of both clocks, taken by the caller.
///
/// The core owns no clock: budgets follow the wall clock, leases and rate windows the one that never jumps.
package struct Moment: Hashable, Sendable {
    /// Microseconds since the epoch.
    package var epochUS: Int
    /// Microseconds of a clock that only goes forward.
    package var uptimeUS: Int

    package init(epochUS: Int, uptimeUS: Int) {
        self.epochUS = epochUS
        self.uptimeUS = uptimeUS
    }

    package func advanced(byMilliseconds milliseconds: Int) -> Self {
        Self(epochUS: epochUS + milliseconds * 1000, uptimeUS: uptimeUS + milliseconds * 1000)
    }
}
