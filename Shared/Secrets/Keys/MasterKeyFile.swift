#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The file that holds the master key: private, whole or absent, written once.
struct MasterKeyFile {
    /// Longer files are not a key; the bound keeps a mistaken path from being read into memory.
    static let maximumBytes = 1024

    let path: String
    private let folder: String

    init(folder: String) {
        self.folder = folder
        path = folder.hasSuffix("/") ? folder + MasterKey.fileName : folder + "/" + MasterKey.fileName
    }

    /// The text, or `nil` when there is no file.
    func read() throws(SecretsError) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failed("read")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failed("read") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .masterKeyInvalid(source: path, problem: "it is not a file")
        }
        guard status.st_mode & 0o077 == 0 else { throw .masterKeyReadableByOthers(path: path) }
        var bytes = [UInt8](repeating: 0, count: Self.maximumBytes + 1)
        var count = 0
        while count < bytes.count {
            let received = bytes.withUnsafeMutableBytes { Self.read(descriptor, $0, from: count) }
            if received < 0 {
                if errno == EINTR { continue }
                throw failed("read")
            }
            if received == 0 { break }
            count += received
        }
        guard count <= Self.maximumBytes else {
            throw .masterKeyInvalid(source: path, problem: "it is longer than \(Self.maximumBytes) bytes")
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// Makes the file, unless somebody else did meanwhile; the caller reads what is there afterwards.
    ///
    /// The text goes into a private temporary file that is on the disk before its link appears under the real name, so
    /// that neither a crash nor a second process ever leaves or sees half a key. `link` refuses an existing name.
    func create(text: String) throws(SecretsError) {
        let suffix = randomBytes(8).map { String($0, radix: 16) }.joined()
        let temporary = path + "." + suffix
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failed("create") }
        defer { unlink(temporary) }
        do {
            defer { close(descriptor) }
            // The process's umask may have taken rights away, never added some; this makes the mode exact.
            guard fchmod(descriptor, 0o600) == 0 else { throw failed("create") }
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let written = rest.withUnsafeBytes { Self.write(descriptor, $0) }
                if written < 0 {
                    if errno == EINTR { continue }
                    throw failed("write")
                }
                rest = rest.dropFirst(written)
            }
            guard fsync(descriptor) == 0 else { throw failed("write") }
        }
        guard link(temporary, path) == 0 || errno == EEXIST else { throw failed("create") }
        try syncFolder()
    }

    private func syncFolder() throws(SecretsError) {
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failed("write") }
        defer { close(descriptor) }
        // Some network file systems cannot sync a folder; the key is in place either way.
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else { throw failed("write") }
    }

    private func failed(_ operation: String) -> SecretsError {
        .fileFailed(path: path, operation: operation, problem: String(cString: strerror(errno)))
    }

    private static func read(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer, from offset: Int) -> Int {
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[offset...])
        #if canImport(Glibc)
        return Glibc.read(descriptor, rest.baseAddress, rest.count)
        #elseif canImport(Musl)
        return Musl.read(descriptor, rest.baseAddress, rest.count)
        #elseif canImport(Darwin)
        return Darwin.read(descriptor, rest.baseAddress, rest.count)
        #endif
    }

    private static func write(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        return Glibc.write(descriptor, buffer.baseAddress, buffer.count)
        #elseif canImport(Musl)
        return Musl.write(descriptor, buffer.baseAddress, buffer.count)
        #elseif canImport(Darwin)
        return Darwin.write(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }
}
