package import MeterCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where the service reads the time; tests hand in their own.
package struct MeterClock: Sendable {
    private let read: @Sendable () -> Moment

    package init(_ read: @escaping @Sendable () -> Moment) {
        self.read = read
    }

    package var now: Moment { read() }

    /// The system's clocks.
    package static let system: MeterClock = {
        let origin = ContinuousClock.now
        return MeterClock {
            let passed = (ContinuousClock.now - origin).components
            let uptimeUS = Int(passed.seconds) * 1_000_000 + Int(passed.attoseconds / 1_000_000_000_000)
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Moment(epochUS: Int(time.tv_sec) * 1_000_000 + Int(time.tv_nsec) / 1000, uptimeUS: uptimeUS)
        }
    }()
}
