#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A folder of its own for one test; it goes away with the value.
package final class TemporaryFolder: Sendable {
    package let path: String

    /// Makes the folder; its path is short, so that sockets fit in it.
    package init() throws {
        var template = Array("/tmp/kr-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TestSupportError("no temporary folder: errno \(errno)") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of something inside.
    package func file(_ name: String) -> String {
        "\(path)/\(name)"
    }

    /// Writes a file and returns its path.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: file(name)))
        return file(name)
    }
}

/// What a test's own tools could not do.
package struct TestSupportError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// Reads files for tests.
package enum TestFile {
    /// The file's bytes; empty when there is none.
    package static func bytes(_ path: String) -> [UInt8] {
        (try? Data(contentsOf: URL(filePath: path))).map { [UInt8]($0) } ?? []
    }

    /// The file's text; empty when there is none.
    package static func text(_ path: String) -> String {
        String(decoding: bytes(path), as: UTF8.self)
    }

    /// The paths of all regular files below a folder, sorted.
    package static func all(below folder: String) -> [String] {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        return names.sorted().map { "\(folder)/\($0)" }.filter { path in
            var status = stat()
            return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        }
    }

    /// The files below a folder that hold a text, as paths.
    package static func holding(_ text: String, below folder: String) -> [String] {
        all(below: folder).filter { ByteSearch.contains(bytes($0), text) }
    }
}

/// Looks for bytes in bytes.
package enum ByteSearch {
    /// Where a text begins, or `nil`.
    package static func first(_ bytes: [UInt8], _ text: String, from start: Int = 0) -> Int? {
        let wanted = Array(text.utf8)
        guard let first = wanted.first, start >= 0 else { return nil }
        return bytes.withUnsafeBytes { whole -> Int? in
            guard let base = whole.baseAddress else { return nil }
            var place = start
            while place + wanted.count <= whole.count {
                // The C library's search is what makes this bearable in a debug build.
                let room = whole.count - wanted.count - place + 1
                guard let found = memchr(base + place, Int32(first), room) else { return nil }
                place = UnsafeRawPointer(found) - base
                if memcmp(base + place, wanted, wanted.count) == 0 { return place }
                place += 1
            }
            return nil
        }
    }

    /// Whether a text occurs.
    package static func contains(_ bytes: [UInt8], _ text: String) -> Bool {
        first(bytes, text) != nil
    }
}
