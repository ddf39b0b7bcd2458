#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The right to run the services of a data folder, or one of them; one process has it at a time.
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
    /// - Parameters:
    ///   - folder: Must have been created.
    ///   - service: Whose data it is about; without one it is about running them all, which is another lock.
    /// - Returns: The lock, given back when nobody holds it any more.
    /// - Throws: ``DataFolderError`` that names the process which has it.
    package static func take(
        _ folder: DataFolder,
        service: String? = nil
    ) throws(DataFolderError) -> DataFolderLock {
        let path = service.map { folder.file("\($0).db.lock") } ?? lockFile(of: folder)
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
            let what = service.map { "the \($0)'s data in" } ?? "the data folder"
            throw DataFolderError(
                "\(what) \(folder.path) is in use by \(who); stop it first or choose another folder with --data"
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
        // Whoever looks for the holder has the lock for a moment too.
        for attempt in 1...10 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            guard attempt < 10, errno == EINTR || errno == EWOULDBLOCK else { break }
            usleep(5000)
        }
        return false
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
