import CoreMetrics
import Observability

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What a process does before anything else.
package enum ProcessSetup {
    /// Most descriptors asked for; some systems name a billion, and tables are sized by it.
    private static let mostDescriptors: UInt64 = 1 << 20

    private static let metrics: Void = MetricsSystem.bootstrap(MetricsRegistry.shared)

    /// Marks the start, connects the metrics, allows as many open files as the system does, and makes a write to a
    /// closed connection an error instead of the end.
    package static func prepare() {
        ProcessMetrics.markStart()
        _ = metrics
        _ = signal(SIGPIPE, SIG_IGN)
        raiseDescriptorLimit()
        keepMemory()
    }

    /// Keeps the memory of large buffers for the next ones.
    ///
    /// A request of tens of kilobytes takes and gives back several of them; each way through the kernel costs a page
    /// fault for every four kilobytes.
    private static func keepMemory() {
        // By name: Glibc's header for it is none that Swift imports, and other C libraries have no such call.
        guard let found = dlsym(nil, "mallopt") else { return }
        let setOption = unsafeBitCast(found, to: (@convention(c) (CInt, CInt) -> CInt).self)
        let (trimThreshold, mapThreshold): (CInt, CInt) = (-1, -3)
        _ = setOption(mapThreshold, 4 << 20)
        _ = setOption(trimThreshold, 16 << 20)
    }

    /// The variables of this process, for those of a child.
    package static var environment: [String: String] { ProcessInfo.processInfo.environment }

    /// Raises the soft limit of open files to the hard one.
    ///
    /// - Returns: The limit that now holds.
    @discardableResult
    package static func raiseDescriptorLimit() -> UInt64 {
        var limit = rlimit()
        #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
        let resource = RLIMIT_NOFILE
        #endif
        guard getrlimit(resource, &limit) == 0 else { return 0 }
        let before = limit.rlim_cur
        #if canImport(Darwin)
        // macOS refuses more than OPEN_MAX whatever the hard limit says.
        let wanted = min(limit.rlim_max, rlim_t(OPEN_MAX))
        #else
        let wanted = min(limit.rlim_max, rlim_t(mostDescriptors))
        #endif
        guard wanted > before else { return UInt64(before) }
        limit.rlim_cur = wanted
        return UInt64(setrlimit(resource, &limit) == 0 ? wanted : before)
    }
}
