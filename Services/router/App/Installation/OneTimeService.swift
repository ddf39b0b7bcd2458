import Bootstrap

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A service that runs for the moment of one call.
struct OneTimeService {
    let entry: ServiceTable.Entry
    let installation: Installation

    private var name: String { entry.peer.rawValue }
    private var instance: String { "once-\(getpid())" }

    /// Runs the body on it; the caller holds the folder's lock.
    func with<Result>(_ body: (ServiceCaller) async throws -> Result) async throws -> Result {
        let socket = try installation.folder.prepareSocket(service: name, instance: instance)
        let process = try ChildProcess.start(service(at: socket))
        do {
            let result = try await ServiceCaller.with("unix://\(socket)", installation.configuration) { caller in
                try await wait(for: process, caller)
                return try await body(caller)
            }
            await stop(process)
            return result
        } catch {
            await stop(process)
            throw error
        }
    }

    /// Lets the service read its database through; the caller holds the folder's lock.
    ///
    /// - Returns: How it ended: status 0 when there is no damage.
    func check() async throws -> ProcessExit {
        let socket = installation.folder.socketPath(service: name, instance: instance)
        let process = try ChildProcess.start(service(at: socket, further: ["--check"]))
        while true {
            if let exit = process.poll() { return exit }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    private func service(at socket: String, further: [String] = []) -> ServiceProcess {
        ServiceProcess(
            service: name,
            program: entry.program,
            socket: socket,
            lockFile: ServiceProcess.lockFile(of: name, instance: nil, in: installation.folder),
            folder: installation.folder,
            config: installation.options.config,
            // Its start and its end are none of the user's business here.
            logLevel: installation.options.logLevel ?? "warning",
            further: further
        )
    }

    private func wait(for process: ChildProcess, _ caller: ServiceCaller) async throws {
        let deadline = ContinuousClock.now + Installation.startTime
        while await !caller.isServing() {
            if let exit = process.poll() {
                throw ProgramFailure(
                    .failed,
                    "\(entry.program) could not start (\(exit)); its last lines above say why"
                )
            }
            guard ContinuousClock.now < deadline else {
                throw ProgramFailure(
                    .failed,
                    "\(entry.program) did not serve within \(Installation.startTime); see its log above"
                )
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func stop(_ process: ChildProcess) async {
        process.send(SIGTERM)
        let deadline = ContinuousClock.now + Supervisor.grace
        while process.poll() == nil {
            if ContinuousClock.now >= deadline { process.send(SIGKILL) }
            try? await Task.sleep(for: .milliseconds(2))
        }
    }
}
