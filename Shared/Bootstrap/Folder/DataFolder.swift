#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Why the data folder cannot be used, in one line that says what to do.
package struct DataFolderError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The folder that holds everything an installation keeps, and the sockets its services answer on.
package struct DataFolder: Hashable, Sendable {
    /// A socket's path must be shorter than this: the address structure of macOS has 104 bytes, a zero included.
    package static let longestSocketPath = 104
    /// Room for `/`, the service, `/`, the replica and `.sock` behind the folder of sockets.
    private static let socketNameRoom = 40

    /// The folder, absolute.
    package let path: String
    /// What belongs to the running processes: the lock and, where its path is short enough, the sockets.
    package let runFolder: String
    /// Where sockets lie: ``runFolder``, or a folder of this user in `/tmp` when the data folder's path is too long.
    package let socketFolder: String

    /// Describes the folder at an absolute path; nothing is created.
    package init(_ path: String) {
        self.path = path
        runFolder = "\(path)/run"
        let fits = runFolder.utf8.count + Self.socketNameRoom < Self.longestSocketPath
        socketFolder = fits ? runFolder : "/tmp/keirouter-\(getuid())-\(Self.hash(path))"
    }

    /// A file or folder inside.
    package func file(_ name: String) -> String {
        "\(path)/\(name)"
    }

    // MARK: Sockets

    /// The socket of a service, or of one of its replicas; always shorter than ``longestSocketPath``.
    ///
    /// - Parameters:
    ///   - service: `guard`, `meter` and so on.
    ///   - instance: Which of several replicas; they share a folder that callers watch.
    /// - Returns: `run/meter.sock` or `run/guard/1.sock` in the data folder, or the same below `/tmp`.
    package func socketPath(service: String, instance: String? = nil) -> String {
        let service = Self.fileName(service, longest: 12)
        guard let instance, !instance.isEmpty else { return "\(socketFolder)/\(service).sock" }
        return "\(socketFolder)/\(service)/\(Self.fileName(instance, longest: 20)).sock"
    }

    /// The same after making the folder it lies in.
    package func prepareSocket(service: String, instance: String? = nil) throws(DataFolderError) -> String {
        try prepareSocketFolder()
        let socket = socketPath(service: service, instance: instance)
        if instance?.isEmpty == false {
            try Folders.makePrivate("\(socketFolder)/\(Self.fileName(service, longest: 12))")
        }
        return socket
    }

    /// A name that is one part of a path: other characters become `_`, a long one ends in a hash of the whole.
    private static func fileName(_ text: String, longest: Int) -> String {
        let bytes = text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                byte
            default: UInt8(ascii: "_")
            }
        }
        guard bytes.count > longest else { return String(decoding: bytes, as: UTF8.self) }
        return String(decoding: bytes.prefix(longest - 9), as: UTF8.self) + "-" + hash(text).suffix(8)
    }

    /// FNV-1a, 16 hexadecimal digits: the same in every process and on every run.
    private static func hash(_ text: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    // MARK: Creating

    /// Makes the folder (0700) and what belongs in it, and checks that it can be written to.
    ///
    /// A folder that is there keeps its permissions: it may be a volume that is shared on purpose.
    package func create() throws(DataFolderError) {
        try Folders.make(path)
        guard access(path, R_OK | W_OK | X_OK) == 0 else {
            let reason = SystemText.of(errno)
            throw DataFolderError("the data folder \(path) is not writable (\(reason)); choose another with --data")
        }
        try Folders.make(runFolder)
        try prepareSocketFolder()
    }

    /// Whether nobody but its owner may enter the folder.
    package var isPrivate: Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & 0o077 == 0
    }

    private func prepareSocketFolder() throws(DataFolderError) {
        if socketFolder == runFolder {
            try Folders.make(runFolder)
        } else {
            try Folders.makePrivate(socketFolder)
        }
    }

    // MARK: Finding

    /// The absolute path of the data folder: the given one, or `~/.keirouter`.
    static func resolve(_ given: String?, home: String?) throws(DataFolderError) -> String {
        var path = given ?? "~/.keirouter"
        if path == "~" || path.hasPrefix("~/") {
            guard let home = home ?? Folders.homeOfUser() else {
                throw DataFolderError("this user has no home folder; choose a data folder with --data")
            }
            path = home + path.dropFirst()
        }
        if !path.hasPrefix("/") {
            guard let current = Folders.current() else {
                throw DataFolderError("the current folder cannot be read; give --data an absolute path")
            }
            path = "\(current)/\(path)"
        }
        return Folders.resolved(path)
    }

    /// Whether two paths lead to the same file.
    static func isSame(_ one: String, _ other: String) -> Bool {
        Folders.resolved(one) == Folders.resolved(other)
    }
}
