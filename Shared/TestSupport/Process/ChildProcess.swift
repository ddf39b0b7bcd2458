import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A process of its own group that a test starts; it never outlives the test.
package final class ChildProcess: Sendable {
    /// How a process ended.
    package enum Ending: Hashable, Sendable {
        case exited(Int32)
        case signalled(Int32)
    }

    /// More than a test ever has open.
    private static let mostDescriptors: Int32 = 2048

    package let pid: Int32
    package let standardOutput: String
    package let standardError: String
    private let ending = Mutex<Ending?>(nil)

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: The path of the executable.
    ///   - arguments: What follows its name.
    ///   - environment: Its whole environment.
    ///   - output: The file that standard output is appended to; standard error goes to the same name with `.err`.
    /// - Throws: ``TestSupportError`` when it cannot be started.
    package init(
        _ program: String,
        _ arguments: [String],
        environment: [String: String] = ChildProcess.plainEnvironment,
        output: String
    ) throws {
        standardOutput = output
        standardError = output + ".err"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, standardOutput, flags, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, standardError, flags, 0o600)
        // A socket of the test that lives on in a child is not closed when the test closes it.
        for descriptor in 3..<Self.mostDescriptors { posix_spawn_file_actions_addclose(&actions, descriptor) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The test's own signal settings are not the program's.
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK)
        )

        let words = CStrings([program] + arguments)
        let variables = CStrings(environment.map { "\($0.key)=\($0.value)" })
        var started: Int32 = 0
        let code = posix_spawn(&started, program, &actions, &attributes, words.pointers, variables.pointers)
        guard code == 0 else { throw TestSupportError("\(program) does not start: errno \(code)") }
        pid = started
        Orphans.add(started)
    }

    deinit {
        kill()
    }

    /// `PATH` and `HOME`, nothing of the test's own.
    package static var plainEnvironment: [String: String] {
        ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8"]
    }

    package var output: String { TestFile.text(standardOutput) }
    package var errors: String { TestFile.text(standardError) }

    /// How it ended, or `nil` while it runs.
    package func check() -> Ending? {
        ending.withLock { ending in
            if let ending { return ending }
            var status: Int32 = 0
            guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
            Orphans.remove(pid)
            ending = Self.read(status)
            return ending
        }
    }

    package var isRunning: Bool { check() == nil }

    /// Sends a signal to the process alone.
    package func signal(_ number: Int32) {
        ending.withLock { ending in
            // After it was waited for the number may be somebody else's.
            guard ending == nil else { return }
            systemKill(pid, number)
        }
    }

    /// Waits for its end.
    @discardableResult
    package func wait(deadline: Duration = Poll.patience) async throws -> Ending {
        do {
            return try await Poll.value("the end of process \(pid)", deadline: deadline, every: .milliseconds(4)) {
                check()
            }
        } catch let error as PollTimeout {
            throw TestSupportError("\(error); its log ends in: \(errors.suffix(600))")
        }
    }

    /// Ends the process and whatever it started, at once.
    package func kill() {
        ending.withLock { ending in
            systemKill(-pid, SIGKILL)
            guard ending == nil else { return }
            systemKill(pid, SIGKILL)
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            Orphans.remove(pid)
            ending = Self.read(status)
        }
    }

    private static func read(_ status: Int32) -> Ending {
        let signal = status & 0x7F
        return signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
    }
}

/// The C function under a name that methods called `kill` do not hide.
func systemKill(_ pid: Int32, _ number: Int32) {
    _ = kill(pid, number)
}

/// Null-terminated texts for C, freed with the value.
private final class CStrings {
    let pointers: [UnsafeMutablePointer<CChar>?]

    init(_ texts: [String]) {
        pointers = texts.map { strdup($0) } + [nil]
    }

    deinit {
        for pointer in pointers { free(pointer) }
    }
}

/// Ends at exit what a test left running, since values that live to the end are never deinitialized.
private enum Orphans {
    private static let pids = Mutex<(pids: Set<Int32>, isArmed: Bool)>(([], false))

    static func add(_ pid: Int32) {
        pids.withLock { state in
            state.pids.insert(pid)
            guard !state.isArmed else { return }
            state.isArmed = true
            atexit { Orphans.end() }
        }
    }

    static func remove(_ pid: Int32) {
        pids.withLock { _ = $0.pids.remove(pid) }
    }

    private static func end() {
        for pid in pids.withLock({ $0.pids }) {
            systemKill(-pid, SIGKILL)
            systemKill(pid, SIGKILL)
        }
    }
}
