import Bootstrap
package import Logging
import NIOPosix
import Observability
import ServiceLifecycle
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Keeps the services of this machine running while the router runs in this process.
///
/// A child that dies is started again after a pause that grows. A child that dies before the first time that it was
/// healthy ends the program: what is wrong then is wrong for good. When the program stops, the children stop after the
/// router, which has calls to end; when it is killed, their lifelines close and they stop by themselves.
package final class Supervisor: Service, CustomStringConvertible {
    /// How long children may take to stop before they are killed.
    package static let grace = Duration.seconds(8)

    package let description = "supervisor"

    private struct Slot {
        let service: ServiceProcess
        var process: ChildProcess?
        var sinceUS = 0
        var restarts = 0
        var isReady = false
    }

    private struct State {
        var slots: [Slot]
        var isStopping = false
    }

    private let state: Mutex<State>
    private let pool: NIOThreadPool
    private let grace: Duration
    private let logger: Logger
    private let onChange: @Sendable ([ServiceRecord]) -> Void

    /// - Parameters:
    ///   - services: What to run.
    ///   - grace: How long children may take to stop.
    ///   - logger: Where starts, ends and restarts are noted.
    ///   - onChange: Hears of every process that was started.
    package init(
        _ services: [ServiceProcess],
        grace: Duration = Supervisor.grace,
        logger: Logger,
        onChange: @escaping @Sendable ([ServiceRecord]) -> Void = { _ in }
    ) {
        state = Mutex(State(slots: services.map { Slot(service: $0) }))
        // One thread sleeps in the kernel for each child, one more ends those that do not want to.
        pool = NIOThreadPool(numberOfThreads: services.count + 1)
        self.grace = grace
        self.logger = logger
        self.onChange = onChange
    }

    /// What runs now.
    package var records: [ServiceRecord] {
        state.withLock { state in
            state.slots.map { slot in
                ServiceRecord(
                    name: slot.service.name,
                    pid: slot.process.map { Int($0.pid) },
                    sinceUS: slot.sinceUS,
                    restarts: slot.restarts,
                    socket: slot.service.socket
                )
            }
        }
    }

    // MARK: Life

    /// Starts every child and does not wait for any, so that the router can open its own files meanwhile.
    ///
    /// An orphan of a supervisor that was killed is waited for: it still writes to its database.
    package func launch() async throws {
        pool.start()
        let count = state.withLock { $0.slots.count }
        for index in 0..<count {
            do {
                try await waitForOrphan(index)
                try start(index)
            } catch {
                await end()
                throw error
            }
        }
        onChange(records)
    }

    /// Runs until the program stops; ``launch()`` comes first.
    package func run() async throws {
        let count = state.withLock { $0.slots.count }
        defer { logger.debug("supervisor stopped") }
        do {
            try await withTaskCancellationHandler {
                try await withGracefulShutdownHandler {
                    guard count > 0 else { return try await gracefulShutdown() }
                    try await withThrowingDiscardingTaskGroup { keepers in
                        for index in 0..<count { keepers.addTask { try await self.keep(index) } }
                    }
                } onGracefulShutdown: {
                    self.stop()
                }
            } onCancel: {
                self.stop()
            }
        } catch {
            await end()
            throw error
        }
        await end()
    }

    /// Notes that a service has been healthy, so that its death from now on is answered with a restart.
    package func markReady(_ name: String) {
        state.withLock { state in
            for index in state.slots.indices where state.slots[index].service.name == name {
                state.slots[index].isReady = true
            }
        }
    }

    /// Stops what runs and waits for it; harmless when nothing does.
    package func end() async {
        stop()
        let processes = state.withLock { state in state.slots.compactMap(\.process) }
        for process in processes { _ = await exit(of: process) }
        await withCheckedContinuation { done in
            pool.shutdownGracefully { _ in done.resume() }
        }
    }

    // MARK: One child

    private func keep(_ index: Int) async throws {
        var backOff = BackOff()
        while let process = state.withLock({ $0.slots[index].process }) {
            let exit = await exit(of: process)
            guard let (name, wasReady) = ended(index) else { return }
            onChange(records)
            guard wasReady else {
                stop()
                throw ProgramFailure(.failed, "\(name) could not start (\(exit)); its last lines above say why")
            }
            let life = process.startedAt.duration(to: .now)
            while true {
                let pause = backOff.pause(afterLiving: life)
                logger.warning(
                    "service died, it is started again",
                    metadata: [
                        "keirouter.service": "\(name)", "process.pid": "\(process.pid)", "exit": "\(exit)",
                        "pause_ms": "\(Int(pause / .milliseconds(1)))",
                    ]
                )
                guard await sleep(pause) else { return }
                do {
                    try start(index)
                    break
                } catch {
                    logger.error("service not started", metadata: ["error": "\(error)"])
                }
            }
            onChange(records)
        }
    }

    /// Takes note of a death.
    ///
    /// - Returns: The service's name and whether it had been healthy, or `nil` when it was meant to die.
    private func ended(_ index: Int) -> (name: String, wasReady: Bool)? {
        state.withLock { state in
            state.slots[index].process = nil
            guard !state.isStopping else { return nil }
            let slot = state.slots[index]
            return (slot.service.name, slot.isReady || !slot.service.isEssential)
        }
    }

    private func start(_ index: Int) throws {
        let service = state.withLock { state in state.isStopping ? nil : state.slots[index].service }
        guard let service else { return }
        let process = try ChildProcess.start(service)
        logger.info(
            "service started",
            metadata: ["keirouter.service": "\(service.name)", "process.pid": "\(process.pid)"]
        )
        let isLate = state.withLock { state in
            if state.slots[index].sinceUS > 0 { state.slots[index].restarts += 1 }
            state.slots[index].process = process
            state.slots[index].sinceUS = Int(WallClock.now())
            return state.isStopping
        }
        if isLate { process.send(SIGTERM) }
    }

    private func waitForOrphan(_ index: Int) async throws {
        let service = state.withLock { $0.slots[index].service }
        let deadline = ContinuousClock.now + ServiceLock.patience
        var isFirst = true
        while try ServiceLock.take(service.lockFile) == nil {
            let holder = ServiceLock.holder(service.lockFile).map(String.init) ?? "unknown"
            guard ContinuousClock.now < deadline else {
                throw ProgramFailure(
                    .failed,
                    "the process \(holder) still runs as \(service.name); end it and start again"
                )
            }
            if isFirst {
                logger.notice(
                    "waiting for the service of a former start to end",
                    metadata: ["keirouter.service": "\(service.name)", "process.pid": "\(holder)"]
                )
                isFirst = false
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Sleeps a thread of the pool until the process has ended, whatever becomes of this task.
    private func exit(of process: ChildProcess) async -> ProcessExit {
        if let exit = process.exit { return exit }
        return await withCheckedContinuation { ended in
            pool.submit { _ in ended.resume(returning: process.wait()) }
        }
    }

    /// Whether the pause passed without a call to stop.
    private func sleep(_ pause: Duration) async -> Bool {
        do {
            try await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
        } catch {
            return false
        }
        return state.withLock { !$0.isStopping }
    }

    // MARK: Stopping

    /// Asks every child to stop, and kills what is left when the grace is over.
    private func stop() {
        let processes = state.withLock { state -> [ChildProcess]? in
            guard !state.isStopping else { return nil }
            state.isStopping = true
            return state.slots.compactMap(\.process)
        }
        guard let processes, !processes.isEmpty else { return }
        for process in processes { process.send(SIGTERM) }
        pool.submit { [grace, logger] _ in
            let deadline = ContinuousClock.now + grace
            while ContinuousClock.now < deadline {
                if processes.allSatisfy({ $0.exit != nil }) { return }
                usleep(10_000)
            }
            for process in processes where process.exit == nil {
                logger.error(
                    "service killed, it did not stop in time",
                    metadata: ["keirouter.service": "\(process.name)", "process.pid": "\(process.pid)"]
                )
                process.send(SIGKILL)
            }
        }
    }
}
