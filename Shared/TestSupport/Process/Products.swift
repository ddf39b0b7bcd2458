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

/// The programs that were built beside the tests.
package enum Products {
    package static let router = "keirouter"
    package static let `guard` = "keirouter-guard"
    package static let saver = "keirouter-saver"
    package static let meter = "keirouter-meter"
    package static let portal = "keirouter-portal"

    /// The path of a program; `KEIROUTER_TEST_PRODUCTS` names another folder than that of the running tests.
    package static func path(_ name: String) throws -> String {
        let given = ProcessInfo.processInfo.environment["KEIROUTER_TEST_PRODUCTS"].map { [$0] } ?? []
        let folders = given + ancestors(of: ownPath)
        for folder in folders {
            let path = "\(folder)/\(name)"
            if access(path, X_OK) == 0 { return path }
        }
        throw TestSupportError(
            "\(name) is not built; run make dev first (looked in \(folders.joined(separator: ", ")))"
        )
    }

    private static var ownPath: String {
        #if os(Linux)
        if let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") { return path }
        #endif
        return CommandLine.arguments.first ?? ""
    }

    /// The folders around a file, the nearest first; a bundle's executable lies some folders deep.
    private static func ancestors(of path: String) -> [String] {
        var parts = path.split(separator: "/").map(String.init)
        var folders: [String] = []
        while parts.count > 1, folders.count < 5 {
            parts.removeLast()
            folders.append("/" + parts.joined(separator: "/"))
        }
        return folders
    }
}

/// What the system says about running processes; Linux only, elsewhere nothing is found.
package enum ProcessTable {
    /// The processes whose command line holds a text.
    package static func pids(mentioning text: String) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.sorted().filter { pid in
            pid != getpid() && ByteSearch.contains(TestFile.bytes("/proc/\(pid)/cmdline"), text)
        }
    }

    /// The processes that a process has started, their own children not among them.
    package static func children(of parent: Int32) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.sorted().filter { pid in
            // The parent's number is the second field behind the name, which may hold anything.
            let fields = TestFile.text("/proc/\(pid)/stat").split(separator: ")").last?.split(separator: " ")
            return fields.flatMap { $0.count > 1 ? Int32($0[1]) : nil } == parent
        }
    }

    /// Ends a process at once.
    package static func kill(_ pid: Int32) {
        signal(pid, SIGKILL)
    }

    /// Sends a signal to a process that a program under test has started.
    package static func signal(_ pid: Int32, _ number: Int32) {
        systemKill(pid, number)
    }

    /// The name of a process' program.
    package static func name(_ pid: Int32) -> String {
        let words = TestFile.bytes("/proc/\(pid)/cmdline").split(separator: 0)
        let program = words.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
        return String(program.split(separator: "/").last ?? "")
    }

    /// The resident memory of a process in bytes; `nil` when it is gone.
    package static func residentBytes(_ pid: Int32) -> Int? {
        for line in TestFile.text("/proc/\(pid)/status").split(separator: "\n") where line.hasPrefix("VmRSS:") {
            let digits = line.filter(\.isNumber)
            return Int(digits).map { $0 << 10 }
        }
        return nil
    }
}
