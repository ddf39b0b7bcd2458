#if canImport(Glibc)
import Glibc
#endif

/// Lets glibc's allocator keep more freed memory at hand for each thread.
///
/// By itself it keeps seven blocks of a size and none above a kilobyte; with dozens of requests under way most allocations
/// miss that and take a path ten times as long. It can be told otherwise only by a variable that it reads as the process
/// starts, so a program that has not been started with one starts itself again, in the same process: a few milliseconds, once.
package enum AllocatorTuning {
    private static let variable = "GLIBC_TUNABLES"
    private static let value = "glibc.malloc.tcache_count=400:glibc.malloc.tcache_max=4096"

    /// Starts the program again if need be; where that cannot be done, it goes on as it is.
    ///
    /// To be called first by programs that serve, before they have opened anything. Those that they start inherit the variable; what
    /// an operator has set stays.
    package static func apply() {
        #if canImport(Glibc)
        guard getenv(variable) == nil, let path = OwnExecutable.path, setenv(variable, value, 0) == 0 else { return }
        _ = execv(path, CommandLine.unsafeArgv)
        #endif
    }
}
