import Synchronization

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

/// A PostgreSQL server of a test's own, on a Unix socket in a private folder; it ends with the test's process.
package final class PostgresServer: Sendable {
    /// What ran at first use, for all tests of the process that only need some server.
    private static let common = Task { try await PostgresServer() }
    private static let leftFolders = Mutex<(paths: [String], isArmed: Bool)>(([], false))
    private static let serial = Atomic(0)
    private static let user = "postgres"

    package let folder: TemporaryFolder
    /// Where the programs' own words go: the other folder is another user's.
    private let logs: TemporaryFolder
    private let programs: String
    private let isDurable: Bool
    private let process = Mutex<ChildProcess?>(nil)

    /// The server that tests share.
    package static func shared() async throws -> PostgresServer {
        try await common.value
    }

    /// Makes a cluster and starts its server.
    ///
    /// - Parameter isDurable: Whether a commit waits for the disk; without it tests are faster.
    /// - Throws: ``TestSupportError`` when it cannot be started.
    package init(isDurable: Bool = false) async throws {
        folder = try TemporaryFolder()
        logs = try TemporaryFolder()
        programs = try Self.findPrograms()
        self.isDurable = isDurable
        Self.removeAtExit(folder.path)
        Self.removeAtExit(logs.path)
        if getuid() == 0 {
            guard let entry = getpwnam(Self.user), chown(folder.path, entry.pointee.pw_uid, entry.pointee.pw_gid) == 0
            else { throw TestSupportError("there is no user \(Self.user) to run PostgreSQL as") }
        }
        let arguments = ["-D", data, "-U", Self.user, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
        let ending = try await child("initdb", arguments, log: "initdb.log").wait(deadline: .seconds(60))
        guard ending == .exited(0) else {
            throw TestSupportError("initdb failed: \(TestFile.text(logPath("initdb.log") + ".err").suffix(600))")
        }
        try await start()
    }

    deinit {
        process.withLock { $0?.kill() }
    }

    private var data: String { folder.file("data") }

    /// Starts the server again on the same data.
    package func start() async throws {
        var arguments = [
            "-D", data, "-k", folder.path, "-c", "listen_addresses=", "-c", "max_connections=300",
            "-c", "unix_socket_permissions=0777", "-c", "shared_buffers=32MB", "-c", "lc_messages=C",
        ]
        if !isDurable { arguments += ["-c", "fsync=off", "-c", "full_page_writes=off"] }
        let child = try child("postgres", arguments, log: "postgres.log")
        process.withLock { $0 = child }
        try await Poll.until("the server's socket", deadline: .seconds(60)) {
            access(folder.file(".s.PGSQL.5432.lock"), F_OK) == 0 && access(folder.file(".s.PGSQL.5432"), F_OK) == 0
        }
    }

    /// Stops the server: at once and without a word to its clients (SIGQUIT), or by ending their sessions (SIGINT).
    package func stop(isAbrupt: Bool) async throws {
        guard let child = process.withLock({ $0.take() }) else { return }
        child.signal(isAbrupt ? SIGQUIT : SIGINT)
        try await child.wait(deadline: .seconds(60))
    }

    /// Stops every process of the server where it is: connections stay, and new ones are taken by nobody.
    package func freeze() throws {
        try signal(SIGSTOP)
    }

    /// Lets the server go on after ``freeze()``.
    package func thaw() throws {
        try signal(SIGCONT)
    }

    /// The address of a database, `postgres` unless said otherwise.
    package func url(database: String = "postgres") -> String {
        "postgres://\(Self.user)@\(folder.path.replacing("/", with: "%2F"))/\(database)"
    }

    /// A schema's name that no other test of the process has.
    package static func newSchema() -> String {
        "test\(serial.wrappingAdd(1, ordering: .relaxed).newValue)"
    }

    /// Makes a database of a test's own.
    ///
    /// - Returns: Its address.
    package func makeDatabase() async throws -> String {
        let name = Self.newSchema()
        let ending = try await child(
            "createdb",
            ["-h", folder.path, "-U", Self.user, name],
            log: "createdb.log"
        ).wait(deadline: .seconds(60))
        guard ending == .exited(0) else { throw TestSupportError("createdb failed") }
        return url(database: name)
    }

    /// What a schema holds, as `pg_dump` writes it: text.
    package func dump(schema: String) async throws -> [UInt8] {
        let log = "dump-\(Self.serial.wrappingAdd(1, ordering: .relaxed).newValue).log"
        let arguments = ["-h", folder.path, "-U", Self.user, "-n", "\"\(schema)\"", "--inserts", "postgres"]
        let ending = try await child("pg_dump", arguments, log: log).wait(deadline: .seconds(60))
        guard ending == .exited(0) else {
            throw TestSupportError("pg_dump failed: \(TestFile.text(logPath(log) + ".err").suffix(600))")
        }
        return TestFile.bytes(logPath(log))
    }

    // MARK: Parts

    private func signal(_ number: Int32) throws {
        guard let parent = process.withLock({ $0?.pid }) else { throw TestSupportError("no server runs") }
        // The parent first when it is to stop, or it would take what happens to its children for a crash.
        for pid in [parent] + ProcessTable.children(of: parent) { systemKill(pid, number) }
    }

    private func logPath(_ name: String) -> String { "\(logs.path)/\(name)" }

    /// A program of PostgreSQL's, as a user it accepts.
    private func child(_ program: String, _ arguments: [String], log: String) throws -> ChildProcess {
        let path = "\(programs)/\(program)"
        guard getuid() == 0 else { return try ChildProcess(path, arguments, output: logPath(log)) }
        return try ChildProcess(
            "/usr/bin/setpriv",
            ["--reuid=\(Self.user)", "--regid=\(Self.user)", "--clear-groups", path] + arguments,
            output: logPath(log)
        )
    }

    private static func findPrograms() throws -> String {
        for version in stride(from: 20, through: 13, by: -1) {
            let path = "/usr/lib/postgresql/\(version)/bin"
            if access("\(path)/initdb", X_OK) == 0 { return path }
        }
        throw TestSupportError("PostgreSQL is not installed; scripts/setup test installs it")
    }

    private static func removeAtExit(_ path: String) {
        leftFolders.withLock { state in
            state.paths.append(path)
            guard !state.isArmed else { return }
            state.isArmed = true
            atexit { PostgresServer.removeFolders() }
        }
    }

    private static func removeFolders() {
        for path in leftFolders.withLock({ $0.paths }) {
            if let pid = Int32(TestFile.text("\(path)/data/postmaster.pid").prefix { $0 != "\n" }) {
                systemKill(pid, SIGQUIT)
                for _ in 0..<100 where access("\(path)/data/postmaster.pid", F_OK) == 0 { usleep(20_000) }
            }
            try? FileManager.default.removeItem(atPath: path)
        }
    }
}
