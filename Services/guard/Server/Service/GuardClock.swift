#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where the service reads the time of day; tests hand in their own.
package struct GuardClock: Sendable {
    private let read: @Sendable () -> Int

    package init(_ read: @escaping @Sendable () -> Int) {
        self.read = read
    }

    /// Microseconds since the epoch.
    package var nowUS: Int { read() }

    package static let system = GuardClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int(time.tv_sec) * 1_000_000 + Int(time.tv_nsec) / 1000
    }
}
