#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The fonts beside the program, as `scripts/fonts` makes them: `share/keirouter/fonts`.
struct FontFolder: Sendable {
    struct Face: Sendable {
        let file: String
        let bytes: [UInt8]
        let family: String
        let weight: Int

        /// The rule that makes the face known.
        func rule(_ address: String) -> String {
            "@font-face{font-family:\"\(family)\";font-weight:\(weight);font-display:swap;src:url(\(address)) format(\"woff2\")}"
        }
    }

    struct Text: Sendable {
        let file: String
        let bytes: [UInt8]
    }

    private static let largest = 256 * 1024
    private static let known: [(file: String, family: String, weight: Int)] = [
        ("interchange-sans-400.woff2", "Interchange Sans", 400),
        ("interchange-sans-600.woff2", "Interchange Sans", 600),
        ("interchange-sans-700.woff2", "Interchange Sans", 700),
        ("interchange-mono-400.woff2", "Interchange Mono", 400),
    ]

    let faces: [Face]
    let licences: [Text]

    /// Reads a folder; what is not there is left out, and pages use the system's fonts instead.
    init(_ path: String) {
        faces = Self.known.compactMap { known in
            Self.read("\(path)/\(known.file)").map {
                Face(file: known.file, bytes: $0, family: known.family, weight: known.weight)
            }
        }
        licences = ["OFL-interchange-sans.txt", "OFL-interchange-mono.txt"].compactMap { name in
            Self.read("\(path)/\(name)").map { Text(file: name, bytes: $0) }
        }
    }

    /// The folder beside the running program: `../share/keirouter/fonts`, or `share/keirouter/fonts` in its own.
    static func beside(program: String) -> FontFolder? {
        let parts = program.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let folder = parts.joined(separator: "/")
        for path in ["\(folder)/../share/keirouter/fonts", "\(folder)/share/keirouter/fonts"] {
            let fonts = FontFolder(path)
            if !fonts.faces.isEmpty { return fonts }
        }
        return nil
    }

    /// The path of the running program.
    static var program: String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { readlink("/proc/self/exe", $0, bytes.count) } ?? -1
        }
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : CommandLine.arguments.first ?? ""
    }

    private static func read(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = chunk.withUnsafeMutableBytes { buffer in
                buffer.baseAddress.map { readBytes(file, $0, buffer.count) } ?? -1
            }
            if count == 0 { return bytes }
            guard count > 0, bytes.count + count <= largest else { return nil }
            bytes += chunk[..<count]
        }
    }
}

/// `read` by a name that a method of the same name does not hide.
private func readBytes(_ file: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(file, buffer, count)
}
