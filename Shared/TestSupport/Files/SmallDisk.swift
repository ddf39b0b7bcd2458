#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A file system of its own with little room, in memory; it goes away with the value.
package final class SmallDisk: Sendable {
    package let path: String

    /// Whether this process may make one: on Linux with the right to mount.
    package static let isAvailable: Bool = {
        guard let folder = try? TemporaryFolder() else { return false }
        return (try? SmallDisk(at: folder.file("disk"), bytes: 1 << 16)) != nil
    }()

    /// Makes the folder and mounts the disk on it.
    ///
    /// - Throws: ``TestSupportError`` where that is not allowed.
    package init(at path: String, bytes: Int) throws {
        self.path = path
        #if os(Linux)
        mkdir(path, 0o700)
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(bytes),mode=0700") == 0 else {
            throw TestSupportError("no disk at \(path): errno \(errno)")
        }
        #else
        throw TestSupportError("a small disk needs Linux")
        #endif
    }

    deinit {
        #if os(Linux)
        // Whoever still has a file open keeps it until the end.
        umount2(path, Int32(MNT_DETACH))
        #endif
    }

    private var filler: String { "\(path)/filler" }

    /// Takes all the room there is.
    package func fill() throws {
        #if os(Linux)
        let file = open(filler, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw TestSupportError("no filler: errno \(errno)") }
        defer { close(file) }
        var size = 0
        for step in [1 << 20, 1 << 12] {
            while posix_fallocate(file, off_t(size), off_t(step)) == 0 { size += step }
        }
        #endif
    }

    /// Gives it back.
    package func empty() {
        unlink(filler)
    }
}
