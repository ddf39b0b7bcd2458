import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Finds loopback ports that nobody listens on.
package enum FreePort {
    /// Below the ports that the system gives to connections: none of those can take one before its server does.
    private static let range = 10_240..<32_000
    private static let next = Atomic(Int.random(in: range))

    /// A port that is free now and was given to nobody else in this process.
    package static func take() throws -> Int {
        for _ in range {
            let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
            let port = range.lowerBound + number % range.count
            if isFree(port) { return port }
        }
        throw TestSupportError("there is no free port")
    }

    private static func isFree(_ port: Int) -> Bool {
        #if canImport(Darwin)
        let kind = SOCK_STREAM
        #else
        let kind = Int32(SOCK_STREAM.rawValue)
        #endif
        let descriptor = socket(AF_INET, kind, 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
