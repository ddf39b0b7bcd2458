#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The file this process was started from.
package enum OwnExecutable {
    /// Its absolute path without links, as it was at the start; `nil` where the system does not tell.
    package static let path: String? = findPath()

    /// The path of a file that lies beside it.
    package static func sibling(_ name: String) -> String? {
        guard let path, let slash = path.lastIndex(of: "/") else { return nil }
        return "\(path[...slash])\(name)"
    }

    /// The path of a program, given absolutely or by its name beside this one; `nil` when there is none.
    package static func program(_ name: String) -> String? {
        guard let path = name.hasPrefix("/") ? name : sibling(name), access(path, X_OK) == 0 else { return nil }
        return path
    }

    private static func findPath() -> String? {
        #if canImport(Darwin)
        var size: UInt32 = 0
        _ = _NSGetExecutablePath(nil, &size)
        var bytes = [CChar](repeating: 0, count: Int(size) + 1)
        guard _NSGetExecutablePath(&bytes, &size) == 0, let real = realpath(bytes, nil) else { return nil }
        #else
        guard let real = realpath("/proc/self/exe", nil) else { return nil }
        #endif
        defer { free(real) }
        return String(cString: real)
    }
}
