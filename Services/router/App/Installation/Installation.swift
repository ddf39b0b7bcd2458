import Bootstrap
import PeerRPC

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The installation a command works on: a data folder, whatever runs on it, and how to reach that.
///
/// While nothing runs, a call starts the service it needs on a socket of its own and stops it again afterwards; the
/// folder's lock is held meanwhile, so that nobody else starts one.
struct Installation {
    /// How long a service may take to serve after its start.
    static let startTime = Duration.seconds(10)
    private static let retryPause = Duration.milliseconds(25)

    let configuration: KeiRouterConfiguration
    let folder: DataFolder
    let options: CommonOptions
    let invocation: Invocation

    init(_ options: CommonOptions) throws {
        self.options = options
        // What is declared concerns the services; a command must not need their variables.
        configuration = try options.loadConfiguration(declares: [])
        folder = DataFolder(configuration.dataFolder)
        invocation = Invocation(config: options.config, data: options.data)
    }

    var routerEndpoint: String { "unix://\(folder.socketPath(service: "router"))" }

    /// Calls the meter.
    func withMeter<Result>(_ body: (ServiceCaller) async throws -> Result) async throws -> Result {
        try await with(ServiceTable.meter, body)
    }

    /// Calls a service of the table.
    func with<Result>(
        _ entry: ServiceTable.Entry,
        _ body: (ServiceCaller) async throws -> Result
    ) async throws -> Result {
        let endpoint = configuration.services.endpoint(of: entry.peer, in: folder)
        let mayStart = configuration.services[entry.peer].endpoint == "unix"
        while true {
            let result = try await withRunning(endpoint, entry.peer.rawValue, mayStart: mayStart, body)
            if let result { return result }
            guard let lock = try takeLock() else { continue }
            defer { withExtendedLifetime(lock) {} }
            return try await OneTimeService(entry: entry, installation: self).with(body)
        }
    }

    /// Calls the router's administration.
    func withRouter<Result>(_ body: (ServiceCaller) async throws -> Result) async throws -> Result {
        while true {
            if let result = try await withRunning(routerEndpoint, "router", mayStart: true, body) { return result }
            guard let lock = try takeLock() else { continue }
            defer { withExtendedLifetime(lock) {} }
            return try await OneTimeRouter.with(self, body)
        }
    }

    /// Runs the body on a service that runs.
    ///
    /// A service that is starting, restarting, or busy with another command's moment is waited for.
    ///
    /// - Returns: `nil` when nothing runs and the service may be started for the call.
    private func withRunning<Result>(
        _ endpoint: String,
        _ name: String,
        mayStart: Bool,
        _ body: (ServiceCaller) async throws -> Result
    ) async throws -> Result? {
        try await ServiceCaller.with(endpoint, configuration) { caller in
            let deadline = ContinuousClock.now + Self.startTime
            while await !caller.isServing() {
                guard let holder = DataFolderLock.holder(of: folder) else {
                    if mayStart { return nil }
                    throw ProgramFailure(.notRunning, "no \(name) answers at \(endpoint); start it where it belongs")
                }
                guard ContinuousClock.now < deadline else {
                    let process = holder == 0 ? "another process" : "the process \(holder)"
                    throw ProgramFailure(
                        .failed,
                        "\(process) has the data folder \(folder.path), but its \(name) does not answer; see its log"
                    )
                }
                try await Task.sleep(for: Self.retryPause)
            }
            return try await body(caller)
        }
    }

    /// Takes the folder's lock for a call; `nil` when somebody was faster.
    func takeLock() throws -> DataFolderLock? {
        try folder.create()
        do throws(DataFolderError) {
            return try DataFolderLock.take(folder)
        } catch {
            guard DataFolderLock.holder(of: folder) == nil else { return nil }
            throw error
        }
    }
}
