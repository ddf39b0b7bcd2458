#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What the build knows about itself.
///
/// The commit stands in a file beside the executables, which `make build` writes: no source changes with a commit, so
/// the work tree stays clean and nothing is compiled anew for it.
enum BuildStamp {
    private static let fileName = "keirouter-commit"
    private static let longest = 64

    /// The commit, or `unknown` when the file is missing or older than the executable it should tell of.
    static let commit = read() ?? "unknown"

    private static func read() -> String? {
        guard let program = OwnExecutable.path, let stamp = OwnExecutable.sibling(fileName),
            let built = modified(program), let stamped = modified(stamp), stamped >= built,
            let bytes = try? TextFile.read(stamp, limit: longest)
        else { return nil }
        let text = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).first.map(String.init)
        guard let text, text.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || isLetterOrDigit($0) }) else { return nil }
        return text
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        default: false
        }
    }

    private static func modified(_ path: String) -> Int? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        #if canImport(Darwin)
        return Int(status.st_mtimespec.tv_sec)
        #else
        return Int(status.st_mtim.tv_sec)
        #endif
    }
}
