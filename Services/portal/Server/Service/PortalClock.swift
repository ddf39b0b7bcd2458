#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where the portal reads the time, in microseconds since the epoch; tests hand in their own.
package struct PortalClock: Sendable {
    private let read: @Sendable () -> Int

    package init(_ read: @escaping @Sendable () -> Int) {
        self.read = read
    }

    package var nowUS: Int { read() }

    /// The system's clock.
    package static let system = PortalClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int(time.tv_sec) * 1_000_000 + Int(time.tv_nsec) / 1000
    }
}
