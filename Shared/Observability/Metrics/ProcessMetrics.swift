#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What the operating system says about this process; read at each rendering, never sampled in between.
package enum ProcessMetrics {
    private static let started = WallClock.now()

    /// The figures of this moment; what the platform cannot tell is left out.
    package static func collect() -> [MetricSample] {
        let now = WallClock.now()
        var samples = [
            MetricSample(MetricNames.processStart, seconds(started)),
            MetricSample(MetricNames.processUptime, max(0, seconds(now) - seconds(started))),
            MetricSample(MetricNames.processCPU, cpuSeconds()),
        ]
        if let bytes = residentBytes() {
            samples.append(MetricSample(MetricNames.processResidentMemory, Double(bytes)))
        }
        if let count = openDescriptors() {
            samples.append(MetricSample(MetricNames.processOpenDescriptors, Double(count)))
        }
        if let limit = descriptorLimit() {
            samples.append(MetricSample(MetricNames.processMaximumDescriptors, Double(limit)))
        }
        return samples
    }

    /// Fixes the start time; called first thing by `ServiceRuntime`.
    package static func markStart() {
        _ = started
    }

    private static func seconds(_ microseconds: Int64) -> Double {
        Double(microseconds) / 1e6
    }

    private static func cpuSeconds() -> Double {
        var usage = rusage()
        #if canImport(Glibc)
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        #else
        guard getrusage(RUSAGE_SELF, &usage) == 0 else { return 0 }
        #endif
        let user = Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) / 1e6
        let system = Double(usage.ru_stime.tv_sec) + Double(usage.ru_stime.tv_usec) / 1e6
        return user + system
    }

    /// Resident memory: the second field of `/proc/self/statm`, in pages.
    private static func residentBytes() -> Int? {
        #if os(Linux)
        let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let text = String(unsafeUninitializedCapacity: 256) { buffer in
            max(0, read(descriptor, buffer.baseAddress, 256))
        }
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
        #else
        return nil
        #endif
    }

    private static func openDescriptors() -> Int? {
        guard let folder = opendir(descriptorFolder) else { return nil }
        defer { closedir(folder) }
        var count = 0
        while let entry = readdir(folder) {
            // `.` and `..` start with a dot, descriptors with a digit.
            if entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 }
        }
        // The folder itself is open while it is read.
        return count - 1
    }

    private static var descriptorFolder: String {
        #if os(Linux)
        "/proc/self/fd"
        #else
        "/dev/fd"
        #endif
    }

    private static func descriptorLimit() -> UInt64? {
        var limit = rlimit()
        #if canImport(Glibc)
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        #else
        guard getrlimit(RLIMIT_NOFILE, &limit) == 0 else { return nil }
        #endif
        return UInt64(limit.rlim_cur)
    }
}
