import Bootstrap
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// How a process ended.
package enum ProcessExit: Hashable, Sendable, CustomStringConvertible {
    case status(Int32)
    case signal(Int32)

    package var description: String {
        switch self {
        case .status(let status): "exit status \(status)"
        case .signal(let number): "signal \(number)"
        }
    }

    /// Reads what `waitpid` reports.
    package init(waitStatus: Int32) {
        let signal = waitStatus & 0x7F
        self = signal == 0 ? .status((waitStatus >> 8) & 0xFF) : .signal(signal)
    }
}

/// A running child, from its start until it is reaped.
final class ChildProcess: Sendable {
    let name: String
    let pid: Int32
    let startedAt = ContinuousClock.now
    /// Our end; closing it, or dying, tells the child that it is alone.
    private let lifeline: Int32
    private let ending = Mutex<ProcessExit?>(nil)

    private init(name: String, pid: Int32, lifeline: Int32) {
        self.name = name
        self.pid = pid
        self.lifeline = lifeline
    }

    deinit {
        close(lifeline)
    }

    /// Starts a process of a service.
    ///
    /// - Throws: ``ProgramFailure`` when the program is not there, or another process of the service still runs.
    static func start(_ service: ServiceProcess) throws(ProgramFailure) -> ChildProcess {
        guard let path = OwnExecutable.program(service.program) else {
            let place = OwnExecutable.path ?? "keirouter"
            throw ProgramFailure(.failed, "\(service.program) is missing beside \(place); build it with make build")
        }
        guard let lock = try ServiceLock.take(service.lockFile) else {
            let holder = ServiceLock.holder(service.lockFile).map { "the process \($0)" } ?? "another process"
            throw ProgramFailure(.failed, "\(holder) still runs as \(service.name) on this data folder; stop it first")
        }
        let pair = try Spawn.makeLifeline()
        defer { close(pair.theirs) }
        do throws(ProgramFailure) {
            let pid = try Spawn.start(
                path,
                arguments: service.arguments,
                lifeline: pair.theirs,
                lock: lock.descriptor
            )
            lock.write(process: pid)
            return ChildProcess(name: service.name, pid: pid, lifeline: pair.ours)
        } catch {
            close(pair.ours)
            throw error
        }
    }

    /// Blocks until the process has ended.
    func wait() -> ProcessExit {
        var info = siginfo_t()
        // Without reaping: the number stays ours until nobody can send it a signal any more.
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        return ending.withLock { ending in
            if let ending { return ending }
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            let exit = ProcessExit(waitStatus: status)
            ending = exit
            return exit
        }
    }

    /// How it ended, if it has; asks the system.
    func poll() -> ProcessExit? {
        ending.withLock { ending in
            var status: Int32 = 0
            if ending == nil, waitpid(pid, &status, WNOHANG) == pid { ending = ProcessExit(waitStatus: status) }
            return ending
        }
    }

    /// How it ended, if that is known.
    var exit: ProcessExit? { ending.withLock { $0 } }

    /// Sends a signal unless the process has been reaped.
    func send(_ signal: Int32) {
        ending.withLock { ending in
            if ending == nil { _ = kill(pid, signal) }
        }
    }
}
