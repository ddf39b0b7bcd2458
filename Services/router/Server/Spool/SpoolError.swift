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

    /// What a client is told, which names no path.
    package var explanation: String {
        switch (operation, code) {
        case ("grow", ENOSPC): "more requests wait for the meter than the gateway can keep account of"
        case (_, ENOSPC), (_, EDQUOT): "the gateway's disk is full: it cannot keep account of requests now"
        default: "the gateway cannot keep account of requests now"
        }
    }
}
