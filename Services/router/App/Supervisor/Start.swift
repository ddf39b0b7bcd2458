import Bootstrap
import Contracts
import Logging
import Observability
import RouterServer
import Secrets
import ServiceLifecycle

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// One run of `keirouter start`: children, router, first key, banner.
struct Start: Sendable {
    private static let firstKeyName = "default"
    private static let firstKeyAttempts = 3
    private static let router = "router"
    private static let meter = "meter"

    private let configuration: KeiRouterConfiguration
    private let folder: DataFolder
    private let options: CommonOptionsCopy
    private let isJSON: Bool
    private let logger: Logger
    private let state: StateFile
    private let processes: [ServiceProcess]

    init(
        _ configuration: KeiRouterConfiguration,
        folder: DataFolder,
        options: CommonOptions,
        isJSON: Bool,
        logger: Logger
    ) throws {
        // Made here, so that the router and its children find one and the same.
        _ = try MasterKey.load(environment: configuration.masterKey, dataFolder: folder.path, createIfMissing: true)
        self.configuration = configuration
        self.folder = folder
        self.options = CommonOptionsCopy(options)
        self.isJSON = isJSON
        self.logger = logger
        processes = ServiceTable.processes(configuration, folder: folder, options: options)
        let now = Int(WallClock.now())
        let pid = Int(getpid())
        let socket = folder.socketPath(service: Self.router)
        state = StateFile(
            folder,
            InstallationState(
                pid: pid,
                version: Version.current,
                commit: Version.commit,
                startedUS: now,
                services: [ServiceRecord(name: Self.router, pid: pid, sinceUS: now, socket: socket)]
            )
        )
    }

    func run() async throws {
        let state = state
        let supervisor = Supervisor(processes, logger: logger) { records in
            state.update { $0.services = $0.services.filter { $0.name == Self.router } + records }
        }
        try ServiceTable.prepareSockets(of: processes, in: folder)
        try await supervisor.launch()
        do {
            try await RouterProgram.run(
                configuration,
                listen: options.listen,
                beside: [supervisor, BlockService("readiness") { try await waitForHealth(supervisor) }],
                logger: logger,
                whenReady: { try await greet($0, supervisor) }
            )
        } catch {
            await supervisor.end()
            state.remove()
            throw error
        }
        state.remove()
    }

    // MARK: Readiness

    /// Waits until each child answers a health check, which decides whether its death is a failed start or bad luck.
    private func waitForHealth(_ supervisor: Supervisor) async throws {
        let configuration = configuration
        do {
            try await cancelWhenGracefulShutdown {
                try await withThrowingDiscardingTaskGroup { group in
                    for process in self.processes {
                        group.addTask {
                            try await Self.waitForHealth(process, configuration, self.logger)
                            supervisor.markReady(process.name)
                        }
                    }
                }
            }
        } catch  where Task.isShuttingDownGracefully {
            // Asked to stop before all were ready, which is no failure.
            return
        }
        try await BlockService.untilShutdown()
    }

    private static func waitForHealth(
        _ process: ServiceProcess,
        _ configuration: KeiRouterConfiguration,
        _ logger: Logger
    ) async throws {
        guard !process.speaksHTTP else {
            // Whoever asks for its pages before is told that it is away.
            while await !HTTPHealth.isServing("unix://\(process.socket)") {
                try await Task.sleep(for: .milliseconds(100))
            }
            return
        }
        try await ServiceCaller.with("unix://\(process.socket)", configuration) { caller in
            while await !caller.waitUntilServing(Installation.startTime) {
                try Task.checkCancellation()
                // One that answers "not yet" is reading its data, which takes as long as it takes.
                guard await caller.health() != nil else {
                    throw ProgramFailure(
                        .failed,
                        "\(process.program) did not become healthy in time; its log above says why"
                    )
                }
                logger.notice("a service is still loading", metadata: ["keirouter.service": "\(process.name)"])
            }
            try Task.checkCancellation()
        }
    }

    // MARK: The first words

    /// Makes the first key where there is none and says where the endpoint is.
    private func greet(_ address: String, _ supervisor: Supervisor) async throws {
        state.update { $0.address = address }
        let endpoint = configuration.services.endpoint(of: .meter, in: folder)
        let key = try await ServiceCaller.with(endpoint, configuration) { try await firstKey($0, supervisor) }
        let banner = Banner(
            address: address,
            key: key?.secret,
            dashboard: dashboard(address),
            invocation: Invocation(config: options.config, data: options.data)
        )
        if isJSON { Console.json { banner.write(to: &$0) } } else { Console.write(banner.text) }
    }

    /// Where the dashboard is: where the operator says, on its own listener, or beside the API.
    private func dashboard(_ address: String) -> String {
        let server = configuration.server
        if !server.adminURL.isEmpty { return server.adminURL }
        return Banner.reachable(server.adminListen.map { "http://\($0)" } ?? address) + "/"
    }

    /// The key of a first start; `nil` when there is one already, or nobody to ask.
    private func firstKey(_ meter: ServiceCaller, _ supervisor: Supervisor) async throws -> KeyItem? {
        for _ in 0..<Self.firstKeyAttempts {
            guard await meter.waitUntilServing(Installation.startTime) else { break }
            // From the line "ready" on, a death is bad luck and no failed start.
            supervisor.markReady(Self.meter)
            do throws(ProgramFailure) {
                return try await makeFirstKey(meter)
            } catch {
                // A meter that dies in this very moment is started again; that is no reason to stop everything.
                guard error.status == .notRunning else { throw error }
            }
        }
        logger.warning("the meter does not answer, so nobody knows whether there is a key")
        return nil
    }

    private func makeFirstKey(_ meter: ServiceCaller) async throws(ProgramFailure) -> KeyItem? {
        let keys = AdminMethods.meterV1.keys
        let known = try await meter.call(keys.list, ListRequest(pageSize: 1))
        guard known.items.isEmpty else { return nil }
        return try await meter.call(keys.put, PutRequest(item: KeyItem(name: Self.firstKeyName)))
    }
}

/// The options as they were given, free of the parser's boxes.
struct CommonOptionsCopy: Sendable {
    let config: String?
    let data: String?
    let listen: String?

    init(_ options: CommonOptions) {
        config = options.config
        data = options.data
        listen = options.listen
    }
}
