#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The file under a SQLite database: created private, checked before SQLite sees it.
///
/// An existing database is never opened here: closing any descriptor of a file drops every lock this process holds on it
/// (POSIX), also those of another connection to the same database.
enum SQLiteFile {
    /// Makes sure of a private file that can be written; `-wal` and `-shm` inherit its mode.
    static func prepare(_ path: String) throws(StoreError) {
        var status = stat()
        if stat(path, &status) != 0 {
            guard errno == ENOENT else { throw failed("open", path) }
            try create(path)
            return
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw StoreError(.unavailable, "\(path) is not a file")
        }
        guard access(path, R_OK | W_OK) == 0 else { throw failed("write", path) }
        // A copy made by hand may be readable by all. Where the file belongs to somebody else the mode is theirs to set.
        for file in [path, path + "-wal", path + "-shm"] { chmod(file, 0o600) }
    }

    /// Creates an empty file of ours; one that is there already is an error unless it appeared just now.
    static func create(_ path: String, exclusively: Bool = false) throws(StoreError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST, !exclusively { return }
            throw failed("create", path)
        }
        fchmod(descriptor, 0o600)
        close(descriptor)
    }

    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Gives a finished file its name, unless something has it already, and waits for the disk.
    static func publish(_ temporary: String, as path: String) throws(StoreError) {
        try synchronize(temporary)
        if link(temporary, path) == 0 {
            unlink(temporary)
        } else {
            // Not every file system has links; the existence was checked at the start.
            guard errno != EEXIST, !exists(path), rename(temporary, path) == 0 else { throw failed("create", path) }
        }
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        try synchronize(folder)
    }

    static func remove(_ path: String) {
        unlink(path)
    }

    private static func synchronize(_ path: String) throws(StoreError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failed("write", path) }
        defer { close(descriptor) }
        // Some network file systems cannot sync a folder.
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else { throw failed("write", path) }
    }

    private static func failed(_ operation: String, _ path: String) -> StoreError {
        let kind: StoreError.Kind =
            switch errno {
            case EACCES, EPERM, EROFS: .readOnly
            case ENOSPC, EDQUOT: .full
            default: .unavailable
            }
        return StoreError(kind, "cannot \(operation) \(path): \(String(cString: strerror(errno)))")
    }
}
