import Synchronization

/// The load of a target, for all its requests.
package final class SharedLoad: Sendable {
    private let load = Mutex(TargetLoad())

    package var inFlight: Int { load.withLock { $0.inFlight } }

    /// How long the target takes to its first content when it is slow; `nil`: not known yet.
    package var slow: Duration? { load.withLock { $0.slow } }

    func cost(now: ContinuousClock.Instant) -> Double {
        load.withLock { $0.cost(now: now) }
    }

    /// An attempt goes to the target.
    package func began() {
        load.withLock { $0.began() }
    }

    /// An attempt has ended.
    ///
    /// - Parameters:
    ///   - firstTokenMS: Its time to the first content; `nil` when there was none.
    ///   - now: When.
    package func ended(firstTokenMS: Int?, now: ContinuousClock.Instant) {
        load.withLock { load in
            load.ended()
            if let firstTokenMS { load.measured(firstTokenMS, now: now) }
        }
    }
}

/// How busy and how slow a target is, as one router sees it.
package struct TargetLoad: Hashable, Sendable {
    /// How fast a measurement loses its weight: after this long without another, half of it is left.
    package static let decay = Duration.seconds(60)
    private static let decaySeconds = decay.inSeconds

    /// Attempts that are under way.
    package private(set) var inFlight = 0
    /// Milliseconds to the first content; 0 until measured.
    private var peak = 0.0
    private var measured: ContinuousClock.Instant?
    /// The latest times to the first content in milliseconds, as a ring, and the same by size: what is slow is asked for
    /// before each attempt.
    private var latest: [Int32] = []
    private var bySize: [Int32] = []
    private var place = 0

    /// Times that are remembered, and how many there must be before they say what is slow.
    package static let window = 64
    package static let least = 20

    package init() {}

    /// An attempt begins.
    package mutating func began() { inFlight += 1 }

    /// An attempt has ended.
    package mutating func ended() { inFlight = max(0, inFlight - 1) }

    /// Takes note of how long the first content took.
    ///
    /// A slower one counts at once, a faster one by how long ago the last was: what has become slow is left quickly and
    /// trusted again slowly.
    package mutating func measured(_ milliseconds: Int, now: ContinuousClock.Instant) {
        let value = Double(max(0, milliseconds))
        if value >= peak || measured == nil {
            peak = value
        } else {
            let kept = weight(now)
            peak = peak * kept + value * (1 - kept)
        }
        measured = now
        let time = Int32(clamping: max(0, milliseconds))
        if latest.count < Self.window {
            latest.append(time)
        } else {
            bySize.remove(at: rank(of: latest[place]))
            latest[place] = time
        }
        bySize.insert(time, at: rank(of: time))
        place = (place + 1) % Self.window
    }

    /// How many of the latest times are below one.
    private func rank(of time: Int32) -> Int {
        var (low, high) = (0, bySize.count)
        while low < high {
            let middle = (low + high) / 2
            if bySize[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The time to the first content that 95 of 100 answers keep, by the nearest rank among the latest ones; `nil` before
    /// there are enough.
    package var slow: Duration? {
        guard bySize.count >= Self.least else { return nil }
        let rank = (bySize.count * 95 + 99) / 100
        return .milliseconds(Int(bySize[rank - 1]))
    }

    /// What a request would wait behind: the decayed peak of the time to the first content, times those under way and
    /// itself. Peak EWMA, as Finagle's balancer of that name: https://twitter.github.io/finagle/guide/Clients.html
    ///
    /// A target that was not measured yet is worth a try, but only one at a time.
    package func cost(now: ContinuousClock.Instant) -> Double {
        guard measured != nil else { return inFlight == 0 ? 0 : .greatestFiniteMagnitude }
        return max(1, peak * weight(now)) * Double(inFlight + 1)
    }

    private func weight(_ now: ContinuousClock.Instant) -> Double {
        guard let measured else { return 0 }
        return 1 / (1 + max(0, (now - measured).inSeconds) / Self.decaySeconds)
    }
}
