#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Reads small files whole, and says in words why it cannot.
enum TextFile {
    enum Failure: Error, Equatable {
        case missing
        case tooLong(limit: Int)
        case system(Int32)

        var problem: String {
            switch self {
            case .missing: "there is no such file"
            case .tooLong(let limit): "it is longer than \(limit) bytes"
            case .system(let code): SystemText.of(code)
            }
        }
    }

    static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw errno == ENOENT ? .missing : .system(errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        let chunk = 64 << 10
        while bytes.count <= limit {
            var code: Int32 = 0
            let part = [UInt8](unsafeUninitializedCapacity: chunk) { buffer, count in
                let received = libcRead(descriptor, buffer.baseAddress, chunk)
                code = received < 0 ? errno : 0
                count = max(0, received)
            }
            if code == EINTR { continue }
            guard code == 0 else { throw .system(code) }
            if part.isEmpty { return bytes }
            bytes += part
        }
        throw .tooLong(limit: limit)
    }

    private static func libcRead(_ descriptor: Int32, _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.read(descriptor, buffer, count)
        #elseif canImport(Musl)
        Musl.read(descriptor, buffer, count)
        #else
        Darwin.read(descriptor, buffer, count)
        #endif
    }
}

/// The operating system's words for an error number.
enum SystemText {
    static func of(_ code: Int32) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}
