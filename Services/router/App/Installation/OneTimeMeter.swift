import Bootstrap

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A meter that runs for the moment of one call.
enum OneTimeMeter {
    /// Runs the body on it; the caller holds the folder's lock.
    static func with<Result>(
        _ installation: Installation,
        _ body: (ServiceCaller) async throws -> Result
    ) async throws -> Result {
        let folder = installation.folder
        let socket = try folder.prepareSocket(service: "meter", instance: "once-\(getpid())")
        let process = try ChildProcess.start(service(installation, socket: socket))
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

    /// Lets the meter read its database through; the caller holds the folder's lock.
    ///
    /// - Returns: How it ended: status 0 when there is no damage.
    static func check(_ installation: Installation) async throws -> ProcessExit {
        let socket = installation.folder.socketPath(service: "meter", instance: "once-\(getpid())")
        let process = try ChildProcess.start(service(installation, socket: socket, further: ["--check"]))
        while true {
            if let exit = process.poll() { return exit }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    private static func service(
        _ installation: Installation,
        socket: String,
        further: [String] = []
    ) -> ServiceProcess {
        ServiceProcess(
            name: "meter",
            program: "keirouter-meter",
            socket: socket,
            lockFile: ServiceProcess.lockFile(of: "meter", instance: nil, in: installation.folder),
            folder: installation.folder,
            config: installation.options.config,
            // Its start and its end are none of the user's business here.
            logLevel: installation.options.logLevel ?? "warning",
            further: further
        )
    }

    private static func wait(for process: ChildProcess, _ caller: ServiceCaller) async throws {
        let deadline = ContinuousClock.now + Installation.startTime
        while await !caller.isServing() {
            if let exit = process.poll() {
                throw ProgramFailure(.failed, "keirouter-meter could not start (\(exit)); its last lines above say why")
            }
            guard ContinuousClock.now < deadline else {
                throw ProgramFailure(
                    .failed,
                    "keirouter-meter did not serve within \(Installation.startTime); see its log above"
                )
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private static func stop(_ process: ChildProcess) async {
        process.send(SIGTERM)
        let deadline = ContinuousClock.now + Supervisor.grace
        while process.poll() == nil {
            if ContinuousClock.now >= deadline { process.send(SIGKILL) }
            try? await Task.sleep(for: .milliseconds(2))
        }
    }
}
