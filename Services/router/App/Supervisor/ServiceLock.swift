import Bootstrap

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The right to be the one process of a service.
///
/// The lock belongs to the open file, which the child inherits: it ends exactly when the child does, even when the
/// supervisor was killed before. So a new supervisor never runs a service beside its orphan.
struct ServiceLock: ~Copyable {
    /// What a child's own time for stopping is, and a little more.
    static let patience = Duration.seconds(30)

    let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Takes the lock; `nil` when a process has it.
    static func take(_ path: String) throws(ProgramFailure) -> ServiceLock? {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ProgramFailure(
                .failed,
                "\(path) cannot be opened (\(SystemError.text(errno))); check the folder's permissions"
            )
        }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            close(descriptor)
            guard code == EWOULDBLOCK else {
                throw ProgramFailure(.failed, "\(path) cannot be locked (\(SystemError.text(code)))")
            }
            return nil
        }
        // The lock goes with the open file, not with its number.
        let high = Spawn.aboveChildren(descriptor)
        let code = errno
        close(descriptor)
        guard high >= 0 else { throw ProgramFailure(.failed, "\(path) cannot be locked (\(SystemError.text(code)))") }
        return ServiceLock(descriptor: high)
    }

    /// Writes the process into the file, for whoever waits for it.
    func write(process pid: Int32) {
        let line = Array("\(pid)\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, line, line.count, 0)
    }

    /// The process that has the lock, as far as it is known.
    static func holder(_ path: String) -> Int32? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let text = String(unsafeUninitializedCapacity: 32) { buffer in
            max(0, pread(descriptor, buffer.baseAddress, 32, 0))
        }
        return Int32(text.prefix { $0.isNumber })
    }
}

/// The operating system's words for an error number.
enum SystemError {
    static func text(_ code: Int32) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}
