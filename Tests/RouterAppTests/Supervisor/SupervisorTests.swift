import Bootstrap
import Logging
import RouterApp
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// With shell scripts for services.
@Suite("The supervisor", .serialized)
struct SupervisorTests {
    private let folder: TemporaryFolder
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    init() throws {
        folder = try TemporaryFolder()
    }

    private func supervisor(_ program: String, grace: Duration = .seconds(5)) -> Supervisor {
        let service = ServiceProcess(
            service: "s",
            program: program,
            socket: "\(folder.path)/s.sock",
            lockFile: "\(folder.path)/s.lock",
            folder: DataFolder(folder.path),
            config: nil,
            logLevel: nil
        )
        return Supervisor([service], grace: grace, logger: logger)
    }

    /// Runs a supervisor while the body runs.
    private func running(_ supervisor: Supervisor, _ body: () async throws -> Void) async throws {
        try await supervisor.launch()
        try await withThrowingTaskGroup { group in
            group.addTask { try await supervisor.run() }
            do {
                try await body()
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
        }
    }

    private func isAlive(_ pid: Int?) -> Bool {
        guard let pid else { return false }
        return kill(pid_t(pid), 0) == 0
    }

    @Test("a service that was healthy is started again when it dies")
    func restarting() async throws {
        let supervisor = supervisor(try folder.script("stays", "exec sleep 60"))
        try await running(supervisor) {
            supervisor.markReady("s")
            let first = try #require(supervisor.records.first?.pid)
            kill(pid_t(first), SIGKILL)
            let isBack = await eventually {
                let record = supervisor.records.first
                return record?.pid != nil && record?.pid != first && record?.restarts == 1
            }
            #expect(isBack)
            #expect(!isAlive(first))
        }
        #expect(supervisor.records.first?.pid == nil)
    }

    @Test("a service that dies before it was healthy ends the start")
    func failingStart() async throws {
        let supervisor = supervisor(try folder.script("fails", "exit 7"))
        try await supervisor.launch()
        await #expect(
            throws: ProgramFailure(.failed, "s could not start (exit status 7); its last lines above say why")
        ) {
            try await supervisor.run()
        }
    }

    @Test("a program that is missing is told at once")
    func missing() async throws {
        await #expect(throws: ProgramFailure.self) {
            try await supervisor("\(folder.path)/nothing").launch()
        }
    }

    @Test("a service that does not stop is killed when the grace is over")
    func stubborn() async throws {
        let ready = "\(folder.path)/ready"
        let script = "trap '' TERM; echo yes > \(ready); while true; do sleep 0.05; done"
        let supervisor = supervisor(try folder.script("stubborn", script), grace: .milliseconds(100))
        try await running(supervisor) {
            supervisor.markReady("s")
            #expect(await eventually { folder.text("ready") == "yes\n" })
        }
        #expect(supervisor.records.first?.pid == nil)
    }

    @Test("a service hears that it is alone when its supervisor is gone")
    func lifeline() async throws {
        // The script's descriptor 3 is the lifeline: reading ends when the other side closes.
        let script = "echo $KEIROUTER_PARENT_FD > \(folder.path)/fd; cat <&3; echo alone > \(folder.path)/word; exit 0"
        let path = try folder.script("listens", script)
        let supervisor = supervisor(path)
        try await running(supervisor) {
            supervisor.markReady("s")
            #expect(await eventually { folder.text("fd") == "3\n" })
            #expect(folder.text("word").isEmpty)
        }
    }

    @Test("no descriptor but the standard ones, the lifeline and the lock reaches a service")
    func descriptors() async throws {
        // Opened without care, as a library might.
        let careless = open("/dev/null", O_RDONLY)
        defer { close(careless) }
        let script = "ls /proc/self/fd | tr '\\n' ' ' > \(folder.path)/list; exec sleep 60"
        let supervisor = supervisor(try folder.script("lists", script))
        try await running(supervisor) {
            supervisor.markReady("s")
            #expect(await eventually { folder.text("list").hasSuffix(" ") })
            let numbers = folder.text("list").split(separator: " ").compactMap { Int($0) }
            // `ls` itself opens the folder, the shell its script.
            #expect(Set(numbers).subtracting([0, 1, 2, 3, 4]).count <= 2, "\(numbers)")
            #expect(!numbers.contains(Int(careless)))
        }
    }

    @Test("one process of a service runs on a data folder, whoever starts it")
    func lock() async throws {
        let path = try folder.script("stays", "exec sleep 60")
        let first = supervisor(path)
        try await running(first) {
            first.markReady("s")
            let second = supervisor(path)
            await withThrowingTaskGroup { group in
                group.addTask { try await second.launch() }
                // It waits for the first one's child, which lives: the wait ends with the task.
                group.cancelAll()
                await #expect(throws: CancellationError.self) { try await group.next() }
            }
        }
    }
}
