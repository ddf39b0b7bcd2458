#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The right to run the services of a data folder; one process has it at a time.
///
/// It is an advisory lock on `run/lock` that the operating system takes back when the process ends, however it ends.
/// The descriptor is not inherited by children.
package final class DataFolderLock: Sendable {
    private let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Takes the lock and writes this process into the file.
    ///
    /// - Throws: ``DataFolderError`` that names the process which has it.
    package static func take(_ folder: DataFolder) throws(DataFolderError) -> DataFolderLock {
        let path = lockFile(of: folder)
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw DataFolderError(
                "\(path) cannot be opened (\(SystemText.of(errno))); choose another folder with --data"
            )
        }
        guard lock(descriptor) else {
            let code = errno
            let holder = pid(in: descriptor)
            close(descriptor)
            guard code == EWOULDBLOCK else {
                throw DataFolderError("\(path) cannot be locked (\(SystemText.of(code)))")
            }
            let who = holder.map { "the process \($0)" } ?? "another process"
            throw DataFolderError(
                "the data folder \(folder.path) is in use by \(who); stop it first or choose another folder with --data"
            )
        }
        let taken = DataFolderLock(descriptor: descriptor)
        taken.writeProcess()
        return taken
    }

    /// The process that has the lock, or `nil` when nobody has; zero when it cannot be told who.
    package static func holder(of folder: DataFolder) -> Int32? {
        let descriptor = open(lockFile(of: folder), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else { return nil }
        return pid(in: descriptor) ?? 0
    }

    private static func lockFile(of folder: DataFolder) -> String {
        "\(folder.runFolder)/lock"
    }

    private static func lock(_ descriptor: Int32) -> Bool {
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EINTR else { return false }
        }
        return true
    }

    private static func pid(in descriptor: Int32) -> Int32? {
        let text = String(unsafeUninitializedCapacity: 32) { buffer in
            max(0, pread(descriptor, buffer.baseAddress, 32, 0))
        }
        return Int32(text.prefix { $0.isNumber })
    }

    private func writeProcess() {
        let line = Array("\(getpid())\n".utf8)
        // Who holds it is a courtesy to the reader of an error; the lock itself does not depend on it.
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, line, line.count, 0)
    }
}
