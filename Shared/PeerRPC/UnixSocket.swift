import NIOCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The file-system side of Unix sockets.
enum UnixSocket {
    /// The longest path that fits every system's socket address with its final zero.
    static let longestPath = 103

    /// What stands at a path.
    enum Occupant: Equatable {
        case nothing
        case liveSocket
        /// A socket that nobody listens on any more.
        case deadSocket
        case other
    }

    /// What tells one socket file from the next one at the same path.
    struct Identity: Hashable, Sendable {
        var inode: UInt64
        var seconds: Int
        var nanoseconds: Int
    }

    /// The identity of the socket at a path, or `nil` if there is none.
    static func identity(of path: String) -> Identity? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
        #if canImport(Darwin)
        let changed = status.st_ctimespec
        #else
        let changed = status.st_ctim
        #endif
        return Identity(inode: UInt64(status.st_ino), seconds: Int(changed.tv_sec), nanoseconds: Int(changed.tv_nsec))
    }

    static func occupant(of path: String) -> Occupant {
        var status = stat()
        guard lstat(path, &status) == 0 else { return .nothing }
        guard status.st_mode & S_IFMT == S_IFSOCK else { return .other }
        let descriptor = makeSocket()
        guard descriptor >= 0 else { return .liveSocket }
        defer { close(descriptor) }
        // Without blocking: a full backlog is a live server too.
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        guard withAddress(path, { connect(descriptor, $0, $1) }) != 0 else { return .liveSocket }
        return errno == ECONNREFUSED ? .deadSocket : .liveSocket
    }

    /// Binds and listens: mode 0660, and only over a socket that refuses a connect.
    ///
    /// - Returns: The listening descriptor, which the caller owns.
    static func listen(at path: String, backlog: Int32 = 256) throws(RPCServerError) -> CInt {
        let bytes = path.utf8.count
        guard bytes <= longestPath else { throw .socketPathTooLong(path: path, bytes: bytes) }
        switch occupant(of: path) {
        case .nothing: break
        case .deadSocket: unlink(path)
        case .liveSocket: throw .socketInUse(path: path)
        case .other: throw .socketPathTaken(path: path)
        }
        let descriptor = makeSocket()
        guard descriptor >= 0 else { throw failure(path) }
        // On Linux the file takes its mode from the socket, so there is no moment in which it is open to others.
        _ = fchmod(descriptor, 0o660)
        guard withAddress(path, { bind(descriptor, $0, $1) }) == 0 else {
            let error = errno == EADDRINUSE ? RPCServerError.socketInUse(path: path) : failure(path)
            close(descriptor)
            throw error
        }
        guard chmod(path, 0o660) == 0, systemListen(descriptor, backlog) == 0 else {
            let error = failure(path)
            close(descriptor)
            unlink(path)
            throw error
        }
        return descriptor
    }

    /// Removes the socket at a path if it is still the one that was meant.
    static func remove(_ path: String, _ identity: Identity) {
        if self.identity(of: path) == identity { unlink(path) }
    }

    private static func failure(_ path: String) -> RPCServerError {
        .cannotListen(address: "unix://\(path)", problem: String(cString: strerror(errno)))
    }

    private static func makeSocket() -> CInt {
        #if canImport(Glibc)
        let kind = CInt(SOCK_STREAM.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        let descriptor = socket(AF_UNIX, kind, 0)
        if descriptor >= 0 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        return descriptor
    }

    private static func systemListen(_ descriptor: CInt, _ backlog: Int32) -> CInt {
        #if canImport(Darwin)
        Darwin.listen(descriptor, backlog)
        #elseif canImport(Musl)
        Musl.listen(descriptor, backlog)
        #else
        Glibc.listen(descriptor, backlog)
        #endif
    }

    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count <= longestPath else {
            errno = ENAMETOOLONG
            return -1
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
