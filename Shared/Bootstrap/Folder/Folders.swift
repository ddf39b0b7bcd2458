#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The few things done with folders, without Foundation.
enum Folders {
    /// Makes a folder and those above it, readable by this user alone; one that is there is left as it is.
    static func make(_ path: String) throws(DataFolderError) {
        var status = stat()
        if stat(path, &status) == 0 {
            guard isFolder(status) else { throw DataFolderError("\(path) is not a folder") }
            return
        }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex { try make(String(path[..<slash])) }
        guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
        throw DataFolderError(
            "the folder \(path) cannot be created (\(SystemText.of(errno))); choose another with --data"
        )
    }

    /// Makes a folder that must belong to this user alone, in a place where others may write.
    ///
    /// - Throws: ``DataFolderError`` when someone else was there first, or it is a link, or others may enter.
    static func makePrivate(_ path: String) throws(DataFolderError) {
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            throw DataFolderError("the folder \(path) for sockets cannot be created (\(SystemText.of(errno)))")
        }
        var status = stat()
        guard lstat(path, &status) == 0, isFolder(status), status.st_uid == getuid(), status.st_mode & 0o022 == 0 else {
            throw DataFolderError("the folder \(path) for sockets is not this user's alone; remove it")
        }
    }

    static func homeOfUser() -> String? {
        guard let entry = getpwuid(getuid()), let home = entry.pointee.pw_dir else { return nil }
        let path = String(cString: home)
        return path.isEmpty ? nil : path
    }

    static func current() -> String? {
        guard let path = getcwd(nil, 0) else { return nil }
        defer { free(path) }
        return String(cString: path)
    }

    /// The path without links, `.` and `..`; where its end does not exist yet, the part that does is resolved.
    static func resolved(_ path: String) -> String {
        if let real = realpath(path, nil) {
            defer { free(real) }
            return String(cString: real)
        }
        let parts = path.split(separator: "/").filter { $0 != "." }
        guard let last = parts.last, last != ".." else { return path }
        let above = (path.hasPrefix("/") ? "/" : "") + parts.dropLast().joined(separator: "/")
        let parent = above.isEmpty ? "." : above
        let resolved = parent == "/" ? "" : resolved(parent)
        return "\(resolved)/\(last)"
    }

    private static func isFolder(_ status: stat) -> Bool {
        status.st_mode & S_IFMT == S_IFDIR
    }
}
