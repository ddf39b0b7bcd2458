#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Why the spool could not be used.
package struct SpoolError: Error, Hashable, CustomStringConvertible {
    /// What was tried: create, allocate, map, lock, read, grow.
    package var operation: String
    package var path: String
    /// The `errno` value.
    package var code: Int32

    package var description: String {
        "spool: cannot \(operation) \(path): \(String(cString: strerror(code)))"
    }
}
