package import Bootstrap

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Reads a file that a command was given, or what is piped in.
package enum InputFile {
    /// What one attempt to read gave: bytes, none at the end, or the system's error number.
    enum Part {
        case success([UInt8])
        case failure(Int32)
    }

    private static let step = 64 << 10

    /// Reads all of it.
    ///
    /// - Parameters:
    ///   - path: The file; `-` for the standard input.
    ///   - longest: More bytes than these are refused.
    /// - Returns: Its bytes.
    /// - Throws: ``ProgramFailure`` when it cannot be read or is too long.
    package static func read(_ path: String, longest: Int) throws(ProgramFailure) -> [UInt8] {
        if path == "-" { return try read(STDIN_FILENO, "the standard input", longest) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw ProgramFailure(.failed, "\(path) cannot be read (\(SystemError.text(errno)))")
        }
        defer { close(descriptor) }
        return try read(descriptor, path, longest)
    }

    private static func read(_ descriptor: Int32, _ name: String, _ longest: Int) throws(ProgramFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count <= longest {
            switch next(descriptor, min(step, longest + 1 - bytes.count)) {
            case .failure(let code): throw ProgramFailure(.failed, "\(name) cannot be read (\(SystemError.text(code)))")
            case .success(let part):
                if part.isEmpty { return bytes }
                bytes += part
            }
        }
        throw ProgramFailure(.failed, "\(name) has more than \(longest) bytes; give less")
    }

    /// Some bytes, none at the end.
    static func next(_ descriptor: Int32, _ count: Int) -> Part {
        var bytes = [UInt8](repeating: 0, count: count)
        while true {
            let received = systemRead(descriptor, &bytes, count)
            if received >= 0 { return .success(Array(bytes[..<received])) }
            guard errno == EINTR else { return .failure(errno) }
        }
    }

    private static func systemRead(_ descriptor: Int32, _ bytes: inout [UInt8], _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.read(descriptor, &bytes, count)
        #elseif canImport(Musl)
        Musl.read(descriptor, &bytes, count)
        #else
        Darwin.read(descriptor, &bytes, count)
        #endif
    }
}
