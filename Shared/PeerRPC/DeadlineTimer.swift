import NIOCore

/// One lazily re-armed timer for all the deadlines of a connection; confined to its event loop.
///
/// A call only lowers the armed instant, which in steady traffic happens once per timeout and not once per call: when
/// the timer fires too early for anything, its owner names the next deadline and it sleeps again.
final class DeadlineTimer {
    private let loop: any EventLoop
    private var armedFor: ContinuousClock.Instant?
    private var scheduled: Scheduled<Void>?
    private var onFire: ((ContinuousClock.Instant) -> ContinuousClock.Instant?)?

    init(loop: any EventLoop) {
        self.loop = loop
    }

    /// Sets what happens when an armed instant has come; it expires what is due and answers with the next deadline.
    func onFire(_ body: @escaping (ContinuousClock.Instant) -> ContinuousClock.Instant?) {
        onFire = body
    }

    /// Makes sure that the owner is asked no later than at this instant.
    func arm(_ deadline: ContinuousClock.Instant) {
        if let armedFor, armedFor <= deadline { return }
        scheduled?.cancel()
        armedFor = deadline
        let wait = max(.zero, deadline - .now)
        let bound = NIOLoopBound(self, eventLoop: loop)
        scheduled = loop.scheduleTask(in: TimeAmount(wait)) { bound.value.fire() }
    }

    /// Stops for good and lets go of the owner.
    func stop() {
        scheduled?.cancel()
        scheduled = nil
        armedFor = nil
        onFire = nil
    }

    private func fire() {
        scheduled = nil
        armedFor = nil
        if let next = onFire?(.now) { arm(next) }
    }
}

/// The longest deadline a frame may carry, a week.
///
/// Longer ones are cut, so that arithmetic never overflows.
let longestDeadlineMilliseconds = 7 * 24 * 3_600_000

extension ContinuousClock.Instant {
    /// What is left of a deadline in whole milliseconds, rounded up so that a live deadline is never sent as expired.
    func remainingMilliseconds(at now: ContinuousClock.Instant) -> Int {
        let left = self - now
        guard left > .zero else { return 0 }
        let (seconds, attoseconds) = left.components
        guard seconds < longestDeadlineMilliseconds / 1_000 else { return longestDeadlineMilliseconds }
        return Int(seconds) * 1_000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
